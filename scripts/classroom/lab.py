"""JupyterLab, as `python -m jupyterlab` starts it, whose printed address logs in.

Jupyter puts its token behind a `?`, also where the page that it opens has one already.
"""

import sys
from typing import Any
from urllib.parse import ParseResult

from jupyter_server import serverapp
from jupyterlab.labapp import LabApp, main


class ServerApp(serverapp.ServerApp):
    def _get_urlparts(self, *args: Any, **options: Any) -> ParseResult:
        """What all printed addresses are made of: the page's own query goes before the token."""
        parts = super()._get_urlparts(*args, **options)
        path, _, query = parts.path.partition("?")
        return parts._replace(path=path, query="&".join(filter(None, (query, parts.query))))


if __name__ == "__main__":
    LabApp.serverapp_class = ServerApp
    sys.exit(main())
