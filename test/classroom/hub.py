"""A real JupyterHub on this machine, with accounts of its own; and nothing of it when it has ended.

Names are fixed, so that what a killed run left behind is found and removed by the next.
"""

import grp
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import requests
import websocket

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("/opt/attention-lab-test")
EXCHANGE = Path("/srv/attention-lab-test/exchange")
STATE = Path("/srv/attention-lab-test/hub")
PREFIX = "al-test-"
GROUPS = ("attention-lab-students", "attention-lab-teachers")
PROGRAMS = FOLDER / ".venv-classroom/bin"
HUB = FOLDER / "classroom/hub"


def accounts() -> list[pwd.struct_passwd]:
    return [account for account in pwd.getpwall() if account.pw_name.startswith(PREFIX)]


def processes_of(uids: set[int]) -> list[int]:
    """The processes that run under these accounts."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and entry.stat().st_uid in uids:
                found.append(int(entry.name))
        except FileNotFoundError:
            pass  # it has just ended
    return found


@dataclass(frozen=True)
class Usage:
    """What someone's processes take: bytes of memory (shared pages in parts), processor seconds."""

    bytes: int
    seconds: float


def usage_of(name: str) -> Usage:
    size = seconds = 0
    for pid in processes_of({pwd.getpwnam(name).pw_uid}):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        size += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        seconds += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return Usage(size * 1024, seconds)


def clear() -> None:
    """Takes everything of ours from the machine: processes of our accounts, accounts, folders."""
    uids = {account.pw_uid for account in accounts()}
    deadline = time.monotonic() + 15
    while uids and (left := processes_of(uids)) and time.monotonic() < deadline:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.2)
    for account in accounts():
        subprocess.run(["userdel", "--remove", account.pw_name], check=False, capture_output=True)
    for folder in (FOLDER, EXCHANGE.parent):
        shutil.rmtree(folder, ignore_errors=True)
    for group in Path("/sys/fs/cgroup").glob(f"**/attention-lab/{PREFIX}*"):
        group.rmdir()
    # What others use stays: a group that is someone's first cannot be deleted, nor a full folder.
    for group in Path("/sys/fs/cgroup").glob("**/attention-lab"):
        if not any(entry.is_dir() for entry in group.iterdir()):
            group.rmdir()
    for group in grp.getgrall():
        if group.gr_name in GROUPS and not group.gr_mem:
            subprocess.run(["groupdel", group.gr_name], check=False, capture_output=True)


