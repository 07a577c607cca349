"""The magics in IPython in a terminal: everything is text."""

from __future__ import annotations

import pytest

from tests.terminal import Terminal


@pytest.fixture(scope="module", autouse=True)
def loaded(terminal: Terminal) -> None:
    assert terminal.run("%load_ext httpkit").strip() == ""


def test_serve_and_ask(terminal: Terminal) -> None:
    shown = terminal.run("%%serve 0\nres.setHeader('Content-Type', 'application/json')\nres.end('{\"path\": \"/x\"}')")
    assert "Listening on http://localhost:" in shown
    port = shown.partition("localhost:")[2].partition("/")[0]
    answer = terminal.run(f"%http :{port}/x Authorization:'Bearer abcdefgh'")
    assert answer.startswith("GET /x HTTP/1.1\n")
    assert "Authorization: Bearer ••••••\n" in answer
    assert "\nHTTP/1.1 200 OK\nContent-Type: application/json\n" in answer
    assert '\n\n{\n  "path": "/x"\n}\n\nIt worked, and here is the result (' in answer
    assert answer.count("HTTP/1.1 200 OK") == 1


def test_mistakes_are_one_line(terminal: Terminal) -> None:
    assert terminal.run("%http :3000 nonsense").strip() == (
        "“nonsense” is not an item. Expected name=text, name:=json, name==query, Header:text or @file."
    )


def test_status(terminal: Terminal) -> None:
    shown = terminal.run("%status 404")
    assert shown.startswith("404 Not Found: There is nothing at this URL\n")
    assert "Defined in:      RFC 9110 §15.5.5" in shown


def test_a_handler_that_raises(terminal: Terminal) -> None:
    number = int(terminal.run("len(In)").rpartition(":")[2])
    port = terminal.run("%%serve 0\n1 / 0").partition("localhost:")[2].partition("/")[0]
    shown = terminal.run(f"%http :{port}")
    assert shown.count("ZeroDivisionError: division by zero") == 1
    assert f'  File "Cell In[{number}]", line 2, in handler\n    1 / 0\n' in shown
    assert "500 Internal Server Error" in shown
    assert "httpkit/" not in shown
