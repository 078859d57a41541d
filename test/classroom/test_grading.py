"""What nbgrader's autograde makes of a class of more than thirty, in real kernels.

They hand in 2-softmax: some with wrong answers of which it is known what they are worth, most with a
mishap that would upset a grader; what a mishap does not touch is answered right, and must keep its
marks. nbgrader runs once over all of them.
"""

import json
import os
import re
import subprocess
import time
import unittest
from copy import deepcopy
from unittest.mock import patch

import psutil
from answers import ROOT, exercises
from course import Answers, Course, answered, cell_of, course

ASSIGNMENT = "2-softmax"
MARKS = "application/vnd.attention-lab.marks+json"
#: Seconds by the clock, and of the processor: an exercise takes about six of them.
TIMEOUT, PROCESSOR = 60, 20
#: What an answer leaves behind; nobody else's has this number.
SLEEP = 10**6 + os.getpid()

#: Three exercises are enough, and two for most: what is left empty takes no time.
RIGHT = {e.id: e.solution for e in exercises(ASSIGNMENT) if e.id in ("2.1", "2.2", "2.3")}
TWO = {exercise: RIGHT[exercise] for exercise in ("2.1", "2.2")}
NOTHING = {exercise.id: 0 for exercise in exercises(ASSIGNMENT)}
POINTS = {exercise.id: exercise.points for exercise in exercises(ASSIGNMENT)}
FULL_OF_TWO = NOTHING | {exercise: POINTS[exercise] for exercise in TWO}

TS_ONLY = " as unknown as string"
#: Puts marks for 2.1 into the output, as `grade` does.
FORGERY = f"""require("tslab").display.raw("{MARKS}",
  {{ exercise: "2.1", points: {POINTS["2.1"]}, outOf: {POINTS["2.1"]} }}{TS_ONLY});"""
#: An answer that makes other marks of those that `grade` gives: out of more than there are.
MORE_POINTS = f"""function weights(): any {{
  const kernel = require("tslab/dist/jupyter") as any;
  const write = kernel.lastWriteDisplayData;
  kernel.lastWriteDisplayData = (message: any, update: boolean) => {{
    message.data["{MARKS}"] = {{ exercise: "2.1", points: 99, outOf: 99 }};
    write(message, update);
  }};
}}"""


def first(statement: str, exercise: str) -> str:
    """The right answer, whose function does something else first."""
    head, brace, rest = RIGHT[exercise].partition("{\n")
    return f"{head}{brace}{statement}\n{rest}"


ANSWERS: dict[str, tuple[Answers, dict]] = {
    "right": (RIGHT, {}),
    "loops": (
        {
            "2.1": first("while (true) {}", "2.1"),
            "2.2": "await new Promise((done) => setTimeout(done, 1));\nwhile (true) {}",
        },
        {"2.1": 0, "2.2": 0},
    ),
    "waits": ({"2.1": "await new Promise(() => {});"}, {"2.1": 0}),
    "dies": (
        {"2.1": first("process.exit(0);", "2.1"), "2.3": RIGHT["2.3"] + "\nprocess.abort();"},
        {"2.1": 0, "2.3": 0},
    ),
    "greedy": (
        {
            # It keeps 3 GB: where nothing bounds its memory it is right, and does not use up its time.
            "2.2": "const all: Buffer[] = [];\n"
            + first("while (all.length < 30) all.push(Buffer.alloc(1e8, 1));", "2.2"),
            "2.3": "for (let i = 0; i < 1e5; i++) console.log('x'.repeat(100));\n" + RIGHT["2.3"],
        },
        {"2.2": 0},
    ),
    "warns": (
        {
            "2.1": first('console.warn("careful"); process.stderr.write("careful");', "2.1"),
            # An answer sees nothing of what the teacher's environment holds.
            "2.2": "process.emitWarning('careful');\n" + RIGHT["2.2"],
            "2.3": 'if ("JUPYTERHUB_API_TOKEN" in process.env) throw new Error("not mine");\n' + RIGHT["2.3"],
        },
        {},
    ),
    "leaves": (
        {
            "2.1": f"""import {{ spawn }} from "child_process";
spawn("sleep", ["{SLEEP}"], {{ detached: true, stdio: "ignore" }}).unref();
spawn("sleep", ["{SLEEP}"], {{ detached: true, stdio: "ignore", env: {{}} }}).unref();
spawn("sleep", ["{SLEEP}"], {{ stdio: "ignore" }});
setInterval(() => {{}}, 1000);
"""
            + RIGHT["2.1"],
        },
        {},
    ),
    # What one exercise does to its kernel is not there in the next.
    "breaks": (
        {"2.1": RIGHT["2.1"] + "\nMath.exp = () => 1;\nArray.prototype.map = () => [];"},
        {"2.1": 0},
    ),
    "shadows": ({"2.1": "const grade = async () => {\n" + FORGERY + "\n};\nconst weights = 1;"}, {"2.1": 0}),
    "forges": ({"2.1": FORGERY + "\nfunction weights() {\n" + FORGERY + "\n}"}, {"2.1": 0}),
    "forges and leaves": (
        {"2.1": "function weights() {\n" + FORGERY + "\nsetTimeout(() => process.exit(0), 500);\nwhile (true) {}\n}"},
        {"2.1": 0},
    ),
}


