#!/usr/bin/env bash
# install.sh FOLDER: puts the course into FOLDER, complete with all it needs, for everyone to read.
#
# The one recipe for all hubs: server.sh calls it, the image's Dockerfile, and Binder's postBuild.
# It needs what `npm start` needs, and may be cut off and run again.
set -euo pipefail
[ $# = 1 ] || { echo "usage: install.sh FOLDER" >&2; exit 2; }

clone=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
umask 022 # whatever the shell's own: students run what is installed here

# Without git's history, which holds the solutions, and without what was installed for this clone.
if [ "$folder" != "$clone" ]; then
  tar -C "$clone" -c --exclude-vcs --exclude-from=<(sed 's:/$::' "$clone/.gitignore") . |
    tar -C "$folder" -x --no-same-owner
fi

# A Python in someone's home (pyenv's, conda's) would be out of the students' reach.
if [ -z "${PYTHON:-}" ] && [ -x /usr/bin/python3 ] && [ "$(id -u)" = 0 ]; then
  export PYTHON=/usr/bin/python3
fi
cd "$folder"
node scripts/classroom.mjs --set-up

# The solutions are nobody else's business; server.sh lets teachers in.
chmod -R go= notebooks/exercises/{source,wrong-answers}
