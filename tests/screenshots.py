"""Takes the pictures in notebooks/images, in JupyterLab's light and dark theme: a notebook, and a widget in one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import FloatRect

from tests.chromium import start_chromium
from tests.jupyter import Notebook, Theme, start_jupyterlab

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
THEMES: dict[str, Theme] = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

WIDTH, HEIGHT = 960, 1400  # of the largest picture, in CSS pixels

# The notebook alone: no bars, and no cell that stands out because it is selected.
STYLE = """
    .jp-Toolbar, .jp-cell-toolbar, .jp-Notebook-footer, .jp-Collapser { visibility: hidden !important; }
    .jp-Notebook .jp-Cell { border-color: transparent !important; box-shadow: none !important; }
"""


def first_cells(notebook: Notebook) -> FloatRect:
    """Scrolls to the top and gives the part of the page with the first cells: as many whole ones as fit."""
    notebook.page.locator(".jp-WindowedPanel-outer").evaluate("outer => { outer.scrollTop = 0 }")
    area = notebook.page.locator(".jp-Notebook").bounding_box()
    assert area
    bottoms = [box["y"] + box["height"] for cell in notebook.cells.all() if (box := cell.bounding_box())]
    bottom = max(bottom for bottom in bottoms if bottom - area["y"] <= HEIGHT)
    return {**area, "height": bottom - area["y"]}


@contextmanager
def open_notebook(file: Path) -> Iterator[Notebook]:
    with (
        TemporaryDirectory() as folder,
        start_jupyterlab(Path(folder)) as lab,
        start_chromium() as browser,
        browser.new_context(viewport={"width": WIDTH, "height": HEIGHT + 200}, device_scale_factor=2) as context,
    ):
        shutil.copy(file, folder)
        yield lab.open(context.new_page(), file.name)


def without_its_end(file: Path, folder: Path) -> Path:
    """A copy of a notebook whose servers go on running."""
    notebook = json.loads(file.read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if not "".join(cell["source"]).startswith("%stop")]
    copy = folder / file.name
    copy.write_text(json.dumps(notebook))
    return copy


def in_both_themes(notebook: Notebook, picture: str, part: Callable[[], FloatRect]) -> None:
    notebook.page.add_style_tag(content=STYLE)
    for suffix, theme in THEMES.items():
        notebook.use_theme(theme)
        file = NOTEBOOKS / "images" / f"{picture}-{suffix}.png"
        notebook.page.screenshot(path=file, clip=part())
        print(file.relative_to(NOTEBOOKS.parent))


def first_notebook() -> None:
    with (
        TemporaryDirectory() as folder,
        open_notebook(without_its_end(NOTEBOOKS / "01-hello-http.ipynb", Path(folder))) as notebook,
    ):
        notebook.run_all()
        in_both_themes(notebook, "hello", lambda: first_cells(notebook))


# What the traffic inspector is shown with: a few requests at once over two connections, one of them to no avail.
TRAFFIC = """
import asyncio, json
import httpkit as http
from httpkit.widgets import TrafficInspector

async def handler(req, res):
    await asyncio.sleep(0.02 if "report" in req.url else 0.004)
    people = {"people": ["Ann", "Bob"]}
    res.writeHead(404 if "nobody" in req.url else 200, {"Content-Type": "application/json"})
    res.write(json.dumps(people)[:12])
    await asyncio.sleep(0.003)
    res.end(json.dumps(people)[12:])

server = http.createServer(handler)
server.listen(3000)
agent = http.Agent(keepAlive=True, maxSockets=2)
inspector = TrafficInspector(height=220)
paths = ["people", "people/7", "report?year=2026", "people/nobody", "search?q=tea", "people?page=2"]
sent = [http.asend("GET", f"http://localhost:3000/{path}", agent=agent) for path in paths]
await asyncio.gather(*sent)
await http.asend("POST", "http://localhost:3000/people", {"Content-Type": "application/json"}, '{"name": "Cleo"}')
inspector
"""


def traffic_inspector() -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "traffic.ipynb")
        file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        with open_notebook(file) as notebook:
            shown = notebook.run(TRAFFIC).locator(".httpkit-live")
            shown.get_by_role("row", name="POST").click()
            shown.get_by_role("tab", name="Both sides").click()
            shown.get_by_role("table", name="What happened").wait_for()

            def part() -> FloatRect:
                # Away from the rows, one of which would look chosen.
                notebook.page.mouse.move(1, 1)
                box = shown.bounding_box()
                assert box
                return {"x": box["x"] - 8, "y": box["y"] - 8, "width": box["width"] + 16, "height": box["height"] + 16}

            shown.evaluate("element => element.scrollIntoView()")
            in_both_themes(notebook, "traffic", part)


if __name__ == "__main__":
    first_notebook()
    traffic_inspector()
