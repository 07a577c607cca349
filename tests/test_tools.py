"""The tools that other tests rely on see what they claim to see: a test that fails has to fail for its own reason."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.jupyter import Lab
from tests.kernel import Kernel
from tests.terminal import Terminal


def write_notebook(path: Path, *cells: str) -> None:
    v4 = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def test_kernel_collects_what_a_cell_shows(kernel: Kernel) -> None:
    output = kernel.run(
        """
        import sys
        print("out")
        print("err", file=sys.stderr)
        display("shown", display_id="one")
        sys.executable
        """
    )
    assert (output.stdout, output.stderr, output.error) == ("out\n", "err\n", None)
    assert [display.display_id for display in output.displays] == ["one", None]
    assert output.data("text/plain") == ["'shown'", repr(sys.executable)]


def test_kernel_reports_an_exception(kernel: Kernel) -> None:
    error = kernel.run("1 / 0").error
    assert error
    assert (error.name, error.message) == ("ZeroDivisionError", "division by zero")
    assert "----> 1 1 / 0" in error.traceback


def test_kernel_interrupts_a_cell_that_takes_too_long(kernel: Kernel) -> None:
    with pytest.raises(TimeoutError, match="KeyboardInterrupt"):
        kernel.run("import threading; threading.Event().wait()", timeout=0.5)
    assert kernel.run("1").data("text/plain") == ["1"]


def test_terminal_runs_cells_of_several_lines(terminal: Terminal) -> None:
    assert "True" in terminal.run("import sys; sys.stdout.isatty()")
    assert terminal.run("for n in range(2):\n    print(n)").split() == ["0", "1"]
    terminal.run("%%capture held\nprint('a')\nprint('b')")
    assert terminal.run("print(held.stdout)").split() == ["a", "b"]


def test_notebook_runs_in_jupyterlab(lab: Lab, page: Page) -> None:
    write_notebook(lab.root / "good.ipynb", "import ipywidgets", "ipywidgets.Label('a widget')")
    notebook = lab.open(page, "good.ipynb")
    notebook.run_all()
    expect(notebook.cells.nth(1).get_by_text("a widget", exact=True)).to_be_visible()
    before = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    notebook.use_theme("JupyterLab Dark")
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != before


def test_notebook_that_fails_in_jupyterlab_fails_here(lab: Lab, page: Page) -> None:
    write_notebook(lab.root / "bad.ipynb", "1 / 0")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        lab.open(page, "bad.ipynb").run_all()
