"""Collects submissions from those who own them, and from nobody in their name."""

import os
import pwd
import shutil
import stat
import tempfile
from datetime import datetime
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

Record = dict[str, Any]

NOBODY = ""  # no account's name

CHUNK = 2**20  # bytes read at a time


def owner(path: str) -> str:
    """The account that owns this; of a link, too, the one that made it."""
    user = os.lstat(path).st_uid
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}, who has no account"


def holds_link(path: str) -> bool:
    """Whether it is or holds a link: what that leads to would be read with the teacher's rights."""
    return os.path.islink(path) or any(
        os.path.islink(os.path.join(folder, name))
        for folder, folders, files in os.walk(path)
        for name in folders + files
    )


def copy_without_links(path: str, copy: str, most: int) -> None:
    """Copies a folder of at most so many bytes, and follows no link that is put into it meanwhile.

    Throws OSError at a file that is a link, a pipe or the like. A folder that is a link is left out.
    """
    for folder, _, names, descriptor in os.fwalk(path):  # of itself it enters no folder by a link

        def opened(name: str, flags: int, within: int = descriptor) -> int:
            # Nor does it wait for somebody to write into a pipe.
            return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=within)

        target = os.path.join(copy, os.path.relpath(folder, path))
        os.makedirs(target)
        for name in names:
            with open(name, "rb", opener=opened) as theirs:
                if not stat.S_ISREG(os.fstat(theirs.fileno()).st_mode):
                    raise OSError(f"{name} is no ordinary file")
                with open(os.path.join(target, name), "wb") as ours:
                    # What is read is counted: the size that a file tells may grow meanwhile.
                    while part := theirs.read(CHUNK):
                        most -= len(part)
                        if most < 0:
                            raise OSError("it is too large")
                        ours.write(part)
    if not os.path.isdir(copy):
        raise OSError("it is no folder that can be read")


class CollectFromOwners(ExchangeCollect):
    """nbgrader only warns of a folder in someone else's name, and takes it if it is the newest.

    Here such folders are set apart before the newest is chosen, so that the student's own remains.
    nbgrader's own option, `--ExchangeCollect.check_owner=False`, takes everything again.
    """

    def _path_to_record(self, path: str) -> Record:
        try:
            record: Record = super()._path_to_record(path)
            if self.check_owner and owner(path) != record["username"]:
                self.log.warning("Not collected: %s belongs to %s", path, owner(path))
                record["username"] = NOBODY
            elif holds_link(path):
                self.log.warning("Not collected: %s is a link or holds one", path)
                record["username"] = NOBODY
            return record
        except Exception as error:  # its name holds no date, or it is gone: it must not end the whole run
            self.log.warning("Not collected: %s (%s)", path, error)
            return {"username": NOBODY, "timestamp": datetime.min}

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != NOBODY]

    def copy_files(self) -> None:
        """By way of copies in which no student can put a link where none was seen before.

        All are made first: one that cannot be copied does not keep the others from being collected,
        and of its student, what was collected before stays, which nbgrader deletes before it copies.
        """
        inbound, check_owner = self.inbound_path, self.check_owner
        copied, left_out = [], []
        with tempfile.TemporaryDirectory() as ours:
            for record in self.src_records:
                path, copy = (os.path.join(folder, record["filename"]) for folder in (inbound, ours))
                try:
                    copy_without_links(path, copy, most=1000 * self.coursedir.max_dir_size)
                    copied.append(record)
                except Exception as error:
                    shutil.rmtree(copy, ignore_errors=True)
                    left_out.append(f"{path} ({error})")
            self.src_records = copied
            # The copies are all ours: whose the submissions are was seen when they were chosen.
            self.inbound_path, self.check_owner = ours, False
            try:
                super().copy_files()
            finally:
                self.inbound_path, self.check_owner = inbound, check_owner
        if left_out:
            self.fail(f"All were collected but {', '.join(left_out)}")
