"""What a cell leaves behind for the cells after it."""

import unittest

from support import KernelTestCase


class EarlierCells(KernelTestCase):
    def test_a_variable_of_an_earlier_cell_can_be_a_shorthand_property(self) -> None:
        self.kernel.run("let source = [1, 2];")
        self.assertEqual(self.kernel.run("JSON.stringify({ source })").text(), '{"source":[1,2]}\n')
        self.kernel.run("source = [3];")
        self.assertEqual(self.kernel.run("JSON.stringify({ source })").text(), '{"source":[3]}\n')

    def test_a_variable_named_like_a_global_does_not_replace_it(self) -> None:
        self.kernel.run("const performance = 5;")
        self.assertEqual(self.kernel.run("typeof globalThis.performance.now").text(), "function\n")


if __name__ == "__main__":
    unittest.main()