def wrong_in_all() -> dict[str, tuple[Answers, dict]]:
    """Students without mishaps, each with a wrong answer to every exercise and what it is worth.

    Three do, since `test_answers` tries all wrong answers.
    """
    wrong = {e.id: e.wrong for e in exercises(ASSIGNMENT) if e.id in RIGHT}
    chosen = [{id: pool[i] for id, pool in wrong.items()} for i in range(3)]
    return {
        f"wrong {i}": (
            {id: answer.code for id, answer in answers.items()},
            {id: answer.points for id, answer in answers.items()},
        )
        for i, answers in enumerate(chosen)
    }


ANSWERS |= wrong_in_all()


def with_another(answers: Answers) -> Answers:
    """These answers and the right one to another exercise, which they must not touch."""
    other = [{exercise: code} for exercise, code in RIGHT.items() if exercise not in answers]
    return answers | (other[0] if other else {})


def full(answers: Answers) -> dict:
    """The marks if all of these answers are right."""
    return NOTHING | {exercise: POINTS[exercise] for exercise in answers}


def source(notebook: dict, kind: str, exercise: str, text: str) -> dict:
    cell_of(notebook, kind, exercise)["source"] = text
    return notebook


def without(notebook: dict, kind: str, exercise: str) -> dict:
    notebook["cells"].remove(cell_of(notebook, kind, exercise))
    return notebook


def about(notebook: dict, kind: str, exercise: str, **changes: object) -> dict:
    cell_of(notebook, kind, exercise)["metadata"]["nbgrader"].update(changes)
    return notebook


def doubled(notebook: dict, kind: str, exercise: str, text: str | None = None) -> dict:
    """With a copy of the cell below it, as copy and paste makes one."""
    cell = cell_of(notebook, kind, exercise)
    copy = deepcopy(cell) | {"id": "copy"} | ({} if text is None else {"source": text})
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, copy)
    return notebook


def added(notebook: dict, before: str, exercise: str, text: str) -> dict:
    """With a cell of the student's own before another one."""
    cell = {"cell_type": "code", "id": "own", "metadata": {}, "source": text}
    cell |= {"outputs": [], "execution_count": None}
    notebook["cells"].insert(notebook["cells"].index(cell_of(notebook, before, exercise)), cell)
    return notebook


#: What becomes of a right notebook's cells, and the marks that differ from a right one's.
CELLS = {
    "test deleted, another worth more": (
        lambda n: about(without(n, "grade", "2.1"), "grade", "2.2", points=300),
        {},
    ),
    "wrong and test deleted": (
        lambda n: without(source(n, "answer", "2.1", "const weights = 1;"), "grade", "2.1"),
        {"2.1": 0},
    ),
    "wrong and test edited": (
        lambda n: source(source(n, "answer", "2.1", ""), "grade", "2.1", FORGERY),
        {"2.1": 0},
    ),
    "test called a solution": (
        lambda n: about(
            source(n, "answer", "2.1", ""), "grade", "2.1", solution=True, locked=False, grade=False
        ),
        {"2.1": 0},
    ),
    "metadata spoilt": (
        lambda n: about(about(n, "task", "2.1", schema_version=1), "grade", "2.2", grade_id=[7]),
        {},
    ),
    "answer deleted": (lambda n: without(n, "answer", "2.1"), {"2.1": 0}),
    "answer in a cell of one's own": (
        lambda n: without(added(n, "grade", "2.1", RIGHT["2.1"]), "answer", "2.1"),
        {},
    ),
    "answer turned into text": (
        lambda n: cell_of(n, "answer", "2.1").update(cell_type="markdown") or n,
        {},
    ),
    "answer doubled": (
        lambda n: doubled(doubled(n, "answer", "2.1", "const weights = 1;"), "grade", "2.2"),
        {"2.1": 0},
    ),
    "experiment that never ends": (
        lambda n: added(n, "task", "2.2", "while (true) {}"),  # below the test of 2.1
        {},
    ),
    "cells in reverse": (lambda n: n["cells"].reverse() or n, {}),
}


