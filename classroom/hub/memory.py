"""The local spawner, with the memory of each person bounded by a control group of the kernel's.

JupyterHub's own local spawner tells the server its limit (MEM_LIMIT) and leaves it at that. With
systemd, as under The Littlest JupyterHub, its SystemdSpawner does what this does here.
"""

from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner

ROOT = Path("/sys/fs/cgroup")
VERSION_1 = ROOT / "memory"


def group_of(name: str, limit: int) -> Path:
    """The control group of a person, whose processes together get `limit` bytes of memory."""
    if VERSION_1.is_dir():
        group, limit_file = VERSION_1 / "attention-lab" / name, "memory.limit_in_bytes"
        group.mkdir(parents=True, exist_ok=True)
    else:
        group, limit_file = ROOT / "attention-lab" / name, "memory.max"
        group.mkdir(parents=True, exist_ok=True)
        for above in (ROOT, group.parent):
            (above / "cgroup.subtree_control").write_text("+memory")
    (group / limit_file).write_text(str(limit))
    return group


class MemoryLimitedSpawner(LocalProcessSpawner):
    """Where the machine lets us make no control groups (some containers), it says so and goes on."""

    def make_preexec_fn(self, name):
        become_that_person = super().make_preexec_fn(name)
        try:
            processes = group_of(name, self.mem_limit) / "cgroup.procs"
        except OSError as error:
            self.log.warning("Memory is not limited: no control group can be made (%s)", error)
            return become_that_person

        def enter_group():
            processes.write_text("0")  # this process, and so all that it will start
            become_that_person()

        return enter_group
