"""The teacher's way by nbgrader's own commands: from the sources to the marks in a table."""

import csv
import json
import unittest
from html import unescape

from answers import exercises
from course import Answers, answered, course

ASSIGNMENT = "1-scores"


class TeachersWay(unittest.TestCase):
    def test_from_release_to_feedback(self) -> None:
        [first, second, *_] = exercises(ASSIGNMENT)
        wrong = second.wrong[0]
        answers = {first.id: first.solution, second.id: wrong.code}
        with course() as self.course:
            self.home = self.course.folder / "home"
            self.home.mkdir()
            self.teacher("generate_assignment", ASSIGNMENT)
            self.teacher("release_assignment", ASSIGNMENT)
            self.student("fetch_assignment", ASSIGNMENT)
            self.answer(answers)
            self.student("submit", ASSIGNMENT)
            self.teacher("collect", ASSIGNMENT)
            self.teacher("autograde", ASSIGNMENT)
            self.teacher("generate_feedback", ASSIGNMENT)
            self.teacher("release_feedback", ASSIGNMENT)
            self.student("fetch_feedback", ASSIGNMENT)
            self.teacher("export")
            [page] = (self.home / ASSIGNMENT / "feedback").rglob("*.html")
            html = page.read_text()
            feedback = unescape(html)
            table = (self.course.folder / "grades.csv").read_text()
            [row] = csv.DictReader(table.splitlines())

        for words in (
            f"Exercise {first.id}: {first.points} of {first.points} points",
            f"Exercise {second.id}: {wrong.points} of {second.points} points",
            wrong.hint,
            "there is no answer",  # to the other exercises
        ):
            self.assertIn(words, feedback)
        # What a student writes stays text in the teacher's browser.
        self.assertIn("<strong>My</strong> $a&lt;b$", html)
        self.assertRegex(html, "<h2[^>]*>1.1")
        self.assertNotRegex(html, "<[^>]*alert|<script>alert")
        self.assertEqual(row["assignment"], ASSIGNMENT)
        self.assertEqual(float(row["score"]), first.points + wrong.points)

    def answer(self, answers: Answers) -> None:
        """Works on the assignment that was fetched."""
        file = self.home / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        text = file.read_text()
        self.assertNotIn("SOLUTION", text)
        notebook = answered(json.loads(text), answers)
        note = "**My** $a<b$ <img src=x onerror='alert()'><script>alert()</script>"
        notebook["cells"].append(
            {"cell_type": "markdown", "id": "note", "metadata": {}, "source": note}
        )
        file.write_text(json.dumps(notebook))

    def teacher(self, *command: str) -> None:
        done = self.course.nbgrader(*command)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")

    def student(self, *command: str) -> None:
        done = self.course.nbgrader(*command, home=self.home)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")


if __name__ == "__main__":
    unittest.main()
