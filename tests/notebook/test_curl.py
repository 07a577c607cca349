"""Pasted curl commands: what is sent is what the real curl sends, and what cannot be is said."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

import httpkit as http
from httpkit import redact
from httpkit.draft import Draft
from httpkit.exchange import Sending
from httpkit.notebook.curl import is_curl, parse_curl
from httpkit.notebook.mistakes import Mistake

URL = "http://localhost:3000/"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Passwords of one test are not hidden in the next."""
    yield
    redact.forget()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with some files in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.txt").write_bytes(b"one\r\ntwo & three\n")
    (tmp_path / "people.json").write_text('{"name": "Ann"}\n')
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    (tmp_path / "a b.txt").write_text("spaces\n")
    (tmp_path / "headers.txt").write_text("X-One: 1\n\nX-Two:2\n")
    (tmp_path / "cookies.txt").write_text(
        "# Netscape HTTP Cookie File\n"
        "127.0.0.1\tFALSE\t/\tFALSE\t0\tall\t1\n"
        "#HttpOnly_127.0.0.1\tFALSE\t/people\tFALSE\t9999999999\tpeople\t2\n"
        "127.0.0.1\tFALSE\t/other\tFALSE\t0\tother\t3\n"
        "127.0.0.1\tFALSE\t/\tFALSE\t1000000000\told\t4\n"
        ".example.com\tTRUE\t/\tFALSE\t0\telsewhere\t5\n"
    )
    return tmp_path


# --- the same as curl


class Arrived(NamedTuple):
    """What a server saw of a request, without what differs from one client to another."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


_OWN = {"user-agent", "host", "connection", "content-length"}
_BOUNDARY = re.compile(rb"boundary=([\w-]+)")


def _arrived(req: Any, body: bytes) -> Arrived:
    pairs = zip(req.rawHeaders[::2], req.rawHeaders[1::2], strict=True)
    headers = [(name, value) for name, value in pairs if name.lower() not in _OWN]
    boundary = _BOUNDARY.search(req.headers.get("content-type", "").encode())
    if boundary:
        body = body.replace(boundary[1], b"BOUNDARY")
        headers = [(name, value.replace(boundary[1].decode(), "BOUNDARY")) for name, value in headers]
    # %2f and %2F are the same, and so are a quote and %27.
    return Arrived(req.method, unquote(req.url), headers, body)


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[str, list[Arrived]]]:
    """The URL of a server, and the requests that it has seen."""
    requests: list[Arrived] = []

    async def record(req: Any, res: Any) -> None:
        requests.append(_arrived(req, await req.bytes()))
        res.end("ok")

    server = http.createServer(record).listen(0)
    yield server.url.rstrip("/"), requests
    server.close()
    server.closeAllConnections()


COMMANDS = r"""
curl URL
curl URL/people?a=1
curl -X DELETE URL/people/1
curl -XPATCH URL/people/1 -d a=1
curl --request PUT --url URL/people --data a=1 --data b=2
curl -sSLki URL/people
curl -I URL/people
curl URL -H 'X-One: 1' -H "X-Two:two words" -H X-Three:3
curl URL -H 'X-Empty;' -H 'Accept:' -H 'accept-language: de'
curl URL -H 'accept: text/html' -H 'X-Twice: 1' -H 'X-Twice: 2'
curl URL -H @headers.txt
curl URL -d 'a=1&b=two words' -d c=3
curl URL -d ''
curl URL -d @lines.txt -d more
curl URL --data-binary @lines.txt
curl URL --data-binary @photo.png -H 'Content-Type: image/png'
curl URL --data-raw @lines.txt
curl URL --data-ascii a=1
curl URL --data-urlencode 'a=two & three/é~' --data-urlencode =b=c --data-urlencode 'd e'
curl URL --data-urlencode @lines.txt --data-urlencode n@lines.txt
curl URL --json '{"a": 1}'
curl URL --json @people.json --json '[2]'
curl URL --json '{}' -H 'Accept: text/plain'
curl URL -d a=1 --json b -d c
curl URL/search -G -d a=1 --data-urlencode 'q=two words/é'
curl 'URL/search?a=1&#top' -G -d b=2
curl URL -I -G -d a=1
curl URL --url-query 'a=b c' --url-query +d=%20
curl URL -F name=Ann -F 'note="a;b\"c"' -F empty=
curl URL -F file=@photo.png -F 'text=<lines.txt'
curl URL -F 'file=@people.json;type=application/json;filename="p \"1\".json"' -H 'Content-Type: multipart/form-data'
curl URL -F 'a=1;type=text/plain;charset=utf-8' --form-string 'b=@x;type=y'
curl URL -F 'file=@"a b.txt"' -F data=@people.json
curl URL/ -u Ann:s3cret:too
curl URL -u 'Änn:' -H 'X-A: é'
curl URL -u a:b -H 'Authorization: Bearer t'
curl URL --oauth2-bearer token -u a:b
curl URL -A agent/1 -e 'http://example.com/;auto' --compressed -r 0-99
curl URL -r 500
curl URL -b 'a=1; b=2' -b c=3
curl URL/people/1 -b cookies.txt -b a=1
curl URL/peoples -b cookies.txt
curl URL -b a=1 -H 'Cookie: b=2'
curl URL $'-da=\'\x41\102\u00e9\t\\\e!' -H $'X-A: \'b\''
curl URL --data-raw $'caf\xe9 \U0001F600'
curl URL -d "a \"b\" \$c \`d\` \e 'f'"
curl URL -d a"b"'c'\ d$'e'
curl -X GET URL -d a=1
curl URL -H 'Content-Type: application/json' -d '{"a": "it'\''s"}'
curl 'URL/a[]=1' -g -d 'x'
curl 'URL/?q={"a":1}' -g
curl -gsS --compr --head URL
curl URL --no-compressed -d a=1 --compressed --no-compressed
curl URL `# nothing` -d a
curl -T lines.txt URL/
curl URL -H 'X-A: 1' -o /dev/null -w '%{http_code}' --retry 3 -c jar.txt
"""


def _commands() -> list[str]:
    return [line for line in COMMANDS.strip().splitlines() if "`#" not in line]


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl to compare with")
@pytest.mark.parametrize("command", _commands())
def test_what_is_sent_is_what_curl_sends(command: str, seen: tuple[str, list[Arrived]], folder: Path) -> None:
    url, requests = seen
    command = command.replace("URL", url)
    _run_curl(command, folder)
    Sending(parse_curl(command)).result()
    theirs, ours = requests[-2:]
    assert ours == theirs


def _run_curl(command: str, folder: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run(["bash", "-c", f"{command} -s -H Expect:"], env=environment, check=True, capture_output=True, timeout=20)
