"""What HTTPie sends is what httpkit sends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import httpie
from tests.snippets.cases import Recorder, cases, environment, odd_cases, secure_draft, secure_server

# Half a second goes by until HTTPie is loaded. So bash only notes what it would start it with, and one process does it.
NOTE = """
set -e
http() {
  echo >> calls
  count=$(($(wc -l < calls)))
  printf '%s\\0' "$@" > $count.argv
  if [ "$1" = --ignore-stdin ]; then : > $count.stdin; else cat > $count.stdin; fi
}
"""
MAIN = """
import os, pathlib, sys
from httpie.context import Environment
from httpie.core import main

for number in range(1, int(sys.argv[1]) + 1):
    arguments = os.fsdecode(pathlib.Path(f"{number}.argv").read_bytes()).split(chr(0))[:-1]
    with open(f"{number}.stdin", encoding="utf-8") as stdin:
        os.dup2(stdin.fileno(), 0)
        status = main(["http", *arguments], env=Environment(stdin=sys.stdin, stdin_isatty=False))
    assert status == 0, (status, arguments)
"""


def run(commands: list[str], folder: Path) -> str:
    script = folder / "commands.sh"
    script.write_text("\n".join([NOTE, *commands, "wc -l < calls", ""]), encoding="utf-8")
    count = finished(["bash", script], folder)
    assert int(count) == len(commands)
    return finished([sys.executable, "-c", MAIN, count], folder)


def finished(command: list[str | Path], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_sends_the_same(arrivals: Recorder, tmp_path: Path) -> None:
    drafts = {name: each.draft(arrivals.server.url, name) for name, each in cases(tmp_path).items()}
    expected = arrivals.sent(drafts)
    run([httpie(draft, reveal=True) for draft in drafts.values()], tmp_path)
    got = arrivals.taken()
    assert got.keys() == expected.keys() == drafts.keys()
    for name in drafts:
        assert got[name] == expected[name], httpie(drafts[name], reveal=True)[:2000]


def test_what_it_cannot_send_is_said(arrivals: Recorder, tmp_path: Path) -> None:
    drafts = {name: each.draft(arrivals.server.url, name) for name, each in odd_cases().items()}
    expected = arrivals.sent(drafts)
    run([httpie(draft, reveal=True) for draft in drafts.values()], tmp_path)
    got = arrivals.taken()
    for name, draft in drafts.items():
        note = httpie(draft, reveal=True).partition("\n")[0]
        respelled = got[name].target != expected[name].target
        assert note.startswith("# HTTPie spells" if respelled else "# HTTPie cannot send this value of X-")
    assert not [name for name, each in cases(tmp_path).items() if "# HTTPie" in httpie(each.draft("http://h/", name))]


def test_it_is_sent_in_the_same_way(tmp_path: Path) -> None:
    with secure_server() as server:
        run([httpie(secure_draft(server, tmp_path), reveal=True)], tmp_path)
    assert (tmp_path / "it's here").read_text() == "GET /second"


def test_the_program_itself(arrivals: Recorder, tmp_path: Path) -> None:
    draft = Draft("PUT", f"{arrivals.server.url}real", (("X-A", "it's"),), Payload(b'{"a": "b c"}'))
    program = Path(sys.executable).with_name("http")
    finished(["bash", "-c", httpie(draft, reveal=True).replace("http ", f"{program} ", 1)], tmp_path)
    assert arrivals.taken()["real"][::3] == ("PUT", b'{"a": "b c"}')


def test_delivery() -> None:
    delivery = Delivery(
        timeout=30_000,
        idle=1500,
        follow=True,
        max_redirects=3,
        verify=False,
        cert=("a.pem", "key.pem"),
        proxy="http://proxy:3128",
        download=Path("out"),
    )
    headers = (("Accept", "application/json, */*;q=0.5"), ("Content-Type", "application/json"))
    assert httpie(Draft("POST", "http://ann:p%20w@host/", headers, Payload(b"1"), delivery), reveal=True) == (
        "http --ignore-stdin --auth 'ann:p w' POST http://host/ \\\n"
        "  Accept-Encoding: \\\n"
        "  --raw=1 \\\n"
        "  --timeout 1.5 \\\n"
        "  --follow \\\n"
        "  --max-redirects 4 \\\n"
        "  --verify no \\\n"
        "  --cert a.pem --cert-key key.pem \\\n"
        "  --proxy http:http://proxy:3128 --proxy https:http://proxy:3128 \\\n"
        "  --output out"
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"name": "Ann", "age": 30, "tall": true}', "name=Ann \\\n  age:=30 \\\n  tall:=true"),
        ('{"name":"Ann"}', '\'--raw={"name":"Ann"}\''),
        ('{"a": 1, "a": 1}', '\'--raw={"a": 1, "a": 1}\''),
        ('{"a": 1.0e2}', "'--raw={\"a\": 1.0e2}'"),
        ('{"a": [1]}', "'--raw={\"a\": [1]}'"),
        ("{}", "'--raw={}'"),
        ("{nonsense", "'--raw={nonsense'"),
        ("[" * 9000, f"'--raw={'[' * 9000}'"),
    ],
)
def test_json_as_items(body: str, shown: str) -> None:
    assert httpie(Draft("POST", "http://host/", payload=Payload(body.encode()))).endswith(
        f"Content-Type: \\\n  {shown}"
    )


def test_no_header_becomes_an_option() -> None:
    made = httpie(Draft("GET", "http://host/", (("--output=owned", "1"), ("-oevil", "2"))))
    assert made.splitlines()[:2] == [
        "# HTTPie takes --output=owned for an option: it is left out.",
        "# HTTPie takes -oevil for an option: it is left out.",
    ]
    assert "owned:" not in made
    assert "evil:" not in made
