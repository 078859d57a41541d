"""Thirty submissions of which it is known what they are worth: nbgrader gives each its marks."""

import os
import time
import unittest

from answers import STUB, exercises
from course import answered, course

ASSIGNMENT = "3-weighted-sum"
STUDENTS = 30


def class_of_thirty() -> list[dict[str, tuple[str, int]]]:
    """What each student answers to each exercise, and what it is worth.

    Right answers and wrong ones take turns. Each student answers one exercise, every third one two;
    what is left as it was given takes no time.
    """
    pools = {
        exercise.id: [(exercise.solution, exercise.points)] * 2
        + [(wrong.code, wrong.points) for wrong in exercise.wrong]
        for exercise in exercises(ASSIGNMENT)
    }
    ids = list(pools)
    students = []
    for student in range(STUDENTS):
        chosen = {ids[student % len(ids)], ids[student // 3 % len(ids)] if student % 3 == 0 else ""}
        students.append(
            {id: pools[id][student // len(ids) % len(pools[id])] for id in ids if id in chosen}
        )
    return students


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
