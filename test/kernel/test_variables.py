"""What a cell leaves behind for the cells after it."""

import tempfile
import unittest
from pathlib import Path

from support import Kernel, KernelTestCase


class EarlierCells(KernelTestCase):
    def test_a_variable_of_an_earlier_cell_can_be_a_shorthand_property(self) -> None:
        self.kernel.run("let source = [1, 2];")
        self.assertEqual(self.kernel.run("JSON.stringify({ source })").text(), '{"source":[1,2]}\n')
        self.kernel.run("source = [3];")
        self.assertEqual(self.kernel.run("JSON.stringify({ source })").text(), '{"source":[3]}\n')

    def test_a_variable_named_like_a_global_does_not_replace_it(self) -> None:
        self.kernel.run("const performance = 5;")
        self.assertEqual(self.kernel.run("typeof globalThis.performance.now").text(), "function\n")


class AfterAFailure(KernelTestCase):
    def test_grade_says_that_it_judges_an_older_answer(self) -> None:
        judge = 'import { grade } from "attention-lab";\nawait grade("1.1", scores);'

        def verdict() -> str:
            [shown] = self.kernel.run(judge).contents("display_data")
            return shown["data"]["text/plain"]

        answer = "function scores() { return [[11]]; }"
        self.kernel.run(answer)
        self.assertNotIn("older answer", verdict())
        self.kernel.run(answer.replace("[[11]]", "[[11]"))
        self.assertIn("older answer", verdict())
        self.kernel.run(answer)
        self.assertNotIn("older answer", verdict())


class AnyFolder(unittest.TestCase):
    def test_the_course_can_be_imported_outside_of_its_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder, Kernel(cwd=Path(folder)) as kernel:
            result = kernel.run('import { softmax } from "attention-lab";\nsoftmax([0, 0]);')
            self.assertEqual(result.text(), "[ 0.5, 0.5 ]\n")
            # With its types: a wrong argument is refused before anything runs.
            wrong = kernel.run('import { softmax } from "attention-lab";\nsoftmax("no");')
            self.assertIn("not assignable", wrong.trace)
            # Also where nobody writes the type down, and in a later cell.
            kernel.run('import { drawDates } from "attention-lab";')
            drawn = kernel.run("const dates = drawDates({ count: 3, seed: 1 });")
            self.assertEqual(drawn.status, "ok", drawn)
            self.assertEqual(kernel.run("dates.length").text(), "3\n")
            self.assertIn("does not exist", kernel.run("dates[0].nothing").trace)
            missing = kernel.run('import { x } from "no-such-package";')
            self.assertIn("no-such-package", missing.trace)

    def test_no_folder_puts_another_package_in_the_courses_place(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            false = Path(folder) / "node_modules" / "attention-lab"
            false.mkdir(parents=True)
            (false / "index.js").write_text("exports.softmax = () => 'false';")
            (false / "index.d.ts").write_text("export function softmax(scores: any): any;")
            with Kernel(cwd=Path(folder)) as kernel:
                result = kernel.run('import { softmax } from "attention-lab";\nsoftmax([0, 0]);')
                self.assertEqual(result.text(), "[ 0.5, 0.5 ]\n")
                required = kernel.run('require("attention-lab").softmax([0, 0]);')
                self.assertEqual(required.text(), "[ 0.5, 0.5 ]\n")


if __name__ == "__main__":
    unittest.main()
