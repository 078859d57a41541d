"""The stop button: it stops the cell, reaches a running training and never kills the kernel."""

import time
import unittest

from support import Kernel, KernelTestCase

# Answers an interrupt as `train()` does: listen after a macrotask, stop soon, return normally.
LISTENING = """await new Promise(setImmediate);
let stopped = false;
process.once("SIGINT", () => (stopped = true));
let steps = 0;
console.log("running");
while (!stopped) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  steps++;
}
const result = steps;"""

MODEL = """import * as tf from "@tensorflow/tfjs-node";
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
model.compile({ optimizer: tf.train.sgd(0.01), loss: "meanSquaredError" });
const x = tf.tensor2d([[0], [1], [2], [3]]);
const y = tf.tensor2d([[1], [3], [5], [7]]);
const before = (model.getWeights()[0].dataSync() as Float32Array)[0];"""

# A million epochs: hours, unless somebody stops it.
TRAINING = """await new Promise(setImmediate);
const stop = () => (model.stopTraining = true);
process.once("SIGINT", stop);
const history = await model.fit(x, y, {
  epochs: 1e6, batchSize: 4, verbose: 0, yieldEvery: "batch",
  callbacks: { onEpochEnd: (epoch) => { if (epoch === 5) console.log("training"); } },
});
process.off("SIGINT", stop);"""

LEARNT = """const after = (model.getWeights()[0].dataSync() as Float32Array)[0];
console.log(model.stopTraining, after !== before);"""

# The course's own training, with its live display.
COURSE_MODEL = """import { seq2seq, train, vocabulariesOf } from "attention-lab";
const pairs = [..."abcdefgh"].map((letter) => ({ source: letter, target: letter.toUpperCase() }));
const vocabularies = vocabulariesOf(pairs);
const course = seq2seq({ sourceVocabSize: vocabularies.source.size,
  targetVocabSize: vocabularies.target.size, embeddingDim: 6, hiddenDim: 8, seed: 1 });
const sum = () => course.getWeights().reduce((total, w) => total + (w.sum().dataSync() as Float32Array)[0], 0);
const untrained = sum();"""

# Not `{ vocabularies }`: tslab does not find a variable of an earlier cell in the short form.
COURSE_TRAINING = """const data = { train: pairs, vocabularies: vocabularies };
const result = await train(course, data, { epochs: 1e6, batchSize: 4 });"""


