"""Takes the pictures in notebooks/images: a notebook that has been run, in JupyterLab's light and dark theme."""

from __future__ import annotations

import shutil
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


def main(name: str, picture: str) -> None:
    with (
        TemporaryDirectory() as folder,
        start_jupyterlab(Path(folder)) as lab,
        start_chromium() as browser,
        browser.new_context(viewport={"width": WIDTH, "height": HEIGHT + 200}, device_scale_factor=2) as context,
    ):
        shutil.copy(NOTEBOOKS / name, folder)
        page = context.new_page()
        notebook = lab.open(page, name)
        notebook.run_all()
        page.add_style_tag(content=STYLE)
        for suffix, theme in THEMES.items():
            notebook.use_theme(theme)
            file = NOTEBOOKS / "images" / f"{picture}-{suffix}.png"
            page.screenshot(path=file, clip=first_cells(notebook))
            print(file.relative_to(NOTEBOOKS.parent))


if __name__ == "__main__":
    main("01-hello-http.ipynb", "hello")