class Janitor:
    """A process that clears the machine when we have ended, in whatever way: killed, too."""

    def __init__(self) -> None:
        command = [sys.executable, __file__, "clear-at-end"]
        # A session of its own: what kills the tests' process group does not reach it.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def work(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hub:
    """The hub, its proxy and its accounts, as server.sh and accounts.sh make them."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.passwords: dict[str, str] = {}
        self.process: subprocess.Popen | None = None

    def make_accounts(self, kind: str, *names: str) -> None:
        command = [HUB / "accounts.sh", kind, *[PREFIX + name for name in names]]
        made = subprocess.run(command, check=True, capture_output=True, text=True)
        self.passwords.update(line.split() for line in made.stdout.splitlines())

    def start(self, *options: str) -> None:
        command = [
            *["setpriv", "--pdeathsig", "TERM"],  # it ends its servers and itself when we are killed
            *[PROGRAMS / "jupyterhub", "-f", HUB / "jupyterhub_config.py"],
            *["--ip=127.0.0.1", f"--port={self.port}", f"--JupyterHub.hub_port={free_port()}"],
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}",
            *options,
        ]
        self.log = open(STATE / "log", "a")
        self.process = subprocess.Popen(command, cwd=STATE, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/hub/health", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.3)
        raise RuntimeError(f"the hub does not answer:\n{(STATE / 'log').read_text()[-3000:]}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Person:
    """Someone with an account, who logs in to the hub with a password as a browser does."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub = hub
        self.name = PREFIX + name
        self.home = Path(pwd.getpwnam(self.name).pw_dir)
        self.session = requests.Session()
        form = {"username": self.name, "password": hub.passwords[self.name]}
        form["_xsrf"] = self.xsrf("login")
        self.session.post(f"{hub.url}/hub/login", data=form, allow_redirects=False, timeout=60)
        token = self.session.post(
            f"{hub.url}/hub/api/users/{self.name}/tokens",
            headers={"X-XSRFToken": self.xsrf("token")},
            timeout=60,
        )
        self.token = token.json()["token"]
        self.headers = {"Authorization": f"token {self.token}"}

    def xsrf(self, page: str) -> str:
        """What a form of this page of the hub's must carry."""
        self.session.get(f"{self.hub.url}/hub/{page}", timeout=60)
        return self.session.cookies.get("_xsrf", path="/hub/")

    def start_server(self) -> requests.Response:
        """Asks for a JupyterLab, and waits until it runs or is refused."""
        answer = requests.post(
            f"{self.hub.url}/hub/api/users/{self.name}/server", headers=self.headers, timeout=180
        )
        deadline = time.monotonic() + 180
        while answer.ok and time.monotonic() < deadline:
            try:
                if self.server("GET", "api/status").status_code == 200:
                    break  # until then the hub answers in its place, and points elsewhere
            except requests.RequestException:
                pass
            time.sleep(0.5)
        return answer

    def server(self, method: str, what: str, **options) -> requests.Response:
        """Asks this person's own JupyterLab, through the proxy."""
        url = f"{self.hub.url}/user/{self.name}/{what}"
        answer = requests.request(
            method, url, headers=self.headers, timeout=60, allow_redirects=False, **options
        )
        answer.raise_for_status()
        return answer

    def kernel(self, folder: str = "notebooks") -> "HubKernel":
        return HubKernel(self, folder)


class HubKernel:
    """A kernel of the course in someone's JupyterLab, spoken to as the browser does."""

    def __init__(self, person: Person, folder: str) -> None:
        self.person = person
        session = {
            "kernel": {"name": "tslab"},
            "name": "test",
            "path": f"{folder}/{uuid.uuid4()}.ipynb",
            "type": "notebook",
        }
        started = person.server("POST", "api/sessions", json=session).json()
        self.id = started["kernel"]["id"]
        self.channels = websocket.create_connection(
            f"{person.hub.url}/user/{person.name}/api/kernels/{self.id}/channels".replace(
                "http", "ws", 1
            ),
            header=[f"Authorization: token {person.token}"],
            timeout=1500,
        )

    def run(self, code: str) -> tuple[str, list[dict]]:
        """Runs a cell: the reply's status, and the messages that came meanwhile."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "username": self.person.name,
            "session": uuid.uuid4().hex,
            "version": "5.3",
            "date": "",
        }
        content = {"code": code, "silent": False, "store_history": True, "stop_on_error": True}
        content |= {"user_expressions": {}, "allow_stdin": False}
        request = {"header": header, "content": content, "parent_header": {}, "metadata": {}}
        self.channels.send(json.dumps({**request, "channel": "shell", "buffers": []}))
        status, idle, messages = None, False, []
        while status is None or not idle:
            message = json.loads(self.channels.recv())
            kind, said = message["header"]["msg_type"], message["content"]
            if kind == "status" and said["execution_state"] in ("restarting", "dead"):
                return said["execution_state"], messages
            if message["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if kind == "execute_reply":
                status = said["status"]
            elif kind == "status":
                idle = said["execution_state"] == "idle"
            else:
                messages.append(message)
        return status, messages

    def text(self, code: str) -> str:
        """Runs a cell that has to succeed: what it printed."""
        status, messages = self.run(code)
        said = [m["content"] for m in messages]
        assert status == "ok", said
        return "".join(m.get("text", "") for m in said)


if __name__ == "__main__" and sys.argv[1:] == ["clear-at-end"]:
    sys.stdin.read()  # ends when the tests close it, or have ended
    clear()
