"""Executes one notebook in a fresh kernel and reports as it goes, one JSON object a line.

Usage: execute.py NOTEBOOK RESULT, where RESULT is the file to write the executed notebook to.

Lines on stdout: {"cells": N} first; {"cell": k, "seconds": s} after each code cell (k counts code
cells from 1); {"error": {"cell", "source", "message"}} where one fails, which ends the run.
"""

import json
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

MOST_SECONDS_A_CELL = 900


def report(**what):
    print(json.dumps(what), flush=True)


def message_of(cell, error):
    """What the kernel said, else what nbclient makes of it: a stock tslab writes it to stderr."""
    for output in cell.outputs:
        if output.output_type == "error":
            return "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
    written = [o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"]
    return "".join(written) or str(error)


def execute(notebook_path, result_path):
    notebook = nbformat.read(notebook_path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    number = {cell.id: position for position, cell in enumerate(code, start=1)}
    started = {}
    report(cells=len(code))

    def on_start(cell, cell_index):
        started[cell.id] = time.monotonic()

    def on_end(cell, cell_index, execute_reply):
        status = execute_reply["content"]["status"]
        # tslab answers "aborted" without an error for what it skips after a failing cell.
        if status not in ("ok", "error"):
            raise RuntimeError(f"the kernel did not run this cell: it answered {status!r}")
        report(cell=number[cell.id], seconds=round(time.monotonic() - started[cell.id], 3))

    client = NotebookClient(
        notebook,
        kernel_name="tslab",
        timeout=MOST_SECONDS_A_CELL,
        record_timing=False,
        resources={"metadata": {"path": str(Path(notebook_path).resolve().parent)}},
        on_cell_start=on_start,
        on_cell_executed=on_end,
    )
    try:
        client.execute()
    except NoSuchKernel:
        report(error={"cell": 0, "source": "", "message": "no kernel named tslab: run `npm start`"})
        return 1
    except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
        cell = next((c for c in reversed(code) if c.id in started), code[0])
        message = message_of(cell, error)
        report(error={"cell": number[cell.id], "source": cell.source, "message": message})
        return 1
    nbformat.write(notebook, result_path)
    return 0


if __name__ == "__main__":
    sys.exit(execute(*sys.argv[1:]))
