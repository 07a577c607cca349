"""What the Python program sends is what httpkit sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import python
from tests.snippets.cases import Recorder, cases, odd_cases, secure_draft, secure_server


def test_it_sends_the_same(arrivals: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drafts = {n: each.draft(arrivals.server.url, n) for n, each in {**cases(tmp_path), **odd_cases()}.items()}
    expected = arrivals.sent(drafts)
    for draft in drafts.values():
        exec(python(draft, reveal=True), {})
    got = arrivals.taken()
    assert got.keys() == expected.keys() == drafts.keys()
    for name in drafts:
        assert got[name] == expected[name], python(drafts[name], reveal=True)[:2000]
    assert capsys.readouterr().out.count("200 ok\n") == len(drafts) - 1  # the answer to HEAD has no body


def test_it_is_sent_in_the_same_way(tmp_path: Path) -> None:
    with secure_server() as server:
        exec(python(secure_draft(server, tmp_path), reveal=True), {})
    assert (tmp_path / "it's here").read_text() == "GET /second"


def test_delivery() -> None:
    delivery = Delivery(
        timeout=1500.5, idle=2e7, follow=True, verify=False, cert=("a.pem", "key.pem"), download=Path("out")
    )
    assert python(Draft("GET", "http://host/", delivery=delivery)) == (
        "from pathlib import Path\n"
        "\n"
        "import httpkit as http\n"
        "\n"
        "exchange = http.send(\n"
        '    "GET",\n'
        '    "http://host/",\n'
        "    timeout=1500.5,\n"
        "    idle=20000000,\n"
        "    follow=True,\n"
        "    verify=False,\n"
        '    cert=("a.pem", "key.pem"),\n'
        '    download=Path("out"),\n'
        ")\n"
        "print(exchange.status, exchange.text)"
    )


def test_a_short_one_is_one_line() -> None:
    assert python(Draft("POST", "http://host/", (("X-A", "1"),), Payload(b'{"a": 1}'))) == (
        "import httpkit as http\n"
        "\n"
        'exchange = http.send("POST", "http://host/", [("X-A", "1")], body=\'{"a": 1}\')\n'
        "print(exchange.status, exchange.text)"
    )
