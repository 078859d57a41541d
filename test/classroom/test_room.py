"""How many kernels grade side by side on a machine, and how much memory each may take."""

import os
import sys
import unittest
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Iterator
from unittest.mock import patch

from answers import ROOT

sys.path.insert(0, str(ROOT / "classroom/nbgrader"))

from attention_lab import running  # noqa: E402

GIB = 2**30


@contextmanager
def machine(cores: int, gigabytes: float, **environment: str) -> Iterator[None]:
    """A machine with so many cores and so much memory left, and what a hub says of our share."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CPU_LIMIT", "MEM_LIMIT")}
    left = SimpleNamespace(available=int(gigabytes * GIB))
    with (
        patch("os.sched_getaffinity", lambda pid: set(range(cores))),
        patch("psutil.virtual_memory", lambda: left),
        patch.dict(os.environ, kept | environment, clear=True),
    ):
        yield


class Room(unittest.TestCase):
    def on(self, cores: int, gigabytes: float, **environment: str) -> tuple[int, int]:
        """Kernels, and megabytes for each."""
        with machine(cores, gigabytes, **environment):
            grader = running.RunExercises()
            return grader.kernels, grader.memory

    def test_as_many_kernels_as_cores_where_there_is_memory(self) -> None:
        self.assertEqual(self.on(2, 24), (2, 4096))
        self.assertEqual(self.on(8, 16), (8, 1638))

    def test_all_together_take_no_more_than_there_is(self) -> None:
        for cores in (1, 2, 4, 16):
            for gigabytes in (1, 1.5, 2, 3.9, 8, 40):
                kernels, memory = self.on(cores, gigabytes)
                self.assertLessEqual(kernels * memory, gigabytes * 1024, (cores, gigabytes))
                self.assertGreaterEqual(memory, running.MEMORY_OF_A_KERNEL)

    def test_little_memory_is_for_fewer_kernels_but_always_for_one(self) -> None:
        self.assertEqual(self.on(8, 3.5), (3, 1024))
        self.assertEqual(self.on(8, 0.3), (1, 1024))

    def test_on_a_hub_it_is_our_share_that_counts(self) -> None:
        share = {"MEM_LIMIT": str(4 * GIB)}
        self.assertEqual(self.on(8, 60, **share), (4, 1024))
        self.assertEqual(self.on(8, 60, **share, CPU_LIMIT="2.0"), (2, 1638))
        self.assertEqual(self.on(8, 60, **share, CPU_LIMIT="0.5"), (1, 3276))
        self.assertEqual(self.on(2, 2, **share), (2, 1024))  # the machine has less left than that

    def test_what_the_teacher_sets_is_heeded(self) -> None:
        with machine(8, 16):
            self.assertEqual(running.RunExercises(kernels=2).memory, 4096)
            self.assertEqual(running.RunExercises(kernels=5).memory, 2621)
            self.assertEqual(running.RunExercises(memory=512).memory, 512)


if __name__ == "__main__":
    unittest.main()
