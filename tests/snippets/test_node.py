"""What Node sends is what httpkit sends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import node
from tests.node.test_scenarios import node_program
from tests.snippets.cases import Recorder, cases, odd_cases


def run(programs: dict[str, str], folder: Path) -> str:
    """Run modules one after the other, in one Node."""
    for name, program in programs.items():
        (folder / f"{name}.mjs").write_text(program, encoding="utf-8")
    main = folder / "main.mjs"
    main.write_text("".join(f"await import('./{name}.mjs')\n" for name in programs), encoding="utf-8")
    done = subprocess.run(
        [node_program(), main], cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_sends_the_same(arrivals: Recorder, tmp_path: Path) -> None:
    drafts = {n: each.draft(arrivals.server.url, n) for n, each in {**cases(tmp_path), **odd_cases()}.items()}
    expected = arrivals.sent(drafts)
    run({name: node(draft, reveal=True) for name, draft in drafts.items()}, tmp_path)
    got = arrivals.taken()
    assert got.keys() == expected.keys() == drafts.keys()
    for name in drafts:
        assert got[name] == expected[name], node(drafts[name], reveal=True)[:2000]
