"""Every answer that the exercises ship, in a real kernel: right ones, empty ones, wrong ones."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kernel"))

from answers import chapters, exercises, wrong_answers  # noqa: E402
from support import Kernel  # noqa: E402

MARKS = "application/vnd.attention-lab.marks+json"


class Answers(unittest.TestCase):
    """A kernel for each chapter; answers of one name replace each other."""

    def test_chapters(self) -> None:
        self.assertTrue(chapters())
        for chapter in chapters():
            with Kernel() as self.kernel:
                self.check(chapter)

    def check(self, chapter: str) -> None:
        all_wrong = wrong_answers(chapter)
        for exercise in exercises(chapter):
            with self.subTest("solution", exercise=exercise.id):
                self.assertEqual(self.points(exercise, exercise.solution)[0], exercise.points)
            with self.subTest("no answer", exercise=exercise.id):
                points, text = self.points(exercise, exercise.empty)
                self.assertEqual(points, 0)
                self.assertNotIn("Hint:", text)
            wrong = [one for one in all_wrong if one.exercise == exercise.id]
            self.assertGreaterEqual(len(wrong), 3, f"wrong answers to {exercise.id}")
            hints = set()
            for one in wrong:
                with self.subTest("wrong answer", exercise=one.exercise, title=one.title):
                    points, text = self.points(exercise, one.code)
                    self.assertEqual((points, exercise.points), (one.points, one.out_of), text)
                    hint = text.partition("Hint: ")[2]
                    self.assertIn(one.hint, hint)
                    hints.add(hint)
            with self.subTest("each has a hint of its own", exercise=exercise.id):
                self.assertEqual(len(hints), len(wrong))

    def points(self, exercise, answer: str) -> tuple[int | None, str]:
        """What `grade` says of an answer: the points, and the text that the student reads."""
        given = self.kernel.run(answer)
        self.assertEqual(given.status, "ok", given.trace if given.contents("error") else given)
        judged = self.kernel.run(exercise.test)
        self.assertEqual(judged.status, "ok", judged.trace if judged.contents("error") else judged)
        shown = [c["data"] for c in judged.contents("display_data") if MARKS in c["data"]]
        self.assertEqual(len(shown), 1, judged)
        evidence = shown[0][MARKS]
        self.assertEqual((evidence["exercise"], evidence["outOf"]), (exercise.id, exercise.points))
        return evidence["points"], shown[0]["text/plain"]


if __name__ == "__main__":
    unittest.main()
