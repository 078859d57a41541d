#!/usr/bin/env bash
# accounts.sh students|teachers NAME…: makes accounts, and prints each with its password; as root.
set -euo pipefail
case "${1:-}" in students | teachers) group=attention-lab-$1 ;; *)
  echo "usage: accounts.sh students|teachers NAME…" >&2
  exit 2
  ;;
esac
shift
for name in "$@"; do
  password=$(tr -dc 'a-km-z2-9' < /dev/urandom | head -c 10 || true)
  useradd --create-home --shell /bin/bash --gid "$group" "$name"
  chmod 700 "$(getent passwd "$name" | cut -d: -f6)"
  echo "$name:$password" | chpasswd
  echo "$name $password"
done
