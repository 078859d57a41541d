"""Makes the students' versions of all exercises in a course folder: generate.py FOLDER"""

import os
import sys
from pathlib import Path

from nbgrader.apps import NbGrader, NbGraderAPI

os.chdir(sys.argv[1])
app = NbGrader()
app.initialize([])
api = NbGraderAPI(config=app.config)
for source in sorted(Path("source").iterdir()):
    result = api.generate_assignment(source.name)
    if not result["success"]:
        sys.exit(f"{source.name}: {result['log']}{result['error']}")
