"""A notebook with widgets is run from top to bottom: every cell ends, whatever the widgets say meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.jupyter import Lab

CELLS = [
    "%load_ext httpkit\nimport asyncio\nimport httpkit as http\nfrom httpkit.widgets import *",
    *["%%serve 0\nres.end('hello')"] * 6,
    "from httpkit.notebook import servers\nurl = servers()[0].url",
    "TrafficInspector()",
    # Each awaits something, and is soon over.
    *["res = await http.get(url)", "await res.text()"] * 8,
]


@pytest.mark.parametrize("attempt", range(3))
def test_every_cell_ends(browser: Browser, lab: Lab, attempt: int) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{n}", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
        for n, cell in enumerate(CELLS)
    ]
    name = f"run-all-{attempt}.ipynb"
    (lab.root / name).write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with browser.new_context() as context:
        notebook = lab.open(context.new_page(), name)
        notebook.run_all()
        expect(notebook.page.get_by_role("region", name="Traffic")).to_contain_text("8 exchanges")
        expect(notebook.page.get_by_role("region", name="Server", exact=True)).to_have_count(6)
        expect(notebook.page.locator(".jp-InputPrompt").filter(has_text="*")).to_have_count(0)
