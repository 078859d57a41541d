"""The students' versions of the exercises are what nbgrader makes of their sources."""

import subprocess
import unittest

from answers import ROOT


class StudentsVersions(unittest.TestCase):
    def test_they_are_what_the_sources_give(self) -> None:
        check = ["node", "scripts/exercises.mjs", "--check"]
        done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
