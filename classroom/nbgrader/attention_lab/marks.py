"""Marks for evidence alone.

nbgrader gives full marks to a test cell without an error, also to one that never ran. Here a test
cell gets what `grade` has put into its output, and nothing without it.
"""

from typing import Any

from attention_lab.restoring import exercise_of, is_test
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

MARKS = "application/vnd.attention-lab.marks+json"


class PointsDiffer(Exception):
    """An exercise is worth something else in the gradebook than in the course: no new marks would hold.

    An answer can forge that, too; then it is the only one that is not graded.
    """


class MarksFromEvidence(NbGraderPreprocessor):
    """Gives each test cell the points that `grade` found, in the form that nbgrader reads."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:
        if cell.cell_type != "code" or not is_test(cell):
            return cell, resources
        points = points_found(cell)
        if points is None:
            ran = cell.execution_count or cell.outputs
            text = "this test did not come to its end" if ran else "there is no answer"
            text = f"No points: {text}."
            failure = new_output("error", ename="NoEvidence", evalue=text, traceback=[text])
            cell.outputs.append(failure)
        else:
            # A warning that the answer prints is no error, and nothing that it prints is points.
            kept = [output for output in cell.outputs if output.output_type == "display_data"]
            result = new_output("execute_result", {"text/plain": str(points)}, execution_count=1)
            cell.outputs = [*kept, result]
        return cell, resources


def points_found(cell: NotebookNode) -> float | None:
    """The points in the cell's output, or None where there is no proof that the test was run.

    Throws PointsDiffer where they are points out of another number than the gradebook's.
    """
    if any(output.output_type == "error" for output in cell.outputs):
        return None
    found = [o.data[MARKS] for o in cell.outputs if MARKS in o.get("data", {})]
    if len(found) != 1 or not isinstance(found[0], dict):
        return None  # two say that somebody else has put in a word
    [marks] = found
    exercise, most = exercise_of(cell), cell.metadata.nbgrader["points"]
    points, out_of = marks.get("points"), marks.get("outOf")
    if marks.get("exercise") != exercise or not is_number(points) or not is_number(out_of):
        return None
    if out_of != most:
        raise PointsDiffer(
            f"{exercise} is worth {most:g} points in the gradebook and {out_of:g} in the course. Marks "
            "of an earlier grading stay as they were, and no others were recorded. If that is said of "
            "every student, make both the same (classroom/README.md, “When something goes wrong”); if "
            "it is said of one alone, that answer has forged its points."
        )
    return points if 0 <= points <= most else None


def is_number(value: Any) -> bool:
    """Whether it can be counted with: what an answer forges may be a text, infinite, or not a number."""
    return isinstance(value, (int, float)) and abs(value) < 1e6
