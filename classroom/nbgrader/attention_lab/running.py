"""Runs the exercises of a submission, each in a kernel of its own, and ends whatever they started."""

import os
import signal
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from subprocess import Popen
from typing import Any

import psutil
from attention_lab.restoring import Cells, exercise_of, is_test
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum, is_solution
from traitlets import Integer, default

#: Processes that an answer started carry this in their environment, wherever they went.
MARK = "ATTENTION_LAB_GRADING"

#: What an answer's kernel sees of our environment; on a hub the rest holds keys that are not its.
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "CPU_LIMIT", "TF_NUM_INTEROP_THREADS")

#: Megabytes: a kernel with TensorFlow takes half of it, or a little more.
MEMORY_OF_A_KERNEL = 1024
MOST_MEMORY = 4096


class KernelDidNotStart(Exception):
    """It is no answer's fault, and must cost no marks: nbgrader records none, and names the student."""


def memory_available() -> int:
    """Megabytes that this machine has left; on a hub, not more than our share of it."""
    left = psutil.virtual_memory().available
    ours = int(os.environ.get("MEM_LIMIT") or left)
    return min(left, ours) // 2**20


def room_for_kernels() -> int:
    """How many kernels this machine, or our share of it on a hub, can run at a time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    granted = float(os.environ.get("CPU_LIMIT") or cores)
    return max(1, min(cores, int(granted), memory_available() // MEMORY_OF_A_KERNEL))


def memory_for_each(kernels: int) -> int:
    """Megabytes that each of some kernels may take, so that all together leave a fifth to others.

    It is never less than what a kernel is counted at: a right answer must not die for want of it.
    """
    share = int(0.8 * memory_available() / kernels)
    return min(MOST_MEMORY, max(MEMORY_OF_A_KERNEL, share))


class RunExercises(NbGraderPreprocessor):
    """Runs each exercise in a kernel of its own, with the cells that belong to all before it.

    So an answer that never ends, or that ends its kernel, costs the marks of its exercise alone.
    An exercise in which the student has written nothing is not run: it earns nothing.
    """

    timeout = Integer(300, help="Seconds that a cell may take by the clock.").tag(config=True)
    processor = Integer(
        60, help="Seconds of the processor that an exercise may take (on Linux)."
    ).tag(config=True)
    memory = Integer(help="Megabytes that an exercise may take (on Linux).").tag(config=True)
    kernels = Integer(help="How many exercises of a submission run side by side.").tag(config=True)

    @default("kernels")
    def _kernels(self) -> int:
        return room_for_kernels()

    @default("memory")
    def _memory(self) -> int:
        return memory_for_each(self.kernels)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        parts = [part for part in exercises_of(nb.cells) if any(map(is_written, part))]
        with ThreadPoolExecutor(self.kernels) as threads:
            ran = list(threads.map(lambda part: self.run_cells(part, nb, resources), parts))
        for cells, client in zip(parts, ran):
            for cell, result in zip(cells, client.nb.cells):
                cell.outputs, cell.execution_count = result.outputs, result.execution_count
        return nb, resources

    def run_cells(self, cells: Cells, nb: NotebookNode, resources: Any) -> "ExerciseClient":
        """Runs an exercise; if its kernel does not start, as may happen on a busy machine, once more.

        Throws KernelDidNotStart when it does not start then either.
        """
        for _ in range(2):
            client = ExerciseClient(
                new_notebook(cells=deepcopy(cells), metadata=deepcopy(nb.metadata)),
                memory=self.memory,
                processor=self.processor,
                timeout=self.timeout,
                interrupt_on_timeout=False,  # an interrupt does not reach a loop behind an await
                allow_errors=True,
                record_timing=False,
                resources={"metadata": {"path": resources["metadata"]["path"]}},
                shutdown_kernel="immediate",
            )
            failure = client.run()
            if failure is None:
                return client
            self.log.warning("%s: %s", exercise_of(cells[-1]), failure.evalue)
            if client.ready:
                client.nb.cells[-1].outputs.append(failure)
                return client
        raise KernelDidNotStart(
            f"{exercise_of(cells[-1])} could not be run: twice its kernel did not start. Marks of an "
            "earlier grading stay as they were, and no others were recorded; grade this submission "
            "again when the machine has less to do."
        )


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


class ExerciseClient(NotebookClient):
    """A notebook client that keeps an answer within bounds: memory, output, processes."""

    #: Characters of output that are kept: an answer that prints without end must not fill our memory.
    MOST_OUTPUT = 1_000_000

    memory = Integer()
    processor = Integer()

    def __init__(self, nb: NotebookNode, **options: Any) -> None:
        super().__init__(nb, **options)
        self.mark = uuid.uuid4().hex
        self.process: Popen | None = None
        self.started: list[psutil.Process] = []
        self.ready = False
        self.printed = 0

    def run(self) -> NotebookNode | None:
        """Runs the cells, ends whatever they started, and returns what kept them from their end."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            try:
                self.execute(env={**environment, "HOME": home, MARK: self.mark})
            except (CellTimeoutError, RuntimeError) as error:  # among them DeadKernelError
                name, text = type(error).__name__, f"This exercise was ended: {self.reason(error)}."
                return new_output("error", ename=name, evalue=text, traceback=[text])
            finally:
                self.end_all()
        return None

    def reason(self, error: Exception) -> str:
        if isinstance(error, CellTimeoutError):
            return f"a cell took more than {self.timeout} seconds"
        if not self.ready:
            return f"its kernel did not start ({error})"
        if self.process and self.process.returncode == -signal.SIGXCPU:
            return f"it took more than {self.processor} seconds of the processor"
        return "its kernel died"

    async def async_start_new_kernel(self, **options: Any) -> None:
        await super().async_start_new_kernel(**options)
        self.process = self.km.provisioner.process
        if hasattr(psutil.Process, "rlimit"):
            kernel = psutil.Process(self.process.pid)
            most = self.memory * 2**20
            kernel.rlimit(psutil.RLIMIT_DATA, (most, most))
            # First a signal that says why, then the one that nobody can ignore.
            kernel.rlimit(psutil.RLIMIT_CPU, (self.processor, self.processor + 5))
            kernel.rlimit(psutil.RLIMIT_CORE, (0, 0))

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        self.ready = True
        return client

    def output(self, outs: list, msg: dict, display_id: str | None, cell_index: int) -> Any:
        if msg["msg_type"] == "stream":
            self.printed += len(msg["content"]["text"])
            if self.printed > self.MOST_OUTPUT:
                return None
        return super().output(outs, msg, display_id, cell_index)

    async def _async_cleanup_kernel(self) -> None:
        """Before the kernel ends: afterwards nobody knows whose children they were."""
        try:
            self.started = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.Error:
            pass  # the kernel has ended by itself
        await super()._async_cleanup_kernel()

    def end_all(self) -> None:
        """Ends the kernel and what it started: its children, its group, and all that bear its mark.

        One that leaves the group, throws off the mark, and outlives a kernel which ended by itself
        is not found.
        """
        if not self.process:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        for process in self.started:
            try:
                process.kill()
            except psutil.Error:
                pass  # ended meanwhile
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark:
                    process.kill()
            except psutil.Error:
                pass  # another user's, or ended meanwhile
