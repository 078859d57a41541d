#!/usr/bin/env bash
# Starts one person's JupyterLab on a hub. The hub runs it as that person, with their home as folder.
set -euo pipefail
course=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The course is read-only, and one writes into notebooks: everyone has copies. What is there stays.
mkdir -p notebooks/exercises
cp -r --no-clobber "$course"/notebooks/{*.ipynb,checkpoints,images} notebooks/
cp --no-clobber "$course"/notebooks/exercises/*.ipynb notebooks/exercises/
ln -sfn "$course/datasets" datasets # the notebooks look for it beside their folder

if id -nG | grep -qw attention-lab-teachers; then
  # The folder from which nbgrader releases, and in which it grades; the exercises with solutions.
  mkdir -p attention-lab
  cp -r --no-clobber "$course/notebooks/exercises/source" attention-lab/
else
  # nbgrader's pages for teachers are not shown to students.
  export JUPYTER_CONFIG_PATH=$course/classroom/hub/student
fi

exec "$course/.venv-classroom/bin/jupyterhub-singleuser" "$@"
