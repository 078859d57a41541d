"""Every answer that the exercises ship, in a real kernel: right ones, empty ones, wrong ones.

A test for each chapter: `python -m unittest test_answers -k 4_model`.
"""

import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kernel"))

from answers import Exercise, WrongAnswer, chapters, exercises  # noqa: E402
from support import Kernel, Result  # noqa: E402

MARKS = "application/vnd.attention-lab.marks+json"
KERNELS_AT_ONCE = 2
_starting = Lock()


class Answers(unittest.TestCase):
    """Each exercise has a kernel of its own, since it has to stand alone."""

    def test_there_are_chapters(self) -> None:
        self.assertTrue(chapters())

    def check(self, chapter: str) -> None:
        with ThreadPoolExecutor(KERNELS_AT_ONCE) as pool:
            faults = [fault for found in pool.map(faults_of, exercises(chapter)) for fault in found]
        if faults:
            self.fail("\n\n" + "\n\n".join(faults))


def add_test(chapter: str) -> None:
    name = "test_" + chapter.replace("-", "_")
    setattr(Answers, name, lambda self: self.check(chapter))


for one in chapters():
    add_test(one)


def faults_of(exercise: Exercise) -> list[str]:
    """What is wrong with an exercise's answers, in words."""
    try:
        with started_kernel() as kernel:
            return list(Trial(exercise, kernel).faults())
    except Exception as error:  # a thread's error would not say which exercise it was
        return [f"{exercise.id}: {error!r}"]


def started_kernel() -> Kernel:
    """A kernel. Ports are chosen before they are used, so another program may be quicker: once more."""
    with _starting:
        try:
            return Kernel()
        except RuntimeError:
            return Kernel()


class Trial:
    """An exercise whose answers are given, one after the other; each replaces the one before."""

    def __init__(self, exercise: Exercise, kernel: Kernel) -> None:
        self.exercise = exercise
        self.kernel = kernel

    def faults(self):
        if self.exercise.setup:
            yield from self.unless_ran(self.kernel.run(self.exercise.setup), "setup")
        yield from self.solution()
        yield from self.empty()
        if len(self.exercise.wrong) < 3:
            yield f"{self.exercise.id} has {len(self.exercise.wrong)} wrong answers, and needs 3"
        hints: dict[str, str] = {}
        for wrong in self.exercise.wrong:
            yield from self.wrong(wrong, hints)

    def solution(self):
        """All points, from two cells as students run them."""
        ran = self.kernel.run(self.exercise.solution)
        yield from self.unless_ran(ran, "the solution")
        points, text = self.judged(self.kernel.run(self.exercise.test))
        if points != self.exercise.points:
            yield f"{self.exercise.id}, the solution: {points} points of {self.exercise.points}\n{text}"

    def empty(self):
        """No points and no hint."""
        points, text = self.answered(self.exercise.empty)
        if points != 0 or "Hint:" in text:
            yield f"{self.exercise.id}, no answer: {points} points\n{text}"

    def wrong(self, wrong: WrongAnswer, hints: dict[str, str]):
        """The points of its heading, and a hint that no other wrong answer gets."""
        name = f"{self.exercise.id}, {wrong.title}"
        points, text = self.answered(wrong.code)
        if (points, self.exercise.points) != (wrong.points, wrong.out_of):
            heading = f"the heading says {wrong.points} of {wrong.out_of}"
            yield f"{name}: {points} of {self.exercise.points} points, but {heading}\n{text}"
        hint = text.partition("Hint: ")[2]
        if wrong.hint not in hint:
            yield f"{name}: no “{wrong.hint}” in its hint\n{text}"
        elif hint in hints:
            yield f"{name}: the same hint as “{hints[hint]}”\n{text}"
        hints[hint] = wrong.title

    def answered(self, code: str) -> tuple[int | None, str]:
        """The answer and the cell that judges it in one cell, which takes half the time of two."""
        return self.judged(self.kernel.run(f"{code}\n{self.exercise.test}"))

    def judged(self, result: Result) -> tuple[int | None, str]:
        """What `grade` says of an answer: the points, and the text that the student reads."""
        if result.status != "ok":
            return None, result.trace if result.contents("error") else str(result)
        shown = [c["data"] for c in result.contents("display_data") if MARKS in c["data"]]
        if len(shown) != 1:
            return None, f"{len(shown)} outputs with marks: {result}"
        marks = shown[0][MARKS]
        expected = {"exercise": self.exercise.id, "outOf": self.exercise.points}
        if {key: marks[key] for key in expected} != expected:
            return None, f"the marks are {marks}, but the notebook says {expected}"
        return marks["points"], shown[0]["text/plain"]

    def unless_ran(self, result: Result, what: str):
        if result.status != "ok":
            yield f"{self.exercise.id}, {what}: {self.judged(result)[1]}"


if __name__ == "__main__":
    unittest.main()
