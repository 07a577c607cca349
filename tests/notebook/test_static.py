"""What is saved in a notebook is there without a kernel, a server, scripts or the network: in HTML, and on GitHub."""

from __future__ import annotations

import re
from typing import Any

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from tests.execution import executed

CELLS = [
    "%load_ext httpkit",
    "%%serve 0\nres.setHeader('Content-Type', 'application/json')\nres.end('{\"tea\": [1, 2]}')",
    "%http {{__import__('httpkit.notebook').notebook.servers()[0].url}}tea",
    "%status 404",
    "%traffic",
    "exchange.to_curl()",
    "%stop",
]


VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A notebook of CELLS, run from top to bottom."""
    return executed(CELLS, tmp_path_factory.mktemp("static"))


def test_the_page_of_nbconvert_needs_nothing(notebook: Any, page: Page) -> None:
    exporter = HTMLExporter(template_name="basic")  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(notebook)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(f"<!doctype html><body>{html}", wait_until="load")
    expect(page.get_by_role("region", name="/tea: 200")).to_be_visible()
    expect(page.locator(".httpkit-json")).to_contain_text('"tea": [ 2 items ]')
    page.get_by_text("Wire").click()
    expect(page.get_by_role("columnheader", name="What it says").first).to_be_visible()
    expect(page.get_by_role("table", name="What was sent and served")).to_be_visible()
    assert [url for url in asked if not url.startswith("data:")] == []


def test_it_reads_well_without_its_style(notebook: Any, page: Page) -> None:
    [shown] = [output.data["text/html"] for output in notebook.cells[2].outputs]
    # As GitHub shows it: without styles and classes.
    page.set_content(re.sub(r' (?:class|style|title)="[^"]*"', "", shown.partition("</style>")[2]))
    text = page.locator("body").inner_text()
    for words in ("200 OK It worked", "HTTP/1.1 200 OK", "Content-Type", "application/json", '"tea": [ 2 items ]'):
        assert words in text


def test_every_output_has_a_text_too(notebook: Any) -> None:
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert len(outputs) == 6
    # The server's panel stands below what it looks like without a kernel.
    assert [list(output.data) for output in outputs if "text/plain" not in output.data] == [[VIEW]]
    assert list(notebook.cells[1].outputs[1].data) == [VIEW]
    assert all(output.data["text/plain"] for output in outputs if VIEW not in output.data)
