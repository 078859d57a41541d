#!/usr/bin/env bash
# install.sh FOLDER: puts the course into FOLDER, complete with all it needs, for everyone to read.
#
# The one recipe for all hubs: server.sh calls it, the image's Dockerfile, and Binder's postBuild.
# It needs what `npm start` needs, and may be cut off and run again.
set -euo pipefail
[ $# = 1 ] || { echo "usage: install.sh FOLDER" >&2; exit 2; }
teachers=attention-lab-teachers
is_root() { [ "$(id -u)" = 0 ]; }

# Students run what root installs: neither Node nor Python may lie in root's home (nvm's, pyenv's).
if is_root; then
  node=$(node -p process.execPath)
  if ! runuser -u nobody -- "$node" --version > /dev/null 2>&1; then
    echo "install.sh: $node is out of others' reach, and students' kernels run on it." >&2
    echo "Install Node 20 or 22 for all, from nodejs.org into /usr/local or from NodeSource." >&2
    exit 1
  fi
  if [ -z "${PYTHON:-}" ]; then
    for python in /usr/bin/python3.1[1-9]; do
      if [ -x "$python" ]; then export PYTHON=$python; fi # the last is the newest
    done
    [ -n "${PYTHON:-}" ] || {
      echo "install.sh: no Python 3.11 or newer in /usr/bin; name one: PYTHON=/path/to/python3" >&2
      exit 1
    }
  fi
fi

clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
umask 022 # whatever the shell's own: students run what is installed here
chmod 700 "$folder" # closed until the solutions in it are

# Without git's history, which holds the solutions, and without what was installed for this clone.
if [ "$folder" != "$clone" ]; then
  tar -C "$clone" -c --exclude-vcs --exclude-from=<(sed 's:/$::' "$clone/.gitignore") . |
    tar -C "$folder" -x --no-same-owner --no-overwrite-dir
fi

cd "$folder"
node scripts/classroom.mjs --set-up

# The solutions are the teachers' business, if this machine has their group (server.sh makes it).
find . -mindepth 1 -maxdepth 1 ! -type l -exec chmod -R u+rwX,go+rX,go-w {} +
may=
if is_root && getent group "$teachers" > /dev/null; then
  chgrp -R "$teachers" notebooks/exercises/{source,wrong-answers}
  may=rX
fi
chmod -R g="$may",o= notebooks/exercises/{source,wrong-answers}
chmod 755 .
