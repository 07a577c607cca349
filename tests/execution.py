"""Notebooks that are run from top to bottom without a page, as nbconvert does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient


def run(notebook: Any, folder: Path) -> None:
    """Runs a notebook in `folder`, with no one's profile; its outputs are then what it shows."""
    with pytest.MonkeyPatch.context() as environment:
        # The kernel of the Python that runs the tests.
        environment.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        environment.setenv("IPYTHONDIR", str(folder / "ipython"))
        where = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, kernel_name="python3", timeout=60, resources=where).execute()


def executed(cells: Iterable[str], folder: Path) -> Any:
    """A notebook of code cells, run in `folder`, with what they show."""
    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    run(notebook, folder)
    return notebook
