"""What is collected while a student changes it: never what a link leads to."""

import os
import shutil
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from answers import ROOT

sys.path.insert(0, str(ROOT / "classroom/nbgrader"))

from attention_lab import collecting  # noqa: E402
from attention_lab.collecting import (  # noqa: E402
    NOBODY,
    CollectFromOwners,
    copy_without_links,
    holds_link,
    owner,
)
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

    def test_a_pipe_is_refused_whether_or_not_somebody_writes_into_it(self) -> None:
        anna = self.hand_in("anna")
        os.mkfifo(anna / "pipe")
        with self.assertRaisesRegex(OSError, "pipe is no ordinary file"):
            copy_without_links(str(anna), str(self.root / "copy"), MUCH)
        pipe = os.open(anna / "pipe", os.O_RDWR)
        self.addCleanup(os.close, pipe)
        os.write(pipe, b"without end")
        with self.assertRaisesRegex(OSError, "pipe is no ordinary file"):
            copy_without_links(str(anna), str(self.root / "second"), MUCH)

    def test_a_file_that_grows_is_not_read_without_end(self) -> None:
        """Its size is told as 0, which is less than what is read."""
        anna = self.hand_in("anna")
        told = SimpleNamespace(st_mode=stat.S_IFREG, st_size=0)
        with (
            patch.object(collecting.os, "fstat", lambda descriptor: told),
            self.assertRaisesRegex(OSError, "too large"),
        ):
            copy_without_links(str(anna), str(self.root / "copy"), len("anna" * 2) - 1)

    def collector(self, *paths: Path, check_owner: bool = False) -> CollectFromOwners:
        """That has looked at these, and has yet to copy them."""
        collector = CollectFromOwners(coursedir=CourseDirectory(root=str(self.root)))
        collector.coursedir.assignment_id = CHAPTER
        collector.check_owner = check_owner
        collector.inbound_path = str(self.inbound)
        collector.src_records = [collector._path_to_record(str(path)) for path in paths]
        return collector

    def submitted(self, name: str) -> Path:
        return self.root / f"submitted/{name}/{CHAPTER}"

    def test_what_was_collected_before_stays_where_the_new_cannot_be(self) -> None:
        """It is too large, or it is gone; the others are brought up to date."""
        for name in ("anna", "bo", "cem"):
            self.submitted(name).mkdir(parents=True)
            (self.submitted(name) / f"{CHAPTER}.ipynb").write_text("before")
            (self.submitted(name) / "timestamp.txt").write_text("2025-01-01 00:00:00 UTC")
        anna, bo, cem = map(self.hand_in, ("anna", "bo", "cem"))
        collector = self.collector(anna, bo, cem)
        collector.update = True
        collector.coursedir.max_dir_size = 1  # kB
        (anna / "much").write_bytes(bytes(1001))
        shutil.rmtree(bo)
        with self.assertRaisesRegex(ExchangeError, "anna.*too large.*bo"):
            collector.copy_files()
        texts = {
            name: (self.submitted(name) / f"{CHAPTER}.ipynb").read_text() for name in ("anna", "bo", "cem")
        }
        self.assertEqual(texts, {"anna": "before", "bo": "before", "cem": "cem"})

    def test_with_owners_checked_no_link_to_nowhere_and_no_gone_folder_ends_the_run(self) -> None:
        me = owner(str(self.root))
        mine = self.hand_in(me)
        link = self.inbound / f"{me}+{CHAPTER}+2026-01-02 00:00:00 UTC+x"
        link.symlink_to("nowhere")
        gone = self.inbound / f"{me}+{CHAPTER}+2026-01-03 00:00:00 UTC+x"
        collector = self.collector(mine, link, gone, check_owner=True)
        names = [record["username"] for record in collector.src_records]
        self.assertEqual(names, [me, NOBODY, NOBODY])
        collector.src_records = collector.src_records[:1]
        with patch.object(collector.log, "warning") as warning:
            collector.copy_files()
        warning.assert_not_called()  # our copies belong to nobody else
        self.assertTrue(collector.check_owner)
        self.assertEqual((self.submitted(me) / f"{CHAPTER}.ipynb").read_text(), me)
        mine.rename(self.root / "mine")
        mine.symlink_to("nowhere")  # after the look
        with self.assertRaisesRegex(ExchangeError, f"All were collected but .*{me}"):
            collector.copy_files()

    def test_what_becomes_a_link_after_the_look_is_not_followed(self) -> None:
        """A file, a folder, the submission itself; the others are collected, and the run tells."""
        anna, bo, cem, dana = map(self.hand_in, ("anna", "bo", "cem", "dana"))
        collector = self.collector(anna, bo, cem, dana)
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
