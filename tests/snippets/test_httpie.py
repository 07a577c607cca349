"""What HTTPie sends is what httpkit sends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import httpie
from tests.snippets.cases import Recorder, cases, odd_cases

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
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False)
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
