"""What curl sends is what httpkit sends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import curl
from tests.snippets.cases import Recorder, cases, odd_cases


def run(commands: list[str], folder: Path) -> str:
    """Run commands in bash, from a file as a user's history would be."""
    script = folder / "commands.sh"
    script.write_text("set -e\n" + "\n".join(commands) + "\n", encoding="utf-8")
    done = subprocess.run(["bash", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
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
