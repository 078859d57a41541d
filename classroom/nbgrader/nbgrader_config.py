# nbgrader's configuration for the course.
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

import grading  # noqa: E402
from nbgrader.converters.autograde import Autograde  # noqa: E402
from nbgrader.preprocessors import Execute  # noqa: E402

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "attention-lab"
c.CourseDirectory.source_directory = str(here.parents[1] / "notebooks/exercises/source")
c.ClearSolutions.code_stub = {"typescript": 'throw new Error("there is no answer yet");'}
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"

steps = []
for step in Autograde.autograde_preprocessors.default():
    steps += [grading.RunExercises, grading.MarksFromEvidence] if step is Execute else [step]
c.Autograde.autograde_preprocessors = steps
