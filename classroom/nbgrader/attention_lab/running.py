"""Runs the exercises of a submission, each in a kernel of its own, and ends whatever they started."""

import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import psutil
from attention_lab.restoring import Cells, exercise_of, is_test
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum, is_solution
from traitlets import Integer

#: Processes that an answer started carry this in their environment, wherever they went.
MARK = "ATTENTION_LAB_GRADING"


class RunExercises(NbGraderPreprocessor):
    """Runs each exercise in a kernel of its own, with the cells that belong to all before it.

    So an answer that never ends, or that ends its kernel, costs the marks of its exercise alone.
    An exercise in which the student has written nothing is not run: it earns nothing.
    """

    timeout = Integer(60, help="Seconds that a cell may take.").tag(config=True)
    memory = Integer(4096, help="Megabytes that an exercise may take (on Linux).").tag(config=True)
    kernels = Integer(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1,
        help="How many exercises of a submission run side by side.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        parts = [part for part in exercises_of(nb.cells) if any(map(is_written, part))]
        with ThreadPoolExecutor(self.kernels) as threads:
            ran = list(threads.map(lambda part: self.run_cells(part, nb, resources), parts))
        for cells, client in zip(parts, ran):
            for cell, result in zip(cells, client.nb.cells):
                cell.outputs, cell.execution_count = result.outputs, result.execution_count
        return nb, resources

    def run_cells(self, cells: Cells, nb: NotebookNode, resources: Any) -> "ExerciseClient":
        client = ExerciseClient(
            new_notebook(cells=deepcopy(cells), metadata=deepcopy(nb.metadata)),
            memory=self.memory,
            timeout=self.timeout,
            interrupt_on_timeout=False,  # an interrupt does not reach a loop behind an await
            allow_errors=True,
            record_timing=False,
            resources={"metadata": {"path": resources["metadata"]["path"]}},
            shutdown_kernel="immediate",
        )
        try:
            client.execute(env={**os.environ, MARK: client.mark})
        except (CellTimeoutError, DeadKernelError) as error:
            text = explanation(error, self.timeout)
            self.log.warning("%s: %s", exercise_of(cells[-1]), text)
            name = type(error).__name__
            failure = new_output("error", ename=name, evalue=text, traceback=[text])
            client.nb.cells[-1].outputs.append(failure)
        finally:
            client.end_all()
        return client


def exercises_of(cells: Cells) -> list[Cells]:
    """The code of each exercise up to its test, with the code that belongs to all before it."""
    common: Cells = []
    parts: dict[str, Cells] = {}
    exercise = None
    for cell in cells:
        exercise = exercise_of(cell) or exercise  # a student's cell belongs where it stands
        if cell.cell_type == "code":
            (parts.setdefault(exercise, []) if exercise else common).append(cell)
    tests = {
        name: max((i for i, cell in enumerate(part) if is_test(cell)), default=-1)
        for name, part in parts.items()
    }
    return [common + part[: tests[name] + 1] for name, part in parts.items() if tests[name] >= 0]


def is_written(cell: NotebookNode) -> bool:
    """Whether a student wrote it: an answer that is not as it was given, or a cell of their own."""
    about = cell.metadata.get("nbgrader")
    return about is None or (is_solution(cell) and about["checksum"] != compute_checksum(cell))


def explanation(error: Exception, timeout: int) -> str:
    if isinstance(error, CellTimeoutError):
        return f"This exercise was ended: a cell took more than {timeout} seconds."
    return "This exercise was ended: its kernel died."


class ExerciseClient(NotebookClient):
    """A notebook client that keeps an answer within bounds: memory, output, processes."""

    #: Characters of output that are kept: an answer that prints without end must not fill our memory.
    MOST_OUTPUT = 1_000_000

    memory = Integer()

    def __init__(self, nb: NotebookNode, **options: Any) -> None:
        super().__init__(nb, **options)
        self.mark = uuid.uuid4().hex
        self.process_group = 0
        self.printed = 0

    async def async_start_new_kernel(self, **options: Any) -> None:
        await super().async_start_new_kernel(**options)
        self.process_group = self.km.provisioner.pid
        if hasattr(psutil.Process, "rlimit"):
            most = self.memory * 2**20
            psutil.Process(self.process_group).rlimit(psutil.RLIMIT_DATA, (most, most))

    def output(self, outs: list, msg: dict, display_id: str | None, cell_index: int) -> Any:
        if msg["msg_type"] == "stream":
            self.printed += len(msg["content"]["text"])
            if self.printed > self.MOST_OUTPUT:
                return None
        return super().output(outs, msg, display_id, cell_index)

    def end_all(self) -> None:
        """Ends the kernel and all that it started, also what has left its group."""
        if not self.process_group:
            return
        try:
            os.killpg(self.process_group, signal.SIGKILL)
        except ProcessLookupError:
            pass
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark:
                    process.kill()
            except psutil.Error:
                pass  # another user's, or ended meanwhile
