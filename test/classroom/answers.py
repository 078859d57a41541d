"""The answers that the exercises ship: solutions, and wrong ones with what they are worth."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "notebooks" / "exercises"
STUB = 'throw new Error("there is no answer yet");'

WRONG = re.compile(
    r"^## (?P<exercise>\d+\.\d+) (?P<title>[^\n]+) \((?P<points>\d+) of (?P<out_of>\d+)\)\n+"
    r"(?P<hint>(?:> [^\n]*\n)+)\n+```ts\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Exercise:
    """One exercise of a source notebook: its solution, and the cell that judges answers."""

    id: str
    points: int
    solution: str
    test: str

    @property
    def empty(self) -> str:
        """The answer cell as a student finds it."""
        lines = []
        inside = False
        for line in self.solution.split("\n"):
            begins, ends = "BEGIN SOLUTION" in line, "END SOLUTION" in line
            if begins:
                lines.append(line[: len(line) - len(line.lstrip())] + STUB)
            inside = (inside or begins) and not ends
            if not inside and not ends:
                lines.append(line)
        return "\n".join(lines)


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that looks right, the points it is worth, and words of the hint that it gets."""

    exercise: str
    title: str
    points: int
    out_of: int
    hint: str
    code: str


def chapters() -> list[str]:
    """The names of the exercises' notebooks: 1-scores, 2-softmax, …"""
    folders = (EXERCISES / "source").iterdir()
    return sorted((f.name for f in folders if f.is_dir()), key=lambda name: int(name.split("-")[0]))


def exercises(chapter: str) -> list[Exercise]:
    notebook = json.loads((EXERCISES / "source" / chapter / f"{chapter}.ipynb").read_text())
    cells = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in notebook["cells"]}
    found = []
    for grade_id, cell in cells.items():
        kind, _, number = grade_id.partition("-")
        if kind == "grade":
            solution = "".join(cells[f"answer-{number}"]["source"])
            points = cell["metadata"]["nbgrader"]["points"]
            test = "".join(cell["source"])
            found.append(Exercise(number.replace("-", "."), points, solution, test))
    return found


def wrong_answers(chapter: str) -> list[WrongAnswer]:
    text = (EXERCISES / "wrong-answers" / f"{chapter}.md").read_text()
    found = [
        WrongAnswer(
            m["exercise"],
            m["title"],
            int(m["points"]),
            int(m["out_of"]),
            " ".join(line[2:] for line in m["hint"].strip().split("\n")),
            m["code"],
        )
        for m in WRONG.finditer(text)
    ]
    headings = re.findall(r"^## .*", text, re.MULTILINE)
    assert len(found) == len(headings), f"{chapter}.md: a heading without hint and code: {headings}"
    return found
