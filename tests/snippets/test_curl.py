"""What curl sends is what httpkit sends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import curl
from tests.snippets.cases import Recorder, cases, environment, odd_cases, secure_draft, secure_server


def run(commands: list[str], folder: Path) -> str:
    """Run commands in bash, from a file as a user's history would be."""
    script = folder / "commands.sh"
    script.write_text("set -e\n" + "\n".join(commands) + "\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", script], cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_sends_the_same(arrivals: Recorder, tmp_path: Path) -> None:
    drafts = {n: each.draft(arrivals.server.url, n) for n, each in {**cases(tmp_path), **odd_cases()}.items()}
    expected = arrivals.sent(drafts)
    run([curl(draft, reveal=True) for draft in drafts.values()], tmp_path)
    got = arrivals.taken()
    assert got.keys() == expected.keys() == drafts.keys()
    for name in drafts:
        assert got[name] == expected[name], curl(drafts[name], reveal=True)[:2000]


def test_it_is_sent_in_the_same_way(tmp_path: Path) -> None:
    with secure_server() as server:
        run([curl(secure_draft(server, tmp_path), reveal=True)], tmp_path)
    assert (tmp_path / "it's here").read_text() == "GET /second"


def test_delivery() -> None:
    delivery = Delivery(
        timeout=1500,
        idle=20_500,
        follow=True,
        max_redirects=3,
        verify=False,
        cert=("a:b.pem", "-key.pem"),
        proxy="http://proxy:3128",
        download=Path("-out"),
    )
    assert curl(Draft("PUT", "http://host/", (("Accept-Encoding", "gzip"),), delivery=delivery)) == (
        "# After a redirect with 303 curl sends PUT again, where httpkit sends GET.\n"
        "curl -X PUT http://host/ \\\n"
        "  -H 'Accept-Encoding: gzip' \\\n"
        "  -H Content-Type: \\\n"
        "  -d '' \\\n"
        "  --max-time 1.5 \\\n"
        "  --speed-time 21 \\\n"
        "  --location \\\n"
        "  --max-redirs 3 \\\n"
        "  --insecure \\\n"
        "  --cert 'a\\:b.pem' --key -key.pem \\\n"
        "  --proxy http://proxy:3128 \\\n"
        "  --output ./-out"
    )


def test_what_curl_brings_is_not_said() -> None:
    form = (("Accept", "*/*"), ("Content-Type", "application/x-www-form-urlencoded"))
    assert curl(Draft("POST", "http://host/", form, Payload(b"a=1"))) == "curl http://host/ \\\n  --data-raw a=1"
    json = (("Accept", "application/json"), ("Content-Type", "application/json"))
    assert curl(Draft("POST", "http://host/", json, Payload(b"{}"))) == "curl http://host/ \\\n  --json '{}'"
    encoded = (("Accept", "*/*"), ("Accept-Encoding", "gzip"))
    assert curl(Draft("HEAD", "http://host/", encoded)) == (
        "curl --head http://host/ \\\n  -H 'Accept-Encoding: gzip' \\\n  --compressed"
    )


@pytest.mark.parametrize("text", [b"@file", b"[1]"])
def test_json_that_looks_like_a_file(text: bytes) -> None:
    json = (("Accept", "application/json"), ("Content-Type", "application/json"))
    assert ("--json" in curl(Draft("POST", "http://host/", json, Payload(text)))) is not text.startswith(b"@")
