"""How nbgrader runs and judges the course's exercises: two steps of its autograder.

nbgrader gives full marks to a test cell without an error, also to one that never ran. Here a test
cell gets what `grade` has put into its output, and nothing without it.
"""

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_notebook, new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Integer

MARKS = "application/vnd.attention-lab.marks+json"


def exercise_of(cell):
    """The exercise that a cell belongs to, such as 2.1; None where it belongs to all."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    kind, _, exercise = grade_id.partition("-")
    return exercise.replace("-", ".") if kind in ("answer", "grade") else None


class RunExercises(NbGraderPreprocessor):
    """Runs each exercise in a kernel of its own, with the cells that belong to all before it.

    So an answer that never ends, or that ends its kernel, costs the marks of its exercise alone.
    """

    timeout = Integer(30, help="Seconds that a cell may take.").tag(config=True)

    def preprocess(self, nb, resources):
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        exercises = dict.fromkeys(exercise_of(cell) for cell in code)
        for exercise in filter(None, exercises):
            self.run_cells(nb, [c for c in code if exercise_of(c) in (None, exercise)], resources)
        return nb, resources

    def run_cells(self, nb, cells, resources):
        part = new_notebook(cells=cells, metadata=nb.metadata)
        client = NotebookClient(
            part,
            timeout=self.timeout,
            interrupt_on_timeout=False,  # an interrupt does not reach a loop behind an await
            allow_errors=True,
            record_timing=False,
            resources={"metadata": {"path": resources["metadata"]["path"]}},
            shutdown_kernel="immediate",
        )
        try:
            client.execute()
        except (CellTimeoutError, DeadKernelError) as error:
            self.log.warning("An exercise was ended: %s", type(error).__name__)
            cells[-1].outputs.append(
                new_output(
                    "error",
                    ename=type(error).__name__,
                    evalue="the kernel was ended",
                    traceback=[explanation(error, self.timeout)],
                )
            )


def explanation(error, timeout):
    if isinstance(error, CellTimeoutError):
        return f"This exercise was ended: a cell took more than {timeout} seconds."
    return "This exercise was ended: its kernel died."


class MarksFromEvidence(NbGraderPreprocessor):
    """Gives each test cell the points that `grade` found, in the form that nbgrader reads."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            return cell, resources
        points = points_found(cell)
        if points is None:
            text = "No points: this test did not come to its end."
            cell.outputs.append(
                new_output("error", ename="NoEvidence", evalue=text, traceback=[text])
            )
        else:
            # A warning that the answer prints is no error.
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            result = new_output("execute_result", {"text/plain": str(points)}, execution_count=1)
            cell.outputs.append(result)
        return cell, resources


def points_found(cell):
    """The points in the cell's output, or None where there is no proof that the test was run."""
    if any(output.output_type == "error" for output in cell.outputs):
        return None
    found = [o.data[MARKS] for o in cell.outputs if MARKS in o.get("data", {})]
    expected = {"exercise": exercise_of(cell), "outOf": cell.metadata.nbgrader["points"]}
    fitting = [m for m in found if expected.items() <= m.items()]
    return fitting[-1]["points"] if len(found) == len(fitting) == 1 else None
