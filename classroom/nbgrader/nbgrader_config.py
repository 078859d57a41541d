# nbgrader's configuration for the course.
import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

# nbgrader calls alembic, which lies beside its Python.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

import grading  # noqa: E402
from nbgrader.converters.autograde import Autograde  # noqa: E402
from nbgrader.preprocessors import Execute  # noqa: E402

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "attention-lab"
c.ClearSolutions.code_stub = {"typescript": 'throw new Error("there is no answer yet");'}

steps = []
for step in Autograde.autograde_preprocessors.default():
    steps += [grading.RunExercises, grading.MarksFromEvidence] if step is Execute else [step]
c.Autograde.autograde_preprocessors = steps
