"""JupyterHub for real: installed, logged in to, worked in, handed in and graded; see hub.py.

It needs root, for accounts and the exchange; what it puts on the machine is gone when it ends.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import requests
from answers import EXERCISES, exercises
from hub import EXCHANGE, FOLDER, PROGRAMS, ROOT, STATE, Hub, Janitor, Person, clear, usage_of

CHAPTER = "3-weighted-sum"
#: How many train at once; a slow machine may be given fewer (.ci/run).
STUDENTS_AT_ONCE = int(os.environ.get("STUDENTS_AT_ONCE", "8"))
CLASS = [f"student-{n}" for n in range(1, STUDENTS_AT_ONCE + 1)]
PEOPLE = 3 + len(CLASS)  # with the teacher, Ada and Ben
hub: Hub


def setUpModule() -> None:
    if os.getuid() != 0:
        why = "JupyterHub is tried as root only: it needs accounts of its own"
        if os.environ.get("CI"):  # nobody reads there what was skipped
            raise RuntimeError(why)
        raise unittest.SkipTest(why)
    clear()
    unittest.addModuleCleanup(Janitor().work)
    server = [ROOT / "classroom/hub/server.sh", FOLDER, EXCHANGE, STATE]
    made = subprocess.run(server, capture_output=True, text=True)
    if made.returncode != 0:
        raise RuntimeError(f"server.sh failed:\n{made.stdout[-3000:]}{made.stderr[-3000:]}")
    global hub
    hub = Hub()
    hub.make_accounts("teachers", "teacher")
    hub.make_accounts("students", "ada", "ben", *CLASS, "late")
    unittest.addModuleCleanup(hub.stop)
    hub.start(f"--JupyterHub.active_server_limit={PEOPLE}")


def as_person(person: Person, *command: str, **options) -> subprocess.CompletedProcess:
    """Runs a command as someone would in a terminal of their JupyterLab."""
    return subprocess.run(
        ["runuser", "-u", person.name, "--", *command],
        env={"HOME": str(person.home), "PATH": f"{PROGRAMS}:/usr/sbin:/usr/bin:/bin", "USER": person.name},
        capture_output=True,
        text=True,
        **options,
    )


class Installed(unittest.TestCase):
    """What install.sh has put into an empty folder; the image's recipe and Binder call the same."""

    def test_it_is_whole_and_holds_no_history(self) -> None:
        self.assertFalse((FOLDER / ".git").exists())
        recipe = (FOLDER / "classroom/hub/kubernetes/Dockerfile").read_text()
        self.assertIn("/classroom/hub/install.sh /opt/attention-lab", recipe)

    def test_nobody_reads_the_hubs_database(self) -> None:
        self.assertEqual(STATE.stat().st_mode & 0o777, 0o700)

    def test_an_account_that_is_there_is_left_alone(self) -> None:
        accounts = [FOLDER / "classroom/hub/accounts.sh", "teachers", "al-test-ada", "al-test-new"]
        made = subprocess.run(accounts, capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("there is an account al-test-ada", made.stderr)
        self.assertRegex(made.stdout, r"^al-test-new \S{10}\n$")
        # Nor does the exchange change hands.
        self.assertEqual((EXCHANGE / "attention-lab").owner(), "al-test-teacher")

    def test_binders_steps_end_in_a_jupyterlab_with_our_kernel_and_figures(self) -> None:
        built = subprocess.run([".binder/postBuild"], cwd=FOLDER, capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stdout + built.stderr)
        # A JupyterLab that knows nothing of ours, as Binder's own: the one of this clone.
        with tempfile.TemporaryDirectory() as elsewhere:
            code = (
                "from jupyter_client.kernelspec import get_kernel_spec as spec\n"
                "from jupyter_core.paths import jupyter_path as path\n"
                "from jupyterlab_server.config import get_federated_extensions as extensions\n"
                "found = extensions(path('labextensions')).values()\n"
                "print(spec('tslab').argv, [extension['ext_path'] for extension in found])"
            )
            started = subprocess.run(
                [FOLDER / ".binder/start", sys.executable, "-c", code],
                cwd=elsewhere,
                env={"PATH": "/usr/bin:/bin", "HOME": elsewhere},
                capture_output=True,
                text=True,
            )
        self.assertIn(f"{FOLDER}/kernel/launcher.cjs", started.stdout, started.stderr)
        figures = ".venv-classroom/share/jupyter/labextensions/jupyterlab-plotly"
        self.assertIn(f"{FOLDER}/{figures}", started.stdout)


class OnTheHub(unittest.TestCase):
    """In the order of their names: a student's first cell, a lesson, and what nobody may read."""

    def test_1_a_kernel_runs_a_cell_in_a_students_home(self) -> None:
        ada = Person(hub, "ada")
        self.assertTrue(ada.start_server().ok)
        kernel = ada.kernel()
        code = 'import { availableCores, softmax } from "attention-lab";\nsoftmax([0, 0]);'
        self.assertIn("[ 0.5, 0.5 ]", kernel.text(code))
        self.assertEqual(kernel.text("process.cwd()").strip(), f"{ada.home}/notebooks")
        self.assertEqual(kernel.text("availableCores()").strip(), "1")

    def test_2_release_work_submit_grade_feedback_in_a_browser(self) -> None:
        right = exercises(CHAPTER)
        [first, *_] = right
        [wrong, *_] = first.wrong
        cells = json.loads((EXERCISES / "source" / CHAPTER / f"{CHAPTER}.ipynb").read_text())["cells"]
        number = {c["metadata"]["nbgrader"]["grade_id"]: i for i, c in enumerate(cells)}

        def typed(exercise: str, code: str) -> dict:
            return {"cell": number["answer-" + exercise.replace(".", "-")], "code": code}

        answers = {
            "al-test-ada": ([typed(one.id, one.solution) for one in right], "✓"),
            "al-test-ben": ([typed(first.id, wrong.code)], "Hint:"),
        }
        lesson = {
            "url": hub.url,
            "assignment": CHAPTER,
            "teacher": {"name": "al-test-teacher", "password": hub.passwords["al-test-teacher"]},
            "students": [
                {"name": name, "password": hub.passwords[name], "answers": written, "reads": reads}
                for name, (written, reads) in answers.items()
            ],
        }
        # Ada puts nonsense into the exchange in Ben's name, newer than what he will hand in.
        inbound = EXCHANGE / "attention-lab/inbound"
        planted = inbound / f"al-test-ben+{CHAPTER}+2100-01-01 00:00:00 UTC+x"
        ada = Person(hub, "ada")
        self.assertEqual(as_person(ada, "mkdir", planted).returncode, 0)
        self.assertEqual(as_person(ada, "touch", planted / f"{CHAPTER}.ipynb").returncode, 0)
        # And in her own: links to what only the teacher can read, a file and a whole folder, and a
        # name without a date.
        link = inbound / f"al-test-ada+{CHAPTER}+2100-01-01 00:00:00 UTC+x"
        self.assertEqual(as_person(ada, "mkdir", link).returncode, 0)
        solutions = FOLDER / "notebooks/exercises/source" / CHAPTER
        file = f"{CHAPTER}.ipynb"
        self.assertEqual(as_person(ada, "ln", "-s", solutions / file, link / file).returncode, 0)
        folder = inbound / f"al-test-ada+{CHAPTER}+2101-01-01 00:00:00 UTC+x"
        self.assertEqual(as_person(ada, "ln", "-s", solutions, folder).returncode, 0)
        undated = inbound / f"al-test-ada+{CHAPTER}+yesterday+x"
        self.assertEqual(as_person(ada, "mkdir", undated).returncode, 0)

        node = ["node", "--import", "tsx", "test/classroom/hub-in-browser.ts"]
        done = subprocess.run(
            node, input=json.dumps(lesson), cwd=ROOT, capture_output=True, text=True, timeout=900
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        teacher = Person(hub, "teacher")
        exported = as_person(teacher, "nbgrader", "export", cwd=teacher.home / "attention-lab")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        table = (teacher.home / "attention-lab/grades.csv").read_text().splitlines()
        marks = {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
        full = float(sum(one.points for one in right))
        self.assertEqual(marks, {"al-test-ada": full, "al-test-ben": float(wrong.points)})
        for name, score in marks.items():
            [feedback] = Person(hub, name.removeprefix("al-test-")).home.glob(
                f"{CHAPTER}/feedback/*/{CHAPTER}.html"
            )
            self.assertIn(f"Score: {score} / {full}", feedback.read_text())

        # She grades in as many kernels as there are cores.
        cores = 'import { availableCores } from "attention-lab";\navailableCores();'
        self.assertEqual(teacher.kernel().text(cores).strip(), str(len(os.sched_getaffinity(0))))

    def test_3_a_student_reads_neither_anothers_work_nor_the_solutions(self) -> None:
        ada, ben = Person(hub, "ada"), Person(hub, "ben")
        kernel = ada.kernel()
        kernel.text(
            'import * as fs from "node:fs";\n'
            "const attempt = (what: () => unknown) => {\n"
            "  try { return String(what()); } catch (error) { return (error as any).code; }\n"
            "};"
        )
        for name in ("source", "wrong-answers"):
            solutions = FOLDER / "notebooks/exercises" / name
            self.assertTrue(any(solutions.iterdir()))
            self.assertEqual(self.attempt(kernel, "readdir", solutions), "EACCES")
        for home in (ben.home, Person(hub, "teacher").home):
            self.assertEqual(self.attempt(kernel, "readdir", home), "EACCES")
            self.assertEqual(self.attempt(kernel, "readdir", home / CHAPTER), "EACCES")
        inbound = EXCHANGE / "attention-lab/inbound"
        self.assertEqual(len(list(inbound.iterdir())), 6)  # four of them planted by Ada
        self.assertEqual(self.attempt(kernel, "readdir", inbound), "EACCES")
        self.assertEqual(self.attempt(kernel, "readdir", EXCHANGE / "attention-lab/feedback"), "EACCES")
        # Nor can she put other helpers under everyone's kernels, or take the exchange away.
        for folder in (FOLDER / "src/dist", FOLDER / "node_modules", EXCHANGE / "attention-lab"):
            moved = f'attempt(() => fs.renameSync("{folder}", "{folder}-mine"))'
            self.assertIn(kernel.text(moved).strip("'\n"), ("EACCES", "EPERM", "EXDEV"))
            written = f'attempt(() => fs.writeFileSync("{folder}/index.js", ""))'
            self.assertEqual(kernel.text(written).strip("'\n"), "EACCES")
        # Nor enter his JupyterLab.
        answer = requests.get(
            f"{hub.url}/user/{ben.name}/api/contents", headers=ada.headers, timeout=60
        )
        self.assertEqual(answer.status_code, 403)

    def attempt(self, kernel, what: str, path) -> str:
        return kernel.text(f'attempt(() => fs.{what}Sync("{path}"))').strip("'\n")

    def test_4_who_takes_too_much_memory_loses_a_kernel_and_nobody_else_does(self) -> None:
        ada, ben = Person(hub, "ada").kernel(), Person(hub, "ben")
        ben.start_server()
        ben = ben.kernel()
        ben.text("let mine = 42;")
        hold = "const all = [];\nfor (;;) all.push(Buffer.alloc(2 ** 26, 1));"
        self.assertIn(ada.run(hold)[0], ("restarting", "dead"))
        self.assertEqual(ben.text("mine").strip(), "42")
        self.assertEqual(Person(hub, "ada").kernel().text("6 * 7").strip(), "42")


class UnderLoad(unittest.TestCase):
    def test_a_class_trains_at_once_and_who_comes_too_late_is_told_so(self) -> None:
        people = [Person(hub, name) for name in CLASS]
        for name in ("teacher", "ada", "ben"):
            Person(hub, name).start_server()
        begun, free = time.monotonic(), memory_available()
        peaks: dict[str, int] = {}
        ended = threading.Event()
        watch = threading.Thread(target=self.watch, args=(people, peaks, ended))
        watch.start()
        try:
            with ThreadPoolExecutor(len(people)) as pool:
                started = list(pool.map(lambda person: person.start_server().ok, people))
                self.assertTrue(all(started))
                late = Person(hub, "late").start_server()
                self.assertEqual(late.status_code, 429)
                self.assertIn("limit", late.text)
                cells = list(pool.map(self.run_notebook, people))
        finally:
            ended.set()
            watch.join()
        self.assertEqual(set(cells), {len(code_cells())})
        seconds = [usage_of(person.name).seconds for person in people]
        gigabytes = [peaks[person.name] / 2**30 for person in people]
        print(
            f"\n{len(people)} students ran notebook 5 in {(time.monotonic() - begun) / 60:.1f} min: "
            f"each {sum(seconds) / len(people):.0f} s of a processor (at most {max(seconds):.0f}), "
            f"{sum(gigabytes) / len(people):.2f} GiB (at most {max(gigabytes):.2f}); all together "
            f"{(free - peaks['free']) / 2**30:.1f} GiB"
        )

    def run_notebook(self, person: Person) -> int:
        """Runs notebook 5 to its end; how many cells ran."""
        kernel = person.kernel()
        for number, code in enumerate(code_cells(), start=1):
            status, messages = kernel.run(code)
            said = [m["content"] for m in messages if m["header"]["msg_type"] == "error"]
            assert status == "ok", f"{person.name}, cell {number}: {status} {said}"
        return number

    def watch(self, people: list[Person], peaks: dict[str, int], ended: threading.Event) -> None:
        """Notes the most memory that each takes, and the least that the machine has left."""
        while not ended.wait(3):
            for person in people:
                peaks[person.name] = max(peaks.get(person.name, 0), usage_of(person.name).bytes)
            peaks["free"] = min(peaks.get("free", memory_available()), memory_available())


def code_cells() -> list[str]:
    notebook = json.loads((FOLDER / "notebooks/5-training.ipynb").read_text())
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def memory_available() -> int:
    """What the machine has left, in bytes."""
    with open("/proc/meminfo") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if "MemAvailable" in line)


if __name__ == "__main__":
    unittest.main()
