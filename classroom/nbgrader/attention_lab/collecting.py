"""Collects submissions from those who own them, and from nobody in their name."""

import os
import pwd
from datetime import datetime
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

Record = dict[str, Any]

NOBODY = ""  # no account's name


def owner(path: str) -> str:
    """The account that owns this; of a link, too, the one that made it."""
    user = os.lstat(path).st_uid
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}, who has no account"


def holds_link(path: str) -> bool:
    """Whether it holds a link: what that leads to would be copied with the teacher's rights."""
    return any(
        os.path.islink(os.path.join(folder, name))
        for folder, folders, files in os.walk(path)
        for name in folders + files
    )


class CollectFromOwners(ExchangeCollect):
    """nbgrader only warns of a folder in someone else's name, and takes it if it is the newest.

    Here such folders are set apart before the newest is chosen, so that the student's own remains.
    nbgrader's own option, `--ExchangeCollect.check_owner=False`, takes everything again.
    """

    def _path_to_record(self, path: str) -> Record:
        try:
            record: Record = super()._path_to_record(path)
        except Exception as error:  # its name holds no date: one such folder would end the whole run
            self.log.warning("Not collected: %s (%s)", path, error)
            return {"username": NOBODY, "timestamp": datetime.min}
        if self.check_owner and owner(path) != record["username"]:
            self.log.warning("Not collected: %s belongs to %s", path, owner(path))
            record["username"] = NOBODY
        elif holds_link(path):
            self.log.warning("Not collected: %s holds a link", path)
            record["username"] = NOBODY
        return record

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != NOBODY]
