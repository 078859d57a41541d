"""Thirty submissions of which it is known what they are worth: nbgrader gives each its marks."""

import os
import time
import unittest

from answers import STUB, exercises, wrong_answers
from course import answered, course

ASSIGNMENT = "3-weighted-sum"
STUDENTS = 30


def class_of_thirty() -> list[dict[str, tuple[str, int]]]:
    """What each student answers to each exercise, and what it is worth.

    Right answers and wrong ones take turns; every other exercise is left as it was given.
    """
    pools = {
        exercise.id: [(exercise.solution, exercise.points)]
        + [(w.code, w.points) for w in wrong_answers(ASSIGNMENT) if w.exercise == exercise.id]
        for exercise in exercises(ASSIGNMENT)
    }
    return [
        {
            exercise: pool[(student + number) // 2 % len(pool)]
            for number, (exercise, pool) in enumerate(pools.items())
            if (student + number) % 2 == 0
        }
        for student in range(STUDENTS)
    ]


class Thirty(unittest.TestCase):
    def test_each_gets_its_marks(self) -> None:
        students = class_of_thirty()
        nothing = {exercise.id: 0 for exercise in exercises(ASSIGNMENT)}
        expected = {
            f"student-{i:02}": nothing | {name: points for name, (_, points) in answers.items()}
            for i, answers in enumerate(students)
        }
        with course() as opened:
            given = opened.release(ASSIGNMENT)
            for name, answers in zip(expected, students):
                codes = {exercise: code for exercise, (code, _) in answers.items()}
                opened.submit(name, ASSIGNMENT, answered(given, codes))
            begun = time.monotonic()
            done = opened.nbgrader("autograde", ASSIGNMENT)
            seconds = time.monotonic() - begun
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(opened.marks(ASSIGNMENT), expected)
        ran = sum(map(len, students))
        print(
            f"\n{STUDENTS} submissions were graded in {seconds:.0f} s on {os.cpu_count()} cores: "
            f"{seconds / STUDENTS:.1f} s a submission, {seconds / ran:.1f} s an answer"
        )

    def test_the_class_is_a_mixture(self) -> None:
        """So that marks which are all the same, or all full, cannot pass for right ones."""
        totals = [sum(points for _, points in answers.values()) for answers in class_of_thirty()]
        self.assertGreaterEqual(len(set(totals)), 4)
        self.assertIn(0, [points for answers in class_of_thirty() for _, points in answers.values()])
        self.assertNotIn(STUB, [code for answers in class_of_thirty() for code, _ in answers.values()])


if __name__ == "__main__":
    unittest.main()
