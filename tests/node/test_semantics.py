"""Every rule of `semantics.md` names the scenarios that show it, or why httpkit differs; no scenario stands aside."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import httpkit as http
from httpkit.errors import NodeError
from tests.memory import Connection

from .test_scenarios import NAMES

PAGE = Path(__file__).with_name("semantics.md").read_text("utf-8")


class Rule(NamedTuple):
    text: str
    scenarios: list[str]  # names; a `*` in one stands for anything
    difference: str


def rule(item: str) -> Rule:
    text, _, proof = " ".join(item.split()).partition(" → ")
    scenarios, _, difference = proof.partition("differs: ")
    return Rule(text, re.findall(r"`([\w*]+)`", scenarios), difference)


RULES = [rule(item) for item in re.findall(r"^- (.+?)(?=^[-#]|\Z)", PAGE, re.MULTILINE | re.DOTALL)]
NAMED = [name for rule in RULES for name in rule.scenarios]


def test_the_page_is_read() -> None:
    assert len(RULES) > 100
    assert rule("A `b`.\n  → `c_d`, `e*`; differs: it is f\n") == Rule("A `b`.", ["c_d", "e*"], "it is f")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.text[:60])
def test_every_rule_is_shown_or_is_a_difference(rule: Rule) -> None:
    assert rule.scenarios or rule.difference
    for name in rule.scenarios:
        assert any(fnmatch(scenario, name) for scenario in NAMES), f"there is no scenario {name}"


@pytest.mark.parametrize("scenario", NAMES)
def test_every_scenario_is_named(scenario: str) -> None:
    assert any(fnmatch(scenario, name) for name in NAMED), f"which rule does {scenario} show? Say so in semantics.md"


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"


class TestDefectsOfNode:
    """They are not copied; so there is nothing to compare with."""

    def test_the_callback_of_end_is_called_although_the_message_is_gone(self) -> None:
        async def program() -> NodeError:
            responses: list[Any] = []
            connection = Connection(http.createServer(lambda req, res: responses.append(res)))
            connection.send(GET)
            connection.transport.close()
            told: asyncio.Future[NodeError] = asyncio.get_running_loop().create_future()
            responses[0].end(told.set_result)
            return await asyncio.wait_for(told, 10)

        assert asyncio.run(program()).code == "ERR_STREAM_DESTROYED"

    def test_an_upgrade_waits_for_the_answers_before_it(self) -> None:
        async def program() -> bytes:
            responses: list[Any] = []
            server = http.createServer(lambda req, res: responses.append(res))
            server.on("upgrade", lambda req, socket, head: socket.write("upgraded"))
            connection = Connection(server)
            connection.send(GET + UPGRADE)
            responses[0].end("the answer before")
            await asyncio.sleep(0)  # the turn in which it finishes
            return connection.send()

        assert asyncio.run(program()).endswith(b"the answer beforeupgraded")

    def test_corked_chunks_leave_before_the_last_one(self) -> None:
        def handler(req: Any, res: Any) -> None:
            res.flushHeaders()
            res.cork()
            res.write("a")
            res.end()

        assert asyncio.run(ask(handler)).endswith(b"\r\n\r\n1\r\na\r\n0\r\n\r\n")

    def test_a_head_is_latin1_whatever_the_body_is(self) -> None:
        def handler(req: Any, res: Any) -> None:
            res.setHeader("X", "é")
            res.end("é")

        assert b"X: \xe9\r\n" in asyncio.run(ask(handler))


async def ask(handler: Callable[[Any, Any], None]) -> bytes:
    return Connection(http.createServer(handler)).send(GET)
