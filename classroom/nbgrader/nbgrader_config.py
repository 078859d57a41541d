# nbgrader's configuration for the course.
import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

# nbgrader calls alembic, which lies beside its Python.
programs = str(Path(sys.executable).parent)
if programs not in os.environ["PATH"].split(os.pathsep):
    os.environ["PATH"] = programs + os.pathsep + os.environ["PATH"]

try:
    from attention_lab.collecting import CollectFromOwners
    from attention_lab.marks import MarksFromEvidence
    from attention_lab.pages import clean_html, markdown2html
    from attention_lab.restoring import AnyFileExporter, RestoreCells
    from attention_lab.running import RunExercises
    from nbgrader.converters.autograde import Autograde
    from nbgrader.preprocessors import CheckCellMetadata, Execute, OverwriteKernelspec
except ImportError as error:
    # nbgrader would only log this, go on without us, and give full marks to everybody.
    raise SystemExit(f"{here}: {error}. Use the nbgrader in .venv-classroom.") from error

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "attention-lab"
c.ClearSolutions.code_stub = {"typescript": 'throw new Error("there is no answer yet");'}
c.ExchangeFactory.collect = CollectFromOwners

# How a submission is graded; classroom/README.md says what each step guards against.
c.Autograde.exporter_class = AnyFileExporter
c.Autograde.sanitize_preprocessors = [RestoreCells, OverwriteKernelspec, CheckCellMetadata]
steps = []
for step in Autograde.autograde_preprocessors.default():
    steps += [RunExercises, MarksFromEvidence] if step is Execute else [step]
c.Autograde.autograde_preprocessors = steps

# Feedback and formgrader show what students wrote, in the teacher's browser.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"clean_html": clean_html, "markdown2html": markdown2html}
