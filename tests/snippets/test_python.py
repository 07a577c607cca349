"""What the Python program sends is what httpkit sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.snippets import python
from tests.snippets.cases import Recorder, cases, odd_cases


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