class Upsets(unittest.TestCase):
    """Nothing that one student hands in changes the marks of another, or of other exercises."""

    course: Course

    @classmethod
    def setUpClass(cls) -> None:
        settings = (
            f"c.RunExercises.timeout = {TIMEOUT}\n"
            f"c.RunExercises.processor = {PROCESSOR}\n"
            "c.RunExercises.memory = 2048\n"
        )
        opened = course(settings)
        cls.course = opened.__enter__()
        cls.addClassCleanup(opened.__exit__, None, None, None)
        given = cls.course.release(ASSIGNMENT)
        two = answered(given, TWO)
        for student, (answers, _) in ANSWERS.items():
            cls.course.submit(student, ASSIGNMENT, answered(given, with_another(answers)))
        for student, (change, _) in CELLS.items():
            cls.course.submit(student, ASSIGNMENT, change(deepcopy(two)))
        files = {
            "empty": given,
            "text": "softmax(x) = exp(x) / sum",
            "nothing": "",
            "bytes": bytes(range(128, 256)),
            "truncated": json.dumps(two)[:2000],
            "list": "[1, 2]",
            "no cells": '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
            "other assignment": cls.course.release("3-weighted-sum"),
        }
        for student, file in files.items():
            cls.course.submit(student, ASSIGNMENT, file)
        cls.no_work = list(files)
        cls.course.submit("own judge", ASSIGNMENT, answered(given, {"2.1": "const weights = 1;"}))
        judge = cls.course.folder / "submitted/own judge" / ASSIGNMENT / "node_modules/attention-lab"
        judge.mkdir(parents=True)
        (judge / "index.js").write_text("exports.grade = () => {" + FORGERY.replace(TS_ONLY, "") + "};")
        (judge / "index.d.ts").write_text("export function grade(...all: any[]): any;")
        cls.course.submit("more points", ASSIGNMENT, answered(given, TWO | {"2.1": MORE_POINTS}))
        cls.course.submit("wrong name", ASSIGNMENT, two)
        folder = cls.course.folder / "submitted/wrong name" / ASSIGNMENT
        (folder / f"{ASSIGNMENT}.ipynb").rename(folder / "mine.ipynb")
        begun = time.monotonic()
        with patch.dict(os.environ, JUPYTERHUB_API_TOKEN="secret"):
            cls.run_of_all = cls.course.nbgrader("autograde", ASSIGNMENT)
        seconds = time.monotonic() - begun
        count = len(list(folder.parents[1].iterdir()))
        print(
            f"\n{count} submissions, most with mishaps, were graded in {seconds:.0f} s on "
            f"{os.cpu_count()} cores: {seconds / count:.1f} s a submission"
        )
        cls.marks = cls.course.marks(ASSIGNMENT)

    def test_the_class_is_large_and_its_marks_differ(self) -> None:
        """So that marks which are all the same cannot pass for right ones."""
        self.assertGreaterEqual(len(self.marks), 30)
        self.assertGreaterEqual(len({sum(filter(None, marks.values())) for marks in self.marks.values()}), 6)

    def test_answers(self) -> None:
        for student, (answers, differing) in ANSWERS.items():
            with self.subTest(student):
                expected = full(with_another(answers)) | differing
                self.assertEqual(self.marks[student], expected, self.text(student))

    def test_cells(self) -> None:
        for student, (_, differing) in CELLS.items():
            with self.subTest(student):
                self.assertEqual(self.marks[student], FULL_OF_TWO | differing, self.text(student))

    def test_no_work(self) -> None:
        for student in self.no_work:
            with self.subTest(student):
                self.assertEqual(self.marks[student], NOTHING)

    def test_a_judge_that_is_handed_in_is_not_asked(self) -> None:
        self.assertEqual(self.marks["own judge"], NOTHING)

    def test_a_file_that_is_no_notebook_is_said_to_be_none(self) -> None:
        for student in ("text", "nothing", "bytes", "truncated", "list"):
            with self.subTest(student):
                self.assertIn("is no notebook", self.text(student))
        self.assertNotIn("is no notebook", self.text("right"))

    def test_a_wrong_name_and_forged_points_are_told_and_the_run_goes_on(self) -> None:
        self.assertEqual(self.run_of_all.returncode, 1)
        self.assertEqual(not_graded(self.run_of_all), ["more points", "wrong name"])

    def test_who_forges_what_an_exercise_is_worth_has_no_marks(self) -> None:
        self.assertEqual(self.marks["more points"], dict.fromkeys(NOTHING, None))
        self.assertEqual(self.text("more points"), "not graded")

    def test_students_read_why(self) -> None:
        self.assertIn(f"more than {PROCESSOR} seconds of the processor", self.text("loops"))
        self.assertIn(f"a cell took more than {TIMEOUT} seconds", self.text("waits"))
        self.assertIn("its kernel died", self.text("dies"))
        self.assertIn("there is no answer", self.text("empty"))

    def test_it_is_the_memory_that_is_bounded(self) -> None:
        text = self.text("greedy")
        self.assertRegex(text, "Array buffer allocation failed|its kernel died")
        self.assertNotIn("seconds of the processor", text)

    def test_output_is_kept_small(self) -> None:
        self.assertLess(len(self.text("greedy")), 2_000_000)

    def test_nothing_runs_on(self) -> None:
        left = []
        for process in psutil.process_iter(["cmdline"]):
            line = " ".join(process.info["cmdline"] or [])
            if line == f"sleep {SLEEP}" or ("launcher.cjs" in line and self.is_graders(process)):
                left.append(line)
        self.assertEqual(left, [])

    def is_graders(self, process: psutil.Process) -> bool:
        try:
            return "ATTENTION_LAB_GRADING" in process.environ()
        except psutil.Error:
            return False

    def text(self, student: str) -> str:
        """The graded notebook, as it was written."""
        file = self.course.folder / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        return file.read_text() if file.exists() else "not graded"


