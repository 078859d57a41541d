"""What happens to the cells behind a failing one: `stop_on_error` and nbclient's `allow_errors`."""

import unittest

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from support import NOTEBOOKS, TIMEOUT, KernelTestCase

FAILING = 'throw new RangeError("on purpose");'


class StopOnError(KernelTestCase):
    def run_all(self, codes: list[str], **options: object):
        """Sends all cells at once, as Run All does."""
        return [self.kernel.wait(i) for i in [self.kernel.send(c, **options) for c in codes]]

    def test_true_aborts_what_is_queued(self) -> None:
        for failing in (FAILING, "await null; " + FAILING, "const n: number = 'compile error';"):
            results = self.run_all([failing, 'console.log("2")', 'console.log("3")'])
            self.assertEqual([r.status for r in results], ["error", "aborted", "aborted"])
            self.assertEqual([r.text() for r in results], ["", "", ""])

    def test_true_does_not_touch_what_comes_after_the_reply(self) -> None:
        for _ in range(5):
            self.assertEqual(self.kernel.run(FAILING).status, "error")
            self.assertEqual(self.kernel.run("1 + 1").text(), "2\n")  # at once: no sleep in between

    def test_it_is_the_default(self) -> None:
        message = self.kernel.client.session.msg("execute_request", {"code": FAILING})
        self.kernel._results[message["header"]["msg_id"]] = type(self.kernel.run("0"))()
        self.kernel.client.shell_channel.send(message)
        second = self.kernel.send('console.log("2")')
        self.assertEqual(self.kernel.wait(second).status, "aborted")

    def test_false_runs_what_is_queued(self) -> None:
        results = self.run_all([FAILING, 'console.log("2")', FAILING, "4"], stop_on_error=False)
        self.assertEqual([r.status for r in results], ["error", "ok", "error", "ok"])
        self.assertEqual([r.text() for r in results], ["", "2\n", "", "4\n"])

    def test_cells_run_one_after_the_other_and_say_so(self) -> None:
        slow = "await new Promise((resolve) => setTimeout(resolve, 300)); console.log(Date.now());"
        first, second = self.run_all([slow, "console.log(Date.now());"])
        self.assertLessEqual(int(first.text()), int(second.text()))
        self.assertEqual((first.states, second.states), (["busy", "idle"], ["busy", "idle"]))
        counts = [r.contents("execute_input")[0]["execution_count"] for r in (first, second)]
        self.assertEqual(counts, [first.reply["execution_count"], second.reply["execution_count"]])
        self.assertEqual(counts[1], counts[0] + 1)

    def test_completion_is_answered_while_a_cell_awaits(self) -> None:
        cell = self.kernel.send("await new Promise((resolve) => setTimeout(resolve, 1500));")
        reply = self.kernel.client.complete("Math.sq", reply=True, timeout=TIMEOUT)
        self.assertIn("sqrt", reply["content"]["matches"])
        self.assertIsNone(self.kernel._results[cell].reply)
        self.assertEqual(self.kernel.wait(cell).status, "ok")


class Nbclient(unittest.TestCase):
    """The same through the client that nbconvert, nbgrader and our notebook runner use."""

    def execute(self, codes: list[str], allow_errors: bool):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in codes])
        self.notebook = notebook
        NotebookClient(
            notebook,
            kernel_name="tslab",
            timeout=TIMEOUT,
            allow_errors=allow_errors,
            resources={"metadata": {"path": str(NOTEBOOKS)}},
        ).execute()
        return notebook

    def test_allow_errors_runs_the_cells_after_a_failing_one(self) -> None:
        notebook = self.execute(["1", FAILING, "3", FAILING, "5"], allow_errors=True)
        outputs = [cell.outputs for cell in notebook.cells]
        self.assertEqual(["\n".join(o.get("text", "") for o in out) for out in outputs],
                         ["1\n", "", "3\n", "", "5\n"])
        for failed in (outputs[1], outputs[3]):
            [output] = failed
            self.assertEqual(output.output_type, "error")
            self.assertEqual((output.ename, output.evalue), ("RangeError", "on purpose"))

    def test_without_it_execution_stops_with_the_errors_name(self) -> None:
        with self.assertRaises(CellExecutionError) as caught:
            self.execute(["1", FAILING, "3"], allow_errors=False)
        self.assertEqual((caught.exception.ename, caught.exception.evalue), ("RangeError", "on purpose"))
        self.assertIn(FAILING, caught.exception.traceback)
        self.assertEqual(self.notebook.cells[2].outputs, [])


if __name__ == "__main__":
    unittest.main()
