# JupyterHub for the course on one server; server.sh prepares the machine, README.md says the rest.
import os
import sys
from pathlib import Path

hub = Path(__file__).resolve().parent
course = hub.parents[1]
programs = course / ".venv-classroom/bin"
sys.path.insert(0, str(hub))

from memory import MemoryLimitedSpawner  # noqa: E402

c = get_config()  # noqa: F821

# Who may come in: the machine's own accounts, by their passwords, if they are in one of our groups.
# Teachers see who is there, and may stop and enter students' servers.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"attention-lab-students", "attention-lab-teachers"}
c.PAMAuthenticator.admin_groups = {"attention-lab-teachers"}
c.PAMAuthenticator.open_sessions = False

# The proxy that npm installed beside this file: everything passes through it.
c.ConfigurableHTTPProxy.command = [
    "node",
    str(hub / "proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy"),
]

# Everyone's JupyterLab runs under their own account, in their own home.
c.JupyterHub.spawner_class = MemoryLimitedSpawner
c.Spawner.cmd = [str(hub / "singleuser.sh")]
c.Spawner.default_url = "/lab"

# A whole class comes in at the stroke of nine. All start at once and wait for one another, so each
# has time; a limit would not queue them: it would send the eleventh away with an error.
c.JupyterHub.concurrent_spawn_limit = 0
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300

# 2 GiB each, which is held to. One core each, which is only announced: the course reads CPU_LIMIT,
# which this sets, and then trains with one worker; TensorFlow computes in the calling thread, as
# cores are shared anyway. A teacher grades in several kernels, as many as there are cores and memory.
c.Spawner.cpu_limit = 1
c.Spawner.mem_limit = "2G"


def give_teachers_more(spawner):
    if spawner.user.admin:
        spawner.mem_limit = "4G"
        spawner.cpu_limit = os.cpu_count()


c.Spawner.pre_spawn_hook = give_teachers_more
c.Spawner.environment = {
    "PATH": f"{programs}:{os.environ['PATH']}",  # nbgrader's commands in a terminal
    "TF_NUM_INTEROP_THREADS": "-1",
}

# As many as the memory holds, teachers among them; who comes after them is told to try again later.
MEMORY_OF_THE_MACHINE = 2**30
MEMORY_OF_A_STUDENT = 1.5 * 2**30
memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
c.JupyterHub.active_server_limit = int((memory - MEMORY_OF_THE_MACHINE) // MEMORY_OF_A_STUDENT)

# What nobody has used for an hour ends, and gives its memory back.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--ServerApp.shutdown_no_activity_timeout=3600",
]
