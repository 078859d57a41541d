#!/usr/bin/env bash
# server.sh [FOLDER [EXCHANGE]]: prepares this machine to be the hub of a class; run it as root.
#
# FOLDER gets the course (/opt/attention-lab): everyone may read it, nobody but root may change it,
# and the solutions are for teachers only. EXCHANGE (/srv/nbgrader/exchange) is where nbgrader
# passes assignments to and fro. Accounts: accounts.sh.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "server.sh: run it as root: it makes groups and folders" >&2; exit 1; }
folder=${1:-/opt/attention-lab}
exchange=${2:-/srv/nbgrader/exchange}
hub=$(dirname "${BASH_SOURCE[0]}")

"$hub/install.sh" "$folder"
npm ci --prefix "$folder/classroom/hub/proxy" --ignore-scripts --no-audit --no-fund

groupadd --force attention-lab-students
groupadd --force attention-lab-teachers
chown -R root:root "$folder"
chmod -R u+rwX,go+rX,go-w "$folder"
for solutions in "$folder"/notebooks/exercises/{source,wrong-answers}; do
  chgrp -R attention-lab-teachers "$solutions"
  chmod -R u+rwX,g=rX,o= "$solutions"
done

# Writable for all, as nbgrader wants it; the sticky bit keeps everyone from moving others' folders.
mkdir -p "$exchange"
chmod 1777 "$exchange"

mkdir -p "$folder/.venv-classroom/etc/jupyter"
cat > "$folder/.venv-classroom/etc/jupyter/nbgrader_config.py" << CONFIG
# Written by server.sh: nbgrader's settings for everyone on this machine.
from pathlib import Path

c = get_config()
load_subconfig("$folder/classroom/nbgrader/nbgrader_config.py")
c.Exchange.root = "$exchange"
c.CourseDirectory.root = str(Path.home() / "attention-lab")
CONFIG

echo "The course is in $folder. Accounts: $folder/classroom/hub/accounts.sh. Start the hub:"
echo "  mkdir -p /srv/jupyterhub && cd /srv/jupyterhub"
echo "  $folder/.venv-classroom/bin/jupyterhub -f $folder/classroom/hub/jupyterhub_config.py"
