"""Kernels for the tests of this folder: the course's (`tslab`) and a stock tslab (`stock`).

Each is started by jupyter_client, as JupyterLab and nbclient do, from a kernelspec written here.
"""

import atexit
import json
import os
import shutil
import tempfile
import time
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
COMMANDS = {
    "tslab": [str(ROOT / "kernel" / "launcher.cjs")],
    "stock": [str(ROOT / "node_modules" / "tslab" / "bin" / "tslab"), "kernel"],
}
# The machine may be busy: far above anything measured.
TIMEOUT = 60


def _write_kernelspecs() -> None:
    folder = Path(tempfile.mkdtemp(prefix="attention-lab-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, command in COMMANDS.items():
        spec = {
            "argv": [shutil.which("node"), *command, "--config-path={connection_file}"],
            "display_name": name,
            "language": "typescript",
            "env": {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_NUM_INTRAOP_THREADS": "1"},
        }
        (folder / "kernels" / name).mkdir(parents=True)
        (folder / "kernels" / name / "kernel.json").write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = str(folder)  # it comes before all other folders of kernelspecs


_write_kernelspecs()


@dataclass
class Result:
    """What one cell sent back."""

    reply: dict | None = None
    messages: list[dict] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def contents(self, message_type: str) -> list[dict]:
        return [m["content"] for m in self.messages if m["msg_type"] == message_type]

    def text(self, stream: str = "stdout") -> str:
        return "".join(c["text"] for c in self.contents("stream") if c["name"] == stream)

    @property
    def status(self) -> str:
        return self.reply["status"] if self.reply else "no reply"

    @property
    def error(self) -> dict:
        [error] = self.contents("error")
        return error

    @property
    def trace(self) -> str:
        return "\n".join(self.error["traceback"])


class Kernel:
    """A running kernel with a blocking client: `with Kernel("tslab") as kernel: kernel.run(...)`."""

    def __init__(self, name: str = "tslab", cwd: Path = NOTEBOOKS) -> None:
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=str(cwd))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self._results: dict[str, Result] = {}

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    @property
    def alive(self) -> bool:
        return self.manager.is_alive()

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    def send(self, code: str, **options: object) -> str:
        """Sends a cell without waiting for it."""
        message_id = self.client.execute(code, **options)
        self._results[message_id] = Result()
        return message_id

    def wait(self, message_id: str, timeout: float = TIMEOUT) -> Result:
        """Waits for the reply to a cell and for the end of its output."""
        result = self._results[message_id]
        self._pump(lambda: result.reply is not None and "idle" in result.states, timeout)
        return result

    def wait_for_text(self, message_id: str, text: str, timeout: float = TIMEOUT) -> None:
        """Waits until a cell that is still running has printed `text`."""
        result = self._results[message_id]
        self._pump(lambda: text in result.text() or result.reply is not None, timeout)
        assert text in result.text(), f"{text!r} was not printed: {result}"

    def wait_for_message(self, message_id: str, message_type: str, timeout: float = TIMEOUT) -> None:
        """Waits until a cell that is still running has sent a message of this type."""
        result = self._results[message_id]
        self._pump(lambda: result.contents(message_type) or result.reply is not None, timeout)
        assert result.contents(message_type), f"no {message_type}: {result}"

    def run(self, code: str, timeout: float = TIMEOUT, **options: object) -> Result:
        return self.wait(self.send(code, **options), timeout)

    def interrupt(self) -> None:
        """What JupyterLab's stop button does: SIGINT to the kernel's process group."""
        self.manager.interrupt_kernel()

    def _pump(self, done, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer within {timeout} s; the kernel is alive: {self.alive}")
            if not self.alive:
                raise RuntimeError("the kernel died")
            while self._read(self.client.get_iopub_msg, timeout=0.02):
                pass
            while self._read(self.client.get_shell_msg, timeout=0):
                pass

    def _read(self, get_message, timeout: float) -> bool:
        """Takes one message in; False if there is none."""
        try:
            message = get_message(timeout=timeout)
        except Empty:
            return False
        self._file(message)
        return True

    def _file(self, message: dict) -> None:
        result = self._results.get(message["parent_header"].get("msg_id"))
        if result is None:
            return
        if message["msg_type"] == "status":
            result.states.append(message["content"]["execution_state"])
        elif message["msg_type"] == "execute_reply":
            result.reply = message["content"]
        else:
            result.messages.append(message)


class KernelTestCase(unittest.TestCase):
    """Tests that share one kernel of the course."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.kernel = Kernel("tslab")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.kernel.close()
