"""Notebooks with widgets in files: what stands there needs no kernel, no script and no network."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Page, expect

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
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("files")
    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in CELLS])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        environment.setenv("IPYTHONDIR", str(folder / "ipython"))
        where = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, kernel_name="python3", timeout=60, resources=where).execute()
    return notebook


@pytest.mark.parametrize("template", ["basic", "lab"])
def test_a_page_without_a_kernel_shows_each_of_them(executed: Any, page: Page, template: str) -> None:
    exporter = HTMLExporter(template_name=template)  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(executed)
    page.context.set_offline(True)
    page.set_content(html, wait_until="domcontentloaded")
    for name in ("Server", "Traffic", "/tea?token=•••••• : 200", "Status 418 I'm a Teapot", "Agent", "Slow motion"):
        region = page.get_by_role("region", name=name.replace(" :", ":")).first
        expect(region).to_be_visible()
    expect(page.get_by_role("table", name="What was sent and served")).to_contain_text("/tea")
    expect(page.get_by_text("As it was when the notebook ran.").first).to_be_visible()


def test_no_secret_is_saved_with_the_notebook(executed: Any) -> None:
    # The widgets' state is in its metadata.
    assert executed.metadata["widgets"]
    outputs = nbformat.v4.new_notebook(metadata=executed.metadata, cells=[])  # type: ignore[no-untyped-call]
    shown = [output for cell in executed.cells for output in cell.get("outputs", ())]
    assert "12345678" not in str(outputs)
    assert "12345678" not in str(shown)