def not_graded(done: subprocess.CompletedProcess) -> list[str]:
    """The students whom autograde names at its end: it has given them no marks."""
    named = r"There was an error processing assignment '.*' for student '(.*)'"
    return re.findall(named, done.stderr)


class Starts(unittest.TestCase):
    """A kernel that does not start gets a second chance; then its student is graded another time."""

    #: Fails at the starts 1, 3 and 4: Anna's 2.1 needs two, and her 2.2 gets no kernel.
    KERNEL = f"""echo >> "$0.starts"
case $(wc -l < "$0.starts") in 1|3|4) exit 1;; esac
exec node {ROOT}/kernel/launcher.cjs "$@"
"""

    def test_starts(self) -> None:
        with course("c.RunExercises.kernels = 1\n") as opened:
            spec = opened.folder / "jupyter/kernels/tslab"
            spec.mkdir(parents=True)
            (spec / "start.sh").write_text(self.KERNEL)
            argv = ["sh", str(spec / "start.sh"), "--config-path={connection_file}"]
            kernel = {"argv": argv, "display_name": "tslab", "language": "typescript"}
            (spec / "kernel.json").write_text(json.dumps(kernel))
            given = opened.release(ASSIGNMENT)
            one = {"2.1": RIGHT["2.1"]}
            opened.submit("anna", ASSIGNMENT, answered(given, TWO))
            opened.submit("bo", ASSIGNMENT, answered(given, one))
            with patch.dict(os.environ, JUPYTER_PATH=str(opened.folder / "jupyter")):
                done = opened.nbgrader("autograde", ASSIGNMENT)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(not_graded(done), ["anna"], done.stderr)
                self.assertIn("2.2 could not be run", done.stderr)
                none = dict.fromkeys(NOTHING, None)
                self.assertEqual(opened.marks(ASSIGNMENT), {"anna": none, "bo": full(one)}, done.stderr)
                done = opened.nbgrader("autograde", ASSIGNMENT)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(opened.marks(ASSIGNMENT), {"anna": FULL_OF_TWO, "bo": full(one)}, done.stderr)


class Points(unittest.TestCase):
    """Points that differ between the course and its folder are the teacher's to mend, at nobody's cost."""

    def test_points_that_were_changed_are_told_and_can_be_put_right(self) -> None:
        one = {"2.1": RIGHT["2.1"]}
        with course() as opened:
            opened.submit("anna", ASSIGNMENT, answered(self.released(opened, 7), one))
            done = opened.nbgrader("autograde", ASSIGNMENT)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(not_graded(done), ["anna"], done.stderr)
            told = f"2.1 is worth 7 points in the gradebook and {POINTS['2.1']} in the course"
            self.assertIn(told, done.stderr)
            self.assertEqual(opened.marks(ASSIGNMENT)["anna"], dict.fromkeys(NOTHING, None))
            self.released(opened, POINTS["2.1"])
            done = opened.nbgrader("autograde", ASSIGNMENT)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(opened.marks(ASSIGNMENT)["anna"], full(one))

    def released(self, opened: Course, points: int) -> dict:
        """The assignment, of which the teacher says what 2.1 is worth."""
        file = opened.folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        notebook = json.loads(file.read_text())
        file.write_text(json.dumps(about(notebook, "grade", "2.1", points=points)))
        return opened.release(ASSIGNMENT)


if __name__ == "__main__":
    unittest.main()
