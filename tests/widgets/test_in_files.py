"""Notebooks with widgets in files: what stands there needs no kernel, no script and no network."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

from tests.execution import executed

CELLS = [
    "%load_ext httpkit\nimport httpkit as http\nfrom httpkit.widgets import *\ntoken = 'tok-12345678'",
    "server = http.createServer(lambda req, res: res.end('hello'))\nserver.listen(0)\nserver",
    "TrafficInspector()",
    "RequestBuilder()",
    # What is shown before is brought up to date.
    "exchange = http.send('GET', f'{server.url}tea?token={token}', {'Authorization': f'Bearer {token}'})",
    "builder = RequestBuilder(exchange)\nbuilder.ask()\nbuilder",
    "StatusExplorer(selected=418)",
    "AgentView()",
    "SlowMotion(exchange)",
    "server.close()",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return executed(CELLS, tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize("template", ["basic", "lab"])
def test_a_page_without_a_kernel_shows_each_of_them(notebook: Any, page: Page, template: str) -> None:
    exporter = HTMLExporter(template_name=template)  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(notebook)
    page.context.set_offline(True)
    page.set_content(html, wait_until="domcontentloaded")
    for name in ("Server", "Traffic", "/tea?token=•••••• : 200", "Status 418 I'm a Teapot", "Agent", "Slow motion"):
        region = page.get_by_role("region", name=name.replace(" :", ":")).first
        expect(region).to_be_visible()
    expect(page.get_by_role("table", name="What was sent and served")).to_contain_text("/tea")
    expect(page.get_by_text("As it was when the notebook ran.").first).to_be_visible()


def test_no_secret_is_saved_with_the_notebook(notebook: Any) -> None:
    # The widgets' state is in its metadata.
    assert notebook.metadata["widgets"]
    outputs = nbformat.v4.new_notebook(metadata=notebook.metadata, cells=[])  # type: ignore[no-untyped-call]
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert "12345678" not in str(outputs)
    assert "12345678" not in str(shown)
