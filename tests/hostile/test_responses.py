"""A client must read hostile responses as Node does, and keep a socket for another request only where Node keeps it."""

from __future__ import annotations

import pytest

from tests.hostile.corpus import Case, Json, load
from tests.hostile.requester import ask

CASES = load("responses")
WHOLE = ("event", "status", "statusMessage", "httpVersion", "rawHeaders", "body", "rawTrailers", "complete", "head")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_response(case: Case) -> None:
    got = ask(case.method, case.packets(), ends=case.ends)
    assert outcome(got) == outcome(case.node)


def outcome(result: Json) -> Json:
    """How it ended, and what there was where it ended well."""
    error = result.get("error") or (result.get("errors") or [None])[0]
    found = {"end": result["end"], "error": error, "informational": result.get("ninfo", 0)}
    if result["end"] in ("end", "close"):
        found |= {name: result.get(name) for name in WHOLE}
    if result["end"] in ("connect", "upgrade"):
        found |= {name: result.get(name) for name in ("event", "status", "rawHeaders", "head")}
    return {**found, "reusable": bool(result.get("reusable"))}
