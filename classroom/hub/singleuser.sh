#!/usr/bin/env bash
# Starts one person's JupyterLab on a hub. The hub runs it as that person, with their home as folder.
set -euo pipefail
course=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# copy FOLDER FILE…: into that folder what is not there yet.
copy() {
  local folder=$1 file
  mkdir -p "$folder"
  for file in "${@:2}"; do
    [ -e "$folder/$(basename "$file")" ] || cp -r "$file" "$folder/"
  done
}

# The course is read-only, and one writes into notebooks: everyone has copies. What is there stays.
copy notebooks "$course"/notebooks/*.ipynb
copy notebooks/checkpoints "$course"/notebooks/checkpoints/*
copy notebooks/images "$course"/notebooks/images/*
copy notebooks/exercises "$course"/notebooks/exercises/*.ipynb
ln -sfn "$course/datasets" datasets # the notebooks look for it beside their folder

if id -nG | grep -qw attention-lab-teachers; then
  # The folder from which nbgrader releases, and in which it grades; the exercises with solutions.
  copy attention-lab/source "$course"/notebooks/exercises/source/*
else
  # nbgrader's pages for teachers are not shown to students.
  export JUPYTER_CONFIG_PATH=$course/classroom/hub/student
fi

exec "$course/.venv-classroom/bin/jupyterhub-singleuser" "$@"
