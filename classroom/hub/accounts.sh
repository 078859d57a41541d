#!/usr/bin/env bash
# accounts.sh students|teachers NAME…: makes accounts, and prints each with its password; as root.
#
# The first teacher gets nbgrader's exchange: nbgrader lets one account release and collect.
set -euo pipefail
case "${1:-}" in students | teachers) group=attention-lab-$1 ;; *)
  echo "usage: accounts.sh students|teachers NAME…" >&2
  exit 2
  ;;
esac
shift
settings=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.venv-classroom/etc/jupyter/nbgrader_config.py
[ -f "$settings" ] || { echo "accounts.sh: run server.sh first, then the accounts.sh that it names" >&2; exit 1; }
exchange=$(sed -n 's/^c\.Exchange\.root = "\(.*\)"$/\1/p' "$settings")/attention-lab

for name in "$@"; do
  if getent passwd "$name" > /dev/null; then
    echo "accounts.sh: there is an account $name; to let it in: gpasswd -a $name $group" >&2
    continue
  fi
  password=$(tr -dc 'a-km-z2-9' < /dev/urandom | head -c 10 || true)
  useradd --create-home --shell /bin/bash --gid "$group" "$name"
  chmod 700 "$(getent passwd "$name" | cut -d: -f6)"
  echo "$name:$password" | chpasswd
  echo "$name $password"
  if [ "$group" = attention-lab-teachers ] && [ "$(stat -c %U "$exchange")" = root ]; then
    chown -R "$name:$group" "$exchange"
  fi
done
