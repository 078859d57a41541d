"""The answers that the exercises ship: solutions, and wrong ones with what they are worth."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "notebooks" / "exercises"
# What nbgrader puts between the solution's marks (classroom/nbgrader).
STUB = 'throw new Error("there is no answer yet");'

WRONG = re.compile(
    r"^## (?P<exercise>\d+\.\d+) (?P<title>[^\n]+) \((?P<points>\d+) of (?P<out_of>\d+)\)\n+"
    r"(?P<hint>(?:> [^\n]*\n)+)\n+```ts\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that looks right, the points it is worth, and words of the hint that it gets."""

    title: str
    points: int
    out_of: int
    hint: str
    code: str


@dataclass(frozen=True)
class Exercise:
    """An exercise of a source notebook: the setup, its solution, the cell that judges, wrong answers."""

    id: str
    points: int
    setup: str
    solution: str
    test: str
    wrong: list[WrongAnswer] = field(default_factory=list)

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


def chapters() -> list[str]:
    """The names of the exercises' notebooks: 1-scores, 2-softmax, …"""
    folders = (EXERCISES / "source").iterdir()
    return sorted((f.name for f in folders if f.is_dir()), key=lambda name: int(name.split("-")[0]))


def exercises(chapter: str) -> list[Exercise]:
    """The exercises of a chapter, in the notebook's order."""
    notebook = json.loads((EXERCISES / "source" / chapter / f"{chapter}.ipynb").read_text())
    cells = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in notebook["cells"]}
    source = {grade_id: "".join(cell["source"]) for grade_id, cell in cells.items()}
    wrong = _wrong_answers(chapter)
    found = []
    for grade_id, cell in cells.items():
        kind, _, number = grade_id.partition("-")
        if kind != "grade":
            continue
        name = number.replace("-", ".")
        found.append(
            Exercise(
                id=name,
                points=cell["metadata"]["nbgrader"]["points"],
                setup=source.get("setup", ""),
                solution=source[f"answer-{number}"],
                test=source[grade_id],
                wrong=wrong.pop(name, []),
            )
        )
    assert not wrong, f"{chapter}.md has answers to exercises that the notebook has not: {list(wrong)}"
    return found


def _wrong_answers(chapter: str) -> dict[str, list[WrongAnswer]]:
    text = (EXERCISES / "wrong-answers" / f"{chapter}.md").read_text()
    found: dict[str, list[WrongAnswer]] = {}
    for m in WRONG.finditer(text):
        hint = " ".join(line[2:] for line in m["hint"].strip().split("\n"))
        answer = WrongAnswer(m["title"], int(m["points"]), int(m["out_of"]), hint, m["code"])
        found.setdefault(m["exercise"], []).append(answer)
    headings = re.findall(r"^## .*", text, re.MULTILINE)
    matched = sum(map(len, found.values()))
    assert matched == len(headings), f"{chapter}.md: a heading without hint and code: {headings}"
    return found
