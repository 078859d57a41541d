# For The Littlest JupyterHub: copy this to /opt/tljh/config/jupyterhub_config.d/attention_lab.py,
# then `sudo tljh-config reload`. server.sh has put the course into /opt/attention-lab before.
import os

c = get_config()  # noqa: F821
c.Spawner.cmd = ["/opt/attention-lab/classroom/hub/singleuser.sh"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"TF_NUM_INTEROP_THREADS": "-1"}
# TLJH's spawner has systemd hold everyone to these; its admins grade, in several kernels.
c.SystemdSpawner.cpu_limit = 1
c.SystemdSpawner.mem_limit = "2G"


def give_teachers_more(spawner):
    if spawner.user.admin:
        spawner.mem_limit = "4G"
        spawner.cpu_limit = os.cpu_count()


c.Spawner.pre_spawn_hook = give_teachers_more
