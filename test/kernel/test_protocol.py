"""The kernel against jupyter_kernel_test, and what that does not ask.

tslab does not support, and nothing here tests: execute_result (the value of the last line is
printed), the pager, history, clear_output, stdin, comms and widgets, the debugger.
"""

import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

from jupyter_kernel_test import KernelTests
from support import TIMEOUT, Kernel, KernelTestCase


class Conformance(KernelTests):
    kernel_name = "tslab"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world");'
    code_stderr = 'console.error("a warning");'
    code_generate_error = 'throw new Error("on purpose");'
    code_inspect_sample = "Math.max"
    code_display_data = [
        {"code": 'require("tslab").display.html("<b>bold</b>")', "mime": "text/html"},
        {"code": 'require("tslab").display.raw("application/x+json", "{}")', "mime": "application/x+json"},
    ]
    completion_samples = [
        {"text": "Math.sqr", "matches": {"sqrt", "SQRT1_2", "SQRT2"}},
    ]
    complete_code_samples = ["1 + 1", "const a = 1;", "function f() { return 1; }"]
    incomplete_code_samples = ["function f() {", "Math.max(1,", "const a = {"]


# jupyter_kernel_test's own class is no test of ours.
del KernelTests


class Documentation(KernelTestCase):
    """Shift+Tab and Tab on the course's own package."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        assert cls.kernel.run('import { softmax } from "attention-lab";').status == "ok"

    def inspect(self, code: str) -> str:
        reply = self.kernel.client.inspect(code, reply=True, timeout=TIMEOUT)
        self.assertTrue(reply["content"]["found"], code)
        return reply["content"]["data"]["text/plain"]

    def test_shift_tab_shows_signature_and_documentation(self) -> None:
        text = self.inspect("softmax")
        self.assertRegex(text, r"function softmax.*\(scores: ")
        self.assertIn("weights that are positive and sum to 1", text)  # from its JSDoc

    def test_tab_completes_a_name_of_the_package(self) -> None:
        reply = self.kernel.client.complete("softm", reply=True, timeout=TIMEOUT)
        self.assertIn("softmax", reply["content"]["matches"])


class Displays(unittest.TestCase):
    def test_a_display_is_updated_in_place(self) -> None:
        with Kernel("tslab") as kernel:
            result = kernel.run(
                'import { newDisplay } from "tslab";\nconst live = newDisplay();\n'
                'live.text("1");\nlive.text("2");'
            )
            [shown] = result.contents("display_data")
            [updated] = result.contents("update_display_data")
            self.assertEqual(shown["data"], {"text/plain": "1"})
            self.assertEqual(updated["data"], {"text/plain": "2"})
            self.assertTrue(shown["transient"]["display_id"])
            self.assertEqual(updated["transient"], shown["transient"])


class Start(unittest.TestCase):
    def test_ready_and_first_cell_done_within_six_seconds(self) -> None:
        started = time.monotonic()
        with Kernel("tslab") as kernel:
            self.assertEqual(kernel.run("const answer: number = 42;\nanswer").text(), "42\n")
            waited, worked = time.monotonic() - started, processor_seconds(kernel.pid)
        busy = os.getloadavg()[0] > (os.cpu_count() or 1)
        # On a busy machine the wait says nothing about the kernel; its own work still does.
        self.assertLess(worked if busy else waited, 6, f"waited {waited:.1f} s, worked {worked:.1f} s")


class Shutdown(unittest.TestCase):
    """With work in the background and child processes, which would keep a stock tslab alive."""

    def start(self) -> tuple[Kernel, int]:
        kernel = Kernel("tslab")
        self.addCleanup(kernel.close)
        result = kernel.run(
            'import { spawn } from "node:child_process";\n'
            "setInterval(() => {}, 1000);\n"
            'const child = spawn("sleep", ["600"]);\nconsole.log(child.pid);'
        )
        return kernel, int(result.text())

    def assert_ends(self, pid: int) -> None:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and is_running(pid):
            time.sleep(0.02)
        self.assertFalse(is_running(pid), f"process {pid} lives on")

    def test_shutdown_request_ends_the_kernel_and_its_children(self) -> None:
        kernel, child = self.start()
        reply = kernel.client.shutdown(reply=True, timeout=TIMEOUT)
        self.assertEqual(reply["content"], {"status": "ok", "restart": False})
        self.assert_ends(child)
        deadline = time.monotonic() + 3
        while kernel.alive and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(kernel.alive)
        self.assertEqual(kernel.manager.provisioner.process.returncode, 0)

    def test_the_end_of_jupyter_ends_the_kernel(self) -> None:
        script = (
            f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
            "from support import Kernel\nimport os\n"
            "print(Kernel('tslab').pid, flush=True)\nos.kill(os.getpid(), 9)"
        )
        killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        self.assert_ends(int(killed.stdout))

    def test_the_end_of_jupyter_ends_a_kernel_that_has_only_begun_to_start(self) -> None:
        script = (
            f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
            "from support import KernelManager\nimport os\n"
            "manager = KernelManager(kernel_name='tslab')\nmanager.start_kernel()\n"
            "print(manager.provisioner.pid, flush=True)\nos.kill(os.getpid(), 9)"
        )
        killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        self.assert_ends(int(killed.stdout))

    def test_restart(self) -> None:
        kernel, child = self.start()
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=TIMEOUT)
        self.assert_ends(child)
        self.assertEqual(kernel.run("1").text(), "1\n")


def processor_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def is_running(pid: int) -> bool:
    """A process that ended but was not collected by its parent does not count."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Stock(unittest.TestCase):
    """The package in a stock tslab: a notebook that imports it runs."""

    def test_a_notebook_imports_the_package(self) -> None:
        with Kernel("stock") as kernel:
            result = kernel.run('import { softmax } from "attention-lab";\nsoftmax([0, 0]);')
            self.assertEqual((result.status, result.text()), ("ok", "[ 0.5, 0.5 ]\n"))


if __name__ == "__main__":
    unittest.main()
