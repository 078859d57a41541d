#!/usr/bin/env bash
# server.sh [FOLDER [EXCHANGE [STATE]]]: prepares this machine to be the hub of a class; as root.
#
# FOLDER gets the course (/opt/attention-lab): everyone may read it, nobody but root may change it,
# and the solutions are for teachers only. EXCHANGE (/srv/nbgrader/exchange) is where nbgrader
# passes assignments to and fro. STATE (/srv/jupyterhub) is where the hub keeps its database.
# Accounts: accounts.sh.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "server.sh: run it as root: it makes groups and folders" >&2; exit 1; }
folder=${1:-/opt/attention-lab}
exchange=${2:-/srv/nbgrader/exchange}
state=${3:-/srv/jupyterhub}
hub=$(dirname "${BASH_SOURCE[0]}")
umask 022

groupadd --force attention-lab-students
groupadd --force attention-lab-teachers
"$hub/install.sh" "$folder"
npm ci --prefix "$folder/classroom/hub/proxy" --ignore-scripts --no-audit --no-fund
chown -R root "$folder"

# Writable for all, as nbgrader wants it; the sticky bit keeps everyone from moving others' folders.
mkdir -p "$exchange"
chmod 1777 "$exchange"
# As nbgrader would make them, but before a student can; accounts.sh gives them to the teacher.
course=$exchange/attention-lab
if [ ! -e "$course" ]; then
  mkdir "$course" "$course"/{outbound,inbound,feedback}
  chmod 2733 "$course/inbound"
  chmod 711 "$course/feedback"
fi

mkdir -p "$folder/.venv-classroom/etc/jupyter"
cat > "$folder/.venv-classroom/etc/jupyter/nbgrader_config.py" << CONFIG
# Written by server.sh: nbgrader's settings for everyone on this machine.
from pathlib import Path

c = get_config()
load_subconfig("$folder/classroom/nbgrader/nbgrader_config.py")
c.Exchange.root = "$exchange"
c.CourseDirectory.root = str(Path.home() / "attention-lab")
CONFIG

# The hub's database and keys are nobody else's.
install -d -m 700 "$state"
unit=$folder/classroom/hub/attention-lab-hub.service
cat > "$unit" << UNIT
# Written by server.sh: keeps the hub running, also after a restart of the machine.
[Unit]
Description=JupyterHub of attention-lab
After=network.target

[Service]
WorkingDirectory=$state
Environment=PATH=$(dirname "$(node -p process.execPath)"):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=$folder/.venv-classroom/bin/jupyterhub -f $folder/classroom/hub/jupyterhub_config.py
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT

echo "The course is in $folder. Accounts: $folder/classroom/hub/accounts.sh. Start the hub with"
echo "  systemctl enable --now $unit"
echo "or, for as long as this terminal is open:"
echo "  cd $state && $folder/.venv-classroom/bin/jupyterhub -f $folder/classroom/hub/jupyterhub_config.py"
