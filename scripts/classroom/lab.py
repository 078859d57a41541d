"""JupyterLab, as `python -m jupyterlab` starts it, whose printed address logs in.

Jupyter puts its token behind a `?`, also where the page that it opens has one already.
"""

import sys

from jupyter_server import serverapp
from jupyterlab.labapp import LabApp, main


class ServerApp(serverapp.ServerApp):
    @property
    def public_url(self) -> str:
        return with_one_question_mark(super().public_url)

    @property
    def local_url(self) -> str:
        return with_one_question_mark(super().local_url)


def with_one_question_mark(url: str) -> str:
    page, mark, query = url.partition("?")
    return page + mark + query.replace("?", "&")


LabApp.serverapp_class = ServerApp
sys.exit(main())
