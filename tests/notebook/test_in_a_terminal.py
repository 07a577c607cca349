"""The magics in IPython in a terminal: everything is text."""

from __future__ import annotations

import re

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


def served(terminal: Terminal) -> str:
    return terminal.run("%%serve 0\nres.end(req.url)").partition("localhost:")[2].partition("/")[0]


def test_requests_of_a_text(terminal: Terminal) -> None:
    port = served(terminal)
    shown = terminal.run(
        f"%%http\n@base = http://localhost:{port}\n# @name one\nGET {{{{base}}}}/a\n\n"
        "###\nGET {{base}}/b?{{one.status}}"
    )
    assert shown.count("HTTP/1.1 200 OK") == 2
    assert "GET /b?200 HTTP/1.1" in shown
    assert terminal.run("exchange.text, one.text").strip().endswith("('/b?200', '/a')")


def test_curl_and_files(terminal: Terminal) -> None:
    port = served(terminal)
    assert "POST /c HTTP/1.1" in terminal.run(f"%http curl localhost:{port}/c -d a=1")
    terminal.run(f"open('api.http', 'w').write('GET http://localhost:{port}/file')")
    assert "GET /file HTTP/1.1" in terminal.run("%http --file api.http")
    assert terminal.run("print(exchange.to_curl())").strip() == f"curl http://localhost:{port}/file \\\n  --location"


def test_a_failure_is_a_few_lines(terminal: Terminal) -> None:
    shown = terminal.run("%http :1/")
    assert shown.startswith("GET http://localhost:1/ failed: Nothing listens on localhost:1 (connection refused).\n")
    assert "✓ look up the name → ✗ connect → · send the request" in shown
    assert "Traceback" not in shown


def test_a_long_answer_says_in_a_line_how_far_it_is(terminal: Terminal) -> None:
    cell = "import asyncio\nres.write('a')\nawait asyncio.sleep(1)\nres.end('b')"
    port = terminal.run(f"%%serve 0\n{cell}").partition("localhost:")[2].partition("/")[0]
    shown = terminal.run(f"%http :{port}")
    assert f"\rGET http://localhost:{port}/: receiving: 1 byte" in shown
    assert "\n\nab\n\nIt worked, and here is the result (" in shown


def test_traffic_and_har(terminal: Terminal) -> None:
    port = served(terminal)
    terminal.run(f"%traffic clear\n%http :{port}/listed")
    assert re.search(rf"\d  GET +200 +7 bytes .* both +localhost:{port}/listed", terminal.run("%traffic"))
    assert terminal.run("%har a.har").strip() == "Saved 1 exchanges to a.har"
    assert f"localhost:{port}/listed" in terminal.run("%har --open a.har")


def test_servers_and_stop(terminal: Terminal) -> None:
    port = served(terminal)
    assert f"Listening on http://localhost:{port}/ (%%serve)" in terminal.run("%servers")
    assert terminal.run("%stop").strip() == ""
    assert terminal.run("%servers").strip() == "No server is running."


def test_unload_takes_the_magics_away(terminal: Terminal) -> None:
    terminal.run("%unload_ext httpkit")
    assert "not found" in terminal.run("%http :3000")
    terminal.run("%load_ext httpkit")
