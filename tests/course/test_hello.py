"""The first notebook as a page shows it: what its HTML says, cell by cell, and that it gives nothing away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.course import notebooks
from tests.notebook.test_html import Tags


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook, run from top to bottom as a reader would."""
    return notebooks.executed(notebooks.read(notebooks.found("01-hello")), tmp_path_factory.mktemp("hello"))


def shown(notebook: Any, cell_id: str) -> str:
    """What a reader sees below a cell."""
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return " ".join(map(words, cell.outputs))


def words(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if list(output.data) == ["application/vnd.jupyter.widget-view+json"]:
        # It stands below the same as HTML.
        return ""
    html = output.data.get("text/html")
    return Tags(html.partition("</style>")[2]).words if html else str(output.data["text/plain"])


@pytest.mark.parametrize(
    ("cell_id", "expected"),
    [
        ("serve-hello", ["Listening on http://localhost:3000/"]),
        ("ask-hello", ["GET http://localhost:3000/hello 200 OK", "Content-Length 13", "Hello, HTTP!"]),
        ("serve-page", ["new handler, same port and connections"]),
        ("ask-page", ["200 OK", "Content-Type text/html; charset=utf-8", "Preview", "<h1>Hello!</h1>"]),
        ("status-404", ["404 Not Found There is nothing at this URL", "RFC 9110 §15.5.5"]),
        ("status-all", ["1xx Informational", "418 I'm a Teapot", "511 Network Authentication Required"]),
        ("ask-404", ["404 Not Found", "There is no /nowhere here."]),
        ("object", ["(404, '27', 'There is no /nowhere here.\\n')"]),
        ("post", ["POST http://localhost:3000/people 201 Created", '"name" : "Ann" "age" : 30', '"hello" : "Ann"']),
        ("post-object", ["31"]),
        ("ask-language", ["Accept-Language es", "Content-Language es", "¡Buenos días!"]),
        ("ask-secret", ["Authorization Bearer ••••••", "Good day!", "•••••• hides a secret"]),
        ("listen", ["Listening on http://127.0.0.1:3001/"]),
        ("get", ["200 OK", "Content-Type text/plain", "await res.text()"]),
        ("get-body", ["'GET /hello with 0 characters'"]),
        ("request", ["'POST /poem with 45 characters'"]),
        ("agent", ["/one with 0 characters on a connection that is new"]),
        ("agent", [f"/{path} with 0 characters on a connection that is used again" for path in ("two", "three")]),
        ("wire-traffic", ["GET localhost:3000/nowhere 404", "POST localhost:3000/people 201 json", " both"]),
        ("several", ["POST http://localhost:3001/people made 200 OK", "GET http://localhost:3001/made/200 200 OK"]),
        ("elsewhere", ["curl http://localhost:3001/made/200"]),
    ],
)
def test_what_a_cell_shows(notebook: Any, cell_id: str, expected: list[str]) -> None:
    text = shown(notebook, cell_id)
    for part in expected:
        assert part in text


@pytest.mark.parametrize("cell_id", ["load", "import", "create-server", "clean"])
def test_cells_that_show_nothing(notebook: Any, cell_id: str) -> None:
    assert shown(notebook, cell_id) == ""


def test_no_secret_and_no_error_shows(notebook: Any) -> None:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert "open sesame" not in str(outputs)
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []
