"""A cell that fails tells Jupyter what, where and why, in the student's own lines."""

import unittest

from support import ROOT, KernelTestCase

# Types, blank lines and comments that the compiled JavaScript does not have.
BOOM = """interface Limit {
  most: number;
}

// The limit of everything.
function boom(value: number): never {

  throw new RangeError("too big: " +
    value);
}"""


class Errors(KernelTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        assert cls.kernel.run(BOOM).status == "ok"

    def fail_with(self, code: str):
        result = self.kernel.run(code)
        self.assertEqual(result.status, "error", code)
        return result

    def test_error_message_and_reply_say_the_same_and_stderr_nothing(self) -> None:
        result = self.fail_with('throw new RangeError("too big");')
        error = result.error
        self.assertEqual((error["ename"], error["evalue"]), ("RangeError", "too big"))
        self.assertEqual(error["traceback"][0], "RangeError: too big")
        for key in ("ename", "evalue", "traceback"):
            self.assertEqual(result.reply[key], error[key])
        self.assertEqual(result.text("stderr"), "")
        self.assertEqual(result.text("stdout"), "")

    def test_trace_shows_the_lines_of_both_cells_and_nothing_of_tslab(self) -> None:
        result = self.fail_with("const most: Limit = { most: 3 };\n\n[1].forEach(() => boom(most.most));")
        here = f"cell [{result.reply['execution_count']}]"
        self.assertEqual(
            result.trace.replace(here, "HERE").split("\n"),
            [
                "RangeError: too big: 3",
                "    at boom (cell [1]:8:9)",
                '          throw new RangeError("too big: " +',
                "                ^",
                "    at HERE:3:19",
                "        [1].forEach(() => boom(most.most));",
                "                          ^",
                "    at Array.forEach (<anonymous>)",
                "    at HERE:3:5",
                "        [1].forEach(() => boom(most.most));",
                "            ^",
            ],
        )

    def test_lines_after_an_await_and_in_another_cells_async_function(self) -> None:
        self.kernel.run("type N = number;\nasync function later(n: N) {\n  await null;\n\n  boom(n);\n}")
        result = self.fail_with("type M = number;\n\nawait later(7);")
        places = [line.strip() for line in result.error["traceback"] if " at " in line]
        self.assertEqual(len(places), 3, places)
        self.assertRegex(places[1], r"at later \(cell \[\d+\]:5:3\)")
        self.assertRegex(places[2], r"at async cell \[\d+\]:3:1")

    def test_library_frames_are_short_and_the_calling_line_is_there(self) -> None:
        result = self.fail_with('import { softmax } from "attention-lab";\n\nsoftmax([]);')
        self.assertIn("        softmax([]);", result.trace)
        self.assertNotIn("tslab", result.trace)
        self.assertNotIn("node:", result.trace)
        self.assertNotIn(str(ROOT), result.trace)
        self.assertRegex(result.trace, r"at softmax \(src/dist/attention/softmax\.js:\d+:\d+\)")

    def test_type_errors_are_all_shown_with_line_column_and_source(self) -> None:
        result = self.fail_with(
            'console.log("must not run");\n\nconst a: number = "one";\n  const b: string = 2;\nmissing;'
        )
        self.assertEqual(result.error["ename"], "CompileError")
        self.assertEqual(
            result.error["evalue"],
            "3:7 - Type 'string' is not assignable to type 'number'. (and 2 more)",
        )
        number = result.reply["execution_count"]
        self.assertEqual(
            result.error["traceback"][1:],
            [
                f"    cell [{number}]:3:7 - Type 'string' is not assignable to type 'number'. (TS2322)",
                '        const a: number = "one";',
                "              ^",
                f"    cell [{number}]:4:9 - Type 'number' is not assignable to type 'string'. (TS2322)",
                "          const b: string = 2;",
                "                ^",
                f"    cell [{number}]:5:1 - Cannot find name 'missing'. (TS2304)",
                "        missing;",
                "        ^",
            ],
        )
        self.assertEqual(result.text("stderr") + result.text("stdout"), "")

    def test_code_that_ends_too_early_is_marked_at_its_end(self) -> None:
        result = self.fail_with("console.log(1);\nMath.max(1,")
        self.assertIn(":2:12 - ", result.trace)

    def test_causes_and_collected_errors_are_shown(self) -> None:
        trace = self.fail_with('throw new Error("outer", { cause: new TypeError("inner") });').trace
        self.assertIn("Error: outer", trace)
        self.assertIn("caused by TypeError: inner", trace)
        trace = self.fail_with('await Promise.any([Promise.reject(new Error("first"))]);').trace
        self.assertIn("caused by Error: first", trace)

    def test_anything_can_be_thrown(self) -> None:
        for code, evalue in [
            ('throw "text";', "'text'"),
            ("throw undefined;", "undefined"),
            ("throw { a: 1 };", "{ a: 1 }"),
            ("await Promise.reject(null);", "null"),
        ]:
            error = self.fail_with(code).error
            self.assertEqual((error["ename"], error["evalue"]), ("Thrown", evalue))
        self.assertEqual(self.fail_with('throw new Error("");').error["traceback"][0], "Error")
        self.fail_with("const e = new Error('knot'); e.cause = e; throw e;")

    def test_a_caught_error_that_is_printed_names_the_right_lines_too(self) -> None:
        result = self.kernel.run("type X = 1;\n\ntry { boom(1); } catch (error) { console.log(error); }")
        self.assertRegex(result.text(), r"^RangeError: too big: 1\n    at boom \(cell \[1\]:8:9\)\n")
        self.assertRegex(result.text(), r"at cell \[\d+\]:3:7\n")
        self.assertEqual(len(result.text().strip().split("\n")), 3)

    def test_errors_in_the_background_are_told_and_the_kernel_lives(self) -> None:
        result = self.kernel.run(
            'setTimeout(() => {\n  throw new Error("late");\n}, 10);\n'
            'Promise.reject(new Error("nobody listens"));\n'
            "await new Promise((resolve) => setTimeout(resolve, 300));"
        )
        self.assertEqual(result.status, "ok")
        self.assertRegex(result.text("stderr"), r"Uncaught error in the background: Error: late\n.*:2:9")
        self.assertIn("Unhandled rejection in the background: Error: nobody", result.text("stderr"))
        self.assertEqual(self.kernel.run("1 + 1").text(), "2\n")

    def test_const_of_a_failed_cell_does_not_exist(self) -> None:
        self.fail_with('const neverBorn = 1; throw new Error("too late");')
        self.assertIn("Cannot find name 'neverBorn'", self.fail_with("neverBorn").error["evalue"])


class Output(KernelTestCase):
    """Nothing that a cell prints is lost, however fast."""

    def test_every_line_of_a_long_loop_arrives_in_order(self) -> None:
        result = self.kernel.run("for (let i = 0; i < 20000; i++) console.log(i);")
        self.assertEqual(result.status, "ok")
        self.assertEqual(result.text(), "".join(f"{i}\n" for i in range(20000)))

    def test_streams_and_displays_keep_their_order(self) -> None:
        result = self.kernel.run(
            'import * as tslab from "tslab";\nfor (let i = 0; i < 1500; i++) {\n'
            '  console.log("out");\n  if (i % 3 === 0) console.error("err");\n'
            '  if (i % 100 === 99) tslab.display.text("shown");\n}'
        )
        told = []
        for message in result.messages[1:]:
            content = message["content"]
            told += ["shown"] if "data" in content else content["text"].split()
        expected = []
        for i in range(1500):
            expected += ["out"] + ["err"] * (i % 3 == 0) + ["shown"] * (i % 100 == 99)
        self.assertEqual(told, expected)


if __name__ == "__main__":
    unittest.main()
