"""Brings a submission back into the order of its assignment, whatever has become of it."""

from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook, Notebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked

Cells = list[NotebookNode]


class AnyFileExporter(NotebookExporter):
    """Reads a submission that is no notebook as one without answers, which says so.

    Nor is a link one: it may lead to the solutions, which the teacher can read.
    """

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> Any:
        try:
            if Path(file_stream.name).is_symlink():
                raise OSError("a link")
            notebook = nbformat.read(file_stream, as_version=4)
            notebook.cells = [cell for cell in notebook.cells if isinstance(cell.source, str)]
        except Exception as error:  # nbformat promises no kind of error for what is no notebook
            self.log.warning("This file is no notebook: %s", type(error).__name__)
            text = "**The file that was handed in is no notebook**; it is graded as an empty one."
            notebook = new_notebook(cells=[new_markdown_cell(text)])
        return self.from_notebook_node(notebook, resources=resources, **kw)


class RestoreCells(NbGraderPreprocessor):
    """Keeps what the student wrote; title, tasks and tests are the teacher's, from the gradebook.

    So it makes no difference whether they were edited, deleted, doubled, moved, or marked as
    something else. The cells that the student added stay in the exercise in which they stand.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        asked = resources["nbgrader"]
        with Gradebook(asked["db_url"]) as gradebook:
            given = given_cells(gradebook.find_notebook(asked["notebook"], asked["assignment"]))
        return new_notebook(cells=restored(nb.cells, given)), resources


def given_cells(notebook: Notebook) -> Cells:
    """The cells of an assignment as the students got them, in their order."""
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    cells = []
    for cell in notebook.source_cells:
        about = {
            "schema_version": 3,
            "grade_id": cell.name,
            "grade": cell.name in points,
            "solution": cell.name in solutions,
            "task": False,
            "locked": cell.locked,
            "checksum": cell.checksum,
            "cell_type": cell.cell_type,
        }
        if cell.name in points:
            about["points"] = points[cell.name]
        cells.append(new_cell(cell.cell_type, cell.source, {"nbgrader": about}))
    return cells


def restored(submitted: Cells, given: Cells) -> Cells:
    """The given cells, with the student's own where they belong: before or after a test."""
    known = {grade_id(cell): cell for cell in given}
    last = {grade_id(cell): i for i, cell in enumerate(submitted)}
    before: dict[str | None, Cells] = {}
    after: dict[str | None, Cells] = {}
    exercise, place = None, before
    for i, cell in enumerate(submitted):
        name = grade_id(cell)
        original = known.get(name)
        if original is not None:
            exercise = exercise_of(original)
            place = after if is_test(original) else before
            if is_locked(original):
                continue
        answer = original if last[name] == i else None  # of a doubled answer the last one counts
        place.setdefault(exercise, []).append(students_cell(cell, answer))

    cells = []
    for exercise, group in groupby(given, exercise_of):
        own = list(group)
        cells += [cell for cell in own if is_locked(cell) and not is_test(cell)]
        cells += [cell for cell in own if not is_locked(cell) and grade_id(cell) not in last]
        cells += before.pop(exercise, [])
        cells += [cell for cell in own if is_test(cell)]
        cells += after.pop(exercise, [])
    return cells


def students_cell(cell: NotebookNode, answer: NotebookNode | None) -> NotebookNode:
    """What the student wrote in a cell, and nothing that the cell says of itself."""
    if answer is None:
        return new_cell(cell.cell_type, cell.source, {})
    return new_cell(answer.cell_type, cell.source, answer.metadata)


def new_cell(cell_type: str, source: str, metadata: dict) -> NotebookNode:
    make = new_code_cell if cell_type == "code" else new_markdown_cell
    return make(source, metadata=metadata)


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name of a cell, such as `answer-2-1`; students' metadata may hold anything."""
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def exercise_of(cell: NotebookNode) -> str | None:
    """The exercise that a given cell belongs to, such as 2.1; None where it belongs to all."""
    kind, _, exercise = (grade_id(cell) or "").partition("-")
    return exercise.replace("-", ".") if kind in ("task", "answer", "grade") else None


def is_test(cell: NotebookNode) -> bool:
    return is_grade(cell) and is_locked(cell)
