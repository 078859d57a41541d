"""The local spawner, with what each person may take bounded by control groups of the kernel's.

JupyterHub's own local spawner tells the server its limits (MEM_LIMIT, CPU_LIMIT) and leaves it at
that. With systemd, as under The Littlest JupyterHub, its SystemdSpawner does what this does here.
"""

from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner

ROOT = Path("/sys/fs/cgroup")
# Those who are in groups of the processor's get equal shares of it when all want some.
CONTROLLERS = ("memory", "pids", "cpu")
MOST_THREADS = 1000  # a kernel has some dozens


def groups_of(name: str, memory: int) -> list[Path]:
    """A person's control groups, whose processes together get `memory` bytes, and no swap.

    Throws OSError where the machine does not let us make them.
    """
    if (ROOT / "memory").is_dir():  # version 1: a tree for each controller
        trees = [ROOT / controller for controller in CONTROLLERS if (ROOT / controller).is_dir()]
        groups = [tree / "attention-lab" / name for tree in trees]
        for group in groups:
            group.mkdir(parents=True, exist_ok=True)
    else:
        groups = [ROOT / "attention-lab" / name]
        groups[0].mkdir(parents=True, exist_ok=True)
        there = (ROOT / "cgroup.controllers").read_text().split()
        if "memory" not in there:
            raise OSError("the machine has no controller of memory")
        ours = " ".join(f"+{controller}" for controller in CONTROLLERS if controller in there)
        for above in (ROOT, groups[0].parent):
            (above / "cgroup.subtree_control").write_text(ours)
    limits = {"pids.max": MOST_THREADS}
    limits |= {"memory.limit_in_bytes": memory, "memory.swappiness": 0}  # version 1
    limits |= {"memory.max": memory, "memory.swap.max": 0}  # version 2
    for group in groups:
        for file, limit in limits.items():
            if (group / file).exists():
                (group / file).write_text(str(limit))
    return groups


class MemoryLimitedSpawner(LocalProcessSpawner):
    """Where the machine lets us make no control groups (some containers), it says so and goes on."""

    def make_preexec_fn(self, name):
        become_that_person = super().make_preexec_fn(name)
        try:
            groups = groups_of(name, self.mem_limit)
        except OSError as error:
            self.log.warning("Memory is not limited: no control group can be made (%s)", error)
            return become_that_person

        def enter_groups():
            for group in groups:
                (group / "cgroup.procs").write_text("0")  # this process, and so all it will start
            become_that_person()

        return enter_groups
