"""A real JupyterLab, and the notebooks that are open in it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Literal

from playwright.sync_api import Locator, Page

from tests.kernel import uncolored

Theme = Literal["JupyterLab Light", "JupyterLab Dark"]

# JupyterLab's own settings, by plugin.
SETTINGS = {
    # Neither news nor a question whether to fetch any.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    # All cells are in the page, also those out of view; a notebook that names no kernel asks for none.
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
}


RUN_ALL = "jupyterapp.commands.execute('notebook:run-all-cells').then(() => {})"


def _in_time(promise: str) -> str:
    """The same promise, given up after a minute: a page waits for ever for a cell whose end it was not told."""
    late = "new Promise((_, reject) => setTimeout(reject, 60_000, new Error('It still runs')))"
    return f"Promise.race([{promise}, {late}])"


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that serves the files in `root`."""

    url: str
    token: str
    root: Path

    def open(self, page: Page, path: str) -> Notebook:
        """Opens a notebook of `root`, alone on the page, and waits until its kernel is ready."""
        page.goto(f"{self.url}/doc/tree/{path}?token={self.token}")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("jupyterapp.restored")
        page.locator(".jp-NotebookPanel").wait_for()
        notebook = Notebook(page)
        page.evaluate(
            """async () => {
                const { context, sessionContext } = jupyterapp.shell.currentWidget
                await Promise.all([context.ready, sessionContext.ready])
            }"""
        )
        # An earlier test's theme would still be on.
        notebook.use_theme("JupyterLab Light")
        return notebook


@dataclass(frozen=True)
class Notebook:
    """The notebook that is open on `page`."""

    page: Page

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell")

    def command(self, name: str, **arguments: Any) -> None:
        """Runs a command of JupyterLab's and waits until it is done."""
        self.page.evaluate(
            "([name, arguments]) => jupyterapp.commands.execute(name, arguments).then(() => {})", [name, arguments]
        )

    def run_all(self) -> None:
        """Runs every cell and waits until the last is done. Raises RuntimeError if one failed."""
        self.page.evaluate(f"() => {_in_time(RUN_ALL)}")
        failed = self.page.evaluate(
            """() => [...jupyterapp.shell.currentWidget.content.model.cells]
                .flatMap(cell => cell.toJSON().outputs ?? [])
                .filter(output => output.output_type === 'error')
                .map(output => output.traceback)"""
        )
        if failed:
            raise RuntimeError("\n\n".join(map(uncolored, failed)))

    def run(self, source: str) -> Locator:
        """Runs `source` in a new cell at the end; gives the cell's outputs. Raises RuntimeError if it failed."""
        index, failed = self.page.evaluate(
            """async (source) => {
                const { content } = jupyterapp.shell.currentWidget
                const cells = content.model.sharedModel
                cells.insertCell(cells.cells.length, { cell_type: 'code', source, metadata: { trusted: true } })
                content.activeCellIndex = cells.cells.length - 1
                await IN_TIME
                const failed = (content.activeCell.model.toJSON().outputs ?? [])
                    .filter(output => output.output_type === 'error')
                    .map(output => output.traceback)
                return [content.activeCellIndex, failed]
            }""".replace("IN_TIME", _in_time("jupyterapp.commands.execute('notebook:run-cell')")),
            source,
        )
        if failed:
            raise RuntimeError("\n\n".join(map(uncolored, failed)))
        return self.cells.nth(index).locator(".jp-Cell-outputArea")

    def clear(self) -> None:
        """Takes all cells away, and with them what they show."""
        self.page.evaluate(
            """() => {
                const { sharedModel } = jupyterapp.shell.currentWidget.content.model
                sharedModel.deleteCellRange(0, sharedModel.cells.length)
            }"""
        )

    def use_theme(self, theme: Theme) -> None:
        self.command("apputils:change-theme", theme=theme)
        self.page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
        # JupyterLab covers the page while it starts and while it changes the theme.
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")


@contextmanager
def start_jupyterlab(root: Path, python: str = sys.executable, base_url: str = "/", **variables: str) -> Iterator[Lab]:
    """The JupyterLab of a Python, with no one's settings, on a free port; with more environment variables."""
    token = secrets.token_hex()
    with TemporaryDirectory() as folder:
        for plugin, settings in SETTINGS.items():
            file = Path(folder, "settings", "@jupyterlab", f"{plugin}.jupyterlab-settings")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        # fmt: off
        command = [
            python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0", f"--ServerApp.root_dir={root}", f"--ServerApp.base_url={base_url}",
            "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly", "--LabApp.news_url=None",
        ]
        # fmt: on
        environment = {
            **os.environ,
            **variables,
            "IPYTHONDIR": f"{folder}/ipython",
            "JUPYTERLAB_SETTINGS_DIR": f"{folder}/settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{folder}/workspaces",
            "JUPYTER_CONFIG_DIR": f"{folder}/config",
            "JUPYTER_DATA_DIR": f"{folder}/data",
            "JUPYTER_PREFER_ENV_PATH": "1",  # this Python's kernel, whatever else is installed
            "JUPYTER_RUNTIME_DIR": f"{folder}/runtime",
            "JUPYTER_TOKEN": token,
        }
        url: Future[str] = Future()
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stderr is not None
            reader = Thread(target=_read_log, args=(process.stderr, url))
            reader.start()
            try:
                yield Lab(url.result(timeout=60), token, root)
            finally:
                process.terminate()
                reader.join()


def _read_log(log: Iterable[str], url: Future[str]) -> None:
    """Finds where the server listens, and reads on to the end: the server would stop at a full pipe."""
    seen = []
    for line in log:
        if url.done():
            continue
        seen.append(line)
        if found := re.search(r"(http://127\.0\.0\.1:\d+\S*)/lab", line):
            url.set_result(found[1])
    if not url.done():
        url.set_exception(RuntimeError("JupyterLab did not start:\n" + "".join(seen)))
