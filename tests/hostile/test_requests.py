"""A server must read hostile requests as Node does: nothing that Node refuses, nothing in another way.

LENIENT (a handler ran that did not run in Node) and FRAMING (it saw another request) let somebody smuggle requests and
are never right. Any other difference has to be named here, with the rule that asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from httpkit.errors import ParseError
from httpkit.wire import RequestReader
from tests.hostile.corpus import Case, Json, load
from tests.hostile.echo import converse
from tests.test_wire import Heard

CASES = load("requests")
MODES = ["default", "upgrade", "default bytewise", "upgrade bytewise"]
# Byte by byte the large ones say nothing new.
MAX_BYTEWISE = 3000

ONE_HOST = "RFC 9112 section 3.2: a server MUST respond with 400 to a request with more than one Host line"
IN_ORDER = "RFC 9112 section 9.3.2: a server MUST send responses in the order of their requests, Node loses the first"
GRAMMAR = "RFC 9112 section 2.2: octets that are no request SHOULD be answered with 400, Node says nothing any more"

DIFFERENCES = {
    ("default", "host-dup-diff"): ("STRICT", ONE_HOST),
    ("default", "host-http10-dup"): ("STRICT", ONE_HOST),
    ("default", "cn-get-then-connect"): ("STATUS", IN_ORDER),
    ("upgrade", "up-get-then-ws"): ("STATUS", IN_ORDER),
    ("upgrade", "cn-get-then-connect"): ("STATUS", IN_ORDER),
    ("default bytewise", "host-dup-diff"): ("STRICT", ONE_HOST),
    ("default bytewise", "host-http10-dup"): ("STRICT", ONE_HOST),
    ("default bytewise", "up-get-then-ws"): ("STATUS", GRAMMAR),
}


def runs() -> Iterator[tuple[str, Case]]:
    for mode in MODES:
        for case in CASES:
            if mode.split()[0] in case.node and (not mode.endswith("bytewise") or len(case.data) <= MAX_BYTEWISE):
                yield mode, case


RUNS = list(runs())


@pytest.mark.parametrize(("mode", "case"), RUNS, ids=[f"{mode}-{case.id}" for mode, case in RUNS])
def test_a_stream_of_requests(mode: str, case: Case) -> None:
    profile, _, bytewise = mode.partition(" ")
    packets = case.packets(bytewise=bool(bytewise))
    got = converse(packets, ends=case.ends, upgrades=profile == "upgrade")
    # Where it makes a difference to Node how the bytes arrive, the corpus has both.
    expected = case.node.get(mode) or case.node[profile]
    kind, _ = DIFFERENCES.get((mode, case.id), (None, ""))
    assert difference(expected, got) == kind, f"Node: {expected}\nhttpkit: {got}"


def difference(expected: Json, got: Json) -> str | None:
    """The worst of what httpkit did in another way than Node."""
    ours, theirs = got["seen"], expected["seen"]
    if [framing(event) for event in ours] != [framing(event) for event in theirs]:
        more = len(ours) - len(theirs) or finished(ours) - finished(theirs)
        return "LENIENT" if more > 0 else "STRICT" if more < 0 else "FRAMING"
    if ours != theirs:
        return "DETAIL"
    if [answer["status"] for answer in got["answers"]] != [answer["status"] for answer in expected["answers"]]:
        return "STATUS"
    if got["closed"] != expected["closed"]:
        return "CLOSE"
    return "HEADERS" if got["answers"] != expected["answers"] else None


def framing(event: Json) -> list[object]:
    return [event.get(name) for name in ("t", "method", "url", "rawHeaders", "body")]


def finished(seen: list[Json]) -> int:
    return sum(event.get("ended", True) for event in seen)


def test_what_is_named_exists_and_is_no_danger() -> None:
    assert {(mode, case.id) for mode, case in RUNS} >= set(DIFFERENCES)
    assert {kind for kind, _ in DIFFERENCES.values()} <= {"STRICT", "STATUS", "CLOSE"}


REFUSED = [case for case in CASES if case.node["default"]["errors"]]


@pytest.mark.parametrize("case", REFUSED, ids=[case.id for case in REFUSED])
def test_why_a_stream_is_refused(case: Case) -> None:
    loop = asyncio.new_event_loop()
    reader = RequestReader(Heard(), loop)

    def read() -> None:
        for packet in case.packets():
            reader.feed(packet)
        reader.eof()

    with pytest.raises(ParseError) as refused:
        read()
    loop.close()
    assert [refused.value.code, refused.value.reason] == case.node["default"]["errors"][0]
