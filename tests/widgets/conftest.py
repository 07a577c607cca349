"""A notebook in a real JupyterLab in a real browser, in which tests run cells and look at what they show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from tests.jupyter import Lab, Notebook, Theme

EMPTY: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

BEGIN = '''
import asyncio, json, time
import httpkit as http
from httpkit.notebook import recorder
from httpkit.widgets import *

async def until(is_so):
    """Waits for what a page has said: it is heard in a thread of its own."""
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end, "it never was so"
        await asyncio.sleep(0.01)
'''

# Nothing of one test is there in the next.
END = """
import ipywidgets
from httpkit.notebook.serving import stop_all
ipywidgets.Widget.close_all()
stop_all()
recorder.clear()
"""


@pytest.fixture(scope="module")
def open_notebook(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Notebook]:
    file = f"{request.node.path.stem}.ipynb"
    (lab.root / file).write_text(json.dumps(EMPTY))
    with browser.new_context(viewport={"width": 1200, "height": 1000}) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        notebook = lab.open(page, file)
        notebook.run(BEGIN)
        yield notebook
        assert errors == []


@pytest.fixture
def notebook(open_notebook: Notebook, lab: Lab) -> Iterator[Notebook]:
    """Its cells have httpkit as `http`, its `recorder`, and the widgets."""
    yield open_notebook
    open_notebook.run(END)
    open_notebook.clear()


def accessible(shown: Locator) -> None:
    """Asserts that axe-core finds nothing serious in what is `shown`, in JupyterLab's light and in its dark theme."""
    expect(shown.locator(".httpkit-live").first).to_be_visible()
    notebook = Notebook(shown.page)
    themes: tuple[Theme, ...] = ("JupyterLab Dark", "JupyterLab Light")
    for theme in themes:
        notebook.use_theme(theme)
        violations = Axe().run(shown.page, context=".httpkit-live").response["violations"]
        serious = [
            (each["id"], [node["html"][:300] for node in each["nodes"]])
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
        assert serious == []
