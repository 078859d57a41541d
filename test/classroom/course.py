"""A teacher's course folder in a temporary place, with nbgrader's own commands."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Iterator

from answers import ROOT

#: An answer for each exercise, by its number: 2.1.
Answers = dict[str, str]


class Course:
    """Where nbgrader keeps what a class hands in; `settings` are added to its configuration."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        script = f'import("{ROOT}/scripts/classroom/folder.mjs").then((m) => m.makeCourseFolder("{folder}"))'
        subprocess.run(["node", "-e", script], check=True)
        with (folder / "nbgrader_config.py").open("a") as config:
            config.write(settings)

    def nbgrader(self, *command: str, home: Path | None = None) -> subprocess.CompletedProcess:
        """Runs a command of nbgrader's: a teacher in the course folder, a student in their home."""
        program = Path(sys.executable).parent / "nbgrader"
        data = {"JUPYTER_DATA_DIR": str(self.folder / "data")}
        # A student knows of the exchange from the machine's settings, or the hub's.
        settings = {} if home is None else {"JUPYTER_CONFIG_DIR": str(self.folder)}
        return subprocess.run(
            [program, *command],
            cwd=home or self.folder,
            env=os.environ | data | settings,
            capture_output=True,
            text=True,
        )

    def release(self, assignment: str) -> dict:
        """Makes the students' version, anew if there is one, and returns it."""
        done = self.nbgrader("generate_assignment", assignment, "--force")
        assert done.returncode == 0, done.stderr
        return json.loads((self.folder / "release" / assignment / f"{assignment}.ipynb").read_text())

    def submit(self, student: str, assignment: str, notebook: dict | str | bytes) -> None:
        """Puts a submission where `nbgrader collect` would."""
        file = self.folder / "submitted" / student / assignment / f"{assignment}.ipynb"
        file.parent.mkdir(parents=True)
        text = json.dumps(notebook) if isinstance(notebook, dict) else notebook
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def marks(self, assignment: str) -> dict[str, dict[str, float | None]]:
        """Each student's points for each exercise, as the gradebook has them."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as gradebook:
            return {
                submission.student.id: {
                    grade.name.removeprefix("grade-").replace("-", "."): grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(assignment)
            }


@contextmanager
def course(settings: str = "") -> Iterator[Course]:
    with tempfile.TemporaryDirectory(prefix="attention-lab-course-") as folder:
        yield Course(Path(folder).resolve(), settings)


def answered(notebook: dict, answers: Answers) -> dict:
    """A student's notebook with these answers; the other exercises stay as they were given."""
    notebook = deepcopy(notebook)
    for exercise, code in answers.items():
        cell_of(notebook, "answer", exercise)["source"] = code
    return notebook


def cell_of(notebook: dict, kind: str, exercise: str) -> dict:
    name = f"{kind}-{exercise.replace('.', '-')}"
    cells = notebook["cells"]
    return next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == name)
