"""What is collected while a student changes it: never what a link leads to."""

import os
import sys
import tempfile
import unittest
from pathlib import Path

from answers import ROOT

sys.path.insert(0, str(ROOT / "classroom/nbgrader"))

from attention_lab.collecting import CollectFromOwners, copy_without_links, holds_link  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from nbgrader.exchange import ExchangeError  # noqa: E402

CHAPTER = "1-scores"
SECRET = "the solutions"
MUCH = 10**6


class Links(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.inbound = self.root / "inbound"
        self.solutions = self.root / "solutions"
        self.solutions.mkdir()
        (self.solutions / f"{CHAPTER}.ipynb").write_text(SECRET)

    def hand_in(self, name: str) -> Path:
        """A submission with a file, and one in a folder."""
        folder = self.inbound / f"{name}+{CHAPTER}+2026-01-01 00:00:00 UTC+x"
        (folder / "more").mkdir(parents=True)
        for file in (f"{CHAPTER}.ipynb", "more/notes.txt"):
            (folder / file).write_text(name)
        return folder

    def test_a_link_is_seen_at_the_top_and_inside(self) -> None:
        anna, bo, cem, dana = map(self.hand_in, ("anna", "bo", "cem", "dana"))
        (self.inbound / "link").symlink_to(self.solutions)
        (bo / "file").symlink_to(self.solutions / f"{CHAPTER}.ipynb")
        (cem / "more/folder").symlink_to(self.solutions)
        (dana / "nowhere").symlink_to("nowhere else")
        self.assertFalse(holds_link(str(anna)))
        for path in (self.inbound / "link", bo, cem, dana):
            self.assertTrue(holds_link(str(path)), path)

    def test_a_copy_is_whole_and_not_too_large(self) -> None:
        anna = self.hand_in("anna")
        copy_without_links(str(anna), str(self.root / "copy"), MUCH)
        self.assertEqual((self.root / f"copy/{CHAPTER}.ipynb").read_text(), "anna")
        self.assertEqual((self.root / "copy/more/notes.txt").read_text(), "anna")
        with self.assertRaisesRegex(OSError, "too large"):
            copy_without_links(str(anna), str(self.root / "second"), len("anna" * 2) - 1)
        os.mkfifo(anna / "pipe")
        copy_without_links(str(anna), str(self.root / "third"), MUCH)  # and does not wait

    def test_what_becomes_a_link_after_the_look_is_not_followed(self) -> None:
        """A file, a folder, the submission itself; the others are collected, and the run tells."""
        anna, bo, cem, dana = map(self.hand_in, ("anna", "bo", "cem", "dana"))
        collector = CollectFromOwners(coursedir=CourseDirectory(root=str(self.root)))
        collector.coursedir.assignment_id = CHAPTER
        collector.check_owner = False
        collector.inbound_path = str(self.inbound)
        collector.src_records = [collector._path_to_record(str(one)) for one in (anna, bo, cem, dana)]
        names = [record["username"] for record in collector.src_records]
        self.assertEqual(names, ["anna", "bo", "cem", "dana"])
        (anna / f"{CHAPTER}.ipynb").unlink()
        (anna / f"{CHAPTER}.ipynb").symlink_to(self.solutions / f"{CHAPTER}.ipynb")
        (bo / "more").rename(self.root / "bo")
        (bo / "more").symlink_to(self.solutions)
        cem.rename(self.root / "cem")
        cem.symlink_to(self.solutions)
        with self.assertRaisesRegex(ExchangeError, "anna.*cem"):
            collector.copy_files()
        submitted = self.root / "submitted"
        texts = {
            str(file.relative_to(submitted)): file.read_text()
            for file in submitted.rglob("*")
            if file.is_file()
        }
        self.assertEqual(
            texts,
            {
                f"bo/{CHAPTER}/{CHAPTER}.ipynb": "bo",
                f"dana/{CHAPTER}/{CHAPTER}.ipynb": "dana",
                f"dana/{CHAPTER}/more/notes.txt": "dana",
            },
        )


if __name__ == "__main__":
    unittest.main()