class Interrupts(KernelTestCase):
    """One kernel for all: what one test does to it must not harm the next."""

    def setUp(self) -> None:
        if not self.kernel.alive:  # it died in another test, which says so
            type(self).kernel = Kernel("tslab")

    def listen(self, reaction: str) -> None:
        """A listener that stays; taken off after an await: before, Node hides all from a cell."""
        self.kernel.run(f'const listener = {reaction};\nprocess.on("SIGINT", listener);')
        self.addCleanup(self.kernel.run, 'await null;\nprocess.off("SIGINT", listener);')

    def assert_next_cell_works(self) -> None:
        self.assertEqual(self.kernel.run("1 + 1").text(), "2\n")
        self.assertTrue(self.kernel.alive)

    def interrupt(self, code: str, times: int = 1, within: float = 4):
        """Runs `code`, presses stop once it has printed "running", and waits for its end."""
        cell = self.kernel.send(code)
        self.kernel.wait_for_text(cell, "running")
        started = time.monotonic()
        for _ in range(times):
            self.kernel.interrupt()
            time.sleep(0.2)
        result = self.kernel.wait(cell)
        self.assertLess(time.monotonic() - started, within)
        return result

    def assert_interrupted(self, result) -> None:
        self.assertEqual(result.status, "error")
        self.assertEqual(result.error["ename"], "Interrupted")
        self.assertEqual(result.text("stderr"), "")
        self.assert_next_cell_works()

    def test_idle(self) -> None:
        for _ in range(3):
            self.kernel.interrupt()
            time.sleep(0.1)
        self.assert_next_cell_works()

    def test_synchronous_endless_loop(self) -> None:
        self.assert_interrupted(self.interrupt('console.log("running"); while (true) {}'))

    def test_endless_printing(self) -> None:
        result = self.interrupt('console.log("running"); while (true) console.log("again");')
        self.assert_interrupted(result)

    def test_await_that_never_ends(self) -> None:
        endless = 'console.log("running"); await new Promise(() => {});'
        self.assert_interrupted(self.interrupt(endless))
        self.assert_interrupted(self.interrupt(endless, times=2))

    def test_endless_loop_after_an_await_takes_a_second_interrupt(self) -> None:
        cell = self.kernel.send('await null;\nconsole.log("running");\nwhile (true) {}')
        self.kernel.wait_for_text(cell, "running")
        for _ in range(2):
            self.kernel.interrupt()
            time.sleep(1.5)
        self.assert_interrupted(self.kernel.wait(cell))

    def test_interrupt_request(self) -> None:
        cell = self.kernel.send('console.log("running"); await new Promise(() => {});')
        self.kernel.wait_for_text(cell, "running")
        client = self.kernel.client
        request = client.session.msg("interrupt_request", {})
        client.control_channel.send(request)
        reply = client.control_channel.get_msg(timeout=10)
        self.assertEqual(reply["msg_type"], "interrupt_reply")
        self.assertEqual(reply["content"]["status"], "ok")
        self.assertEqual(reply["parent_header"]["msg_id"], request["header"]["msg_id"])
        self.assert_interrupted(self.kernel.wait(cell))

    def test_queued_cells_are_aborted(self) -> None:
        cell = self.kernel.send('console.log("running"); await new Promise(() => {});')
        queued = self.kernel.send('console.log("must not run")')
        self.kernel.wait_for_text(cell, "running")
        self.kernel.interrupt()
        self.assertEqual(self.kernel.wait(cell).status, "error")
        self.assertEqual(self.kernel.wait(queued).status, "aborted")
        self.assert_next_cell_works()

    def test_background_work(self) -> None:
        self.kernel.run(
            "let ticks = 0;\nvoid (async () => {\n  while (true) {\n"
            "    await new Promise((resolve) => setTimeout(resolve, 5));\n    ticks++;\n  }\n})();"
        )
        self.kernel.interrupt()
        time.sleep(0.2)
        self.assertGreater(int(self.kernel.run("ticks").text()), 0)
        self.assert_next_cell_works()

    def test_a_cell_that_listens_finishes_by_itself(self) -> None:
        result = self.interrupt(LISTENING)
        self.assertEqual((result.status, result.contents("error")), ("ok", []))
        self.assertGreater(int(self.kernel.run("result").text()), 0)
        self.assert_next_cell_works()

    def test_listener_of_the_synchronous_part(self) -> None:
        # Under a stock tslab this kills the kernel.
        result = self.interrupt(LISTENING.replace("await new Promise(setImmediate);\n", ""))
        self.assertEqual(result.status, "ok")
        self.assert_next_cell_works()
        self.listen('() => console.log("heard")')
        self.kernel.interrupt()
        self.kernel.interrupt()
        # What the listener prints may come as late as this cell.
        self.assertIn("2\n", self.kernel.run("1 + 1").text())
        self.assert_next_cell_works()

    def test_a_listener_that_does_not_stop_gets_five_seconds_or_a_second_interrupt(self) -> None:
        self.listen("() => {}")
        deaf = 'console.log("running"); await new Promise(() => {});'
        started = time.monotonic()
        self.assert_interrupted(self.interrupt(deaf, within=9))
        self.assertGreater(time.monotonic() - started, 4)
        self.assert_interrupted(self.interrupt(deaf, times=2, within=4))

    def test_interrupts_at_any_moment(self) -> None:
        for delay in range(12):
            cell = self.kernel.send("await new Promise((resolve) => setTimeout(resolve, 60));")
            time.sleep(delay / 100)
            self.kernel.interrupt()
            self.assertIn(self.kernel.wait(cell).status, ("ok", "error"))
        self.assert_next_cell_works()

    def test_training_stops_and_keeps_what_it_learnt(self) -> None:
        self.assertEqual(self.kernel.run(MODEL).status, "ok")
        result = self.interrupt('console.log("running");\n' + TRAINING)
        self.assertEqual((result.status, result.contents("error")), ("ok", []))
        self.assertEqual(self.kernel.run(LEARNT).text(), "true true\n")
        self.assertGreater(int(self.kernel.run("history.epoch.length").text()), 0)
        again = self.kernel.run("(await model.fit(x, y, { epochs: 2, verbose: 0 })).epoch.length")
        self.assertEqual(again.text(), "2\n")

    def test_the_courses_training_stops_and_keeps_what_it_learnt(self) -> None:
        self.assertEqual(self.kernel.run(COURSE_MODEL).status, "ok")
        result = interrupt_when_displayed(self.kernel, COURSE_TRAINING)
        self.assertEqual((result.status, result.contents("error")), ("ok", []))
        asked = "console.log(result.interrupted, result.history.length > 0, sum() !== untrained);"
        self.assertEqual(self.kernel.run(asked).text(), "true true true\n")
        again = "(await train(course, data, { epochs: 2, progress: null })).interrupted"
        self.assertEqual(self.kernel.run(again).text(), "false\n")

    def test_training_of_a_deaf_cell_does_not_take_the_kernel_along(self) -> None:
        self.assertEqual(self.kernel.run(MODEL).status, "ok")
        deaf = 'console.log("running");\nawait model.fit(x, y, { epochs: 1e6, verbose: 0 });'
        self.assert_interrupted(self.interrupt(deaf))
        self.assertEqual(self.kernel.run("model.stopTraining = true;\n1").text(), "1\n")


class StockInterrupts(unittest.TestCase):
    """Under a stock tslab a helper that listens as advised stops as well, and the kernel lives."""

    def test_training_stops_and_keeps_what_it_learnt(self) -> None:
        with Kernel("stock") as kernel:
            self.assertEqual(kernel.run(MODEL).status, "ok")
            cell = kernel.send(TRAINING)
            kernel.wait_for_text(cell, "training")
            kernel.interrupt()
            self.assertEqual(kernel.wait(cell).status, "error")
            time.sleep(1)  # tslab abandons the cell; the training ends in the background
            self.assertEqual(kernel.run(LEARNT).text(), "true true\n")

    def test_the_courses_training_stops_and_keeps_what_it_learnt(self) -> None:
        with Kernel("stock") as kernel:
            self.assertEqual(kernel.run(COURSE_MODEL).status, "ok")
            self.assertEqual(interrupt_when_displayed(kernel, COURSE_TRAINING).status, "error")
            time.sleep(1)
            asked = "console.log(course.stopTraining, sum() !== untrained);"
            self.assertEqual(kernel.run(asked).text(), "true true\n")


def interrupt_when_displayed(kernel: Kernel, code: str):
    """Presses stop once the live display was updated: then the training is under way."""
    cell = kernel.send(code)
    kernel.wait_for_message(cell, "update_display_data")
    kernel.interrupt()
    return kernel.wait(cell)


if __name__ == "__main__":
    unittest.main()
