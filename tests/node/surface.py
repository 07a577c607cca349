"""Node's public surface beside httpkit's: what is there, found by reflection, and what is left out, with the reason.

`surface.json` holds the names of Node 24's http: every export, class, option, property, method, event and error code.
This module looks for each of them on httpkit's modules, classes and living objects (those of one exchange over TLS and
one without). `python -m tests.node.surface` writes what it finds to docs/coverage.md.
"""

from __future__ import annotations

import ast
import asyncio
import errno
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpkit as http
from httpkit import diagnostics, events, https, option_names, secure_context, server_options
from httpkit.diagnostics import channel
from httpkit.net_server import NetServer
from httpkit.readable import Readable
from httpkit.writable import Writable
from tests.certificates import CA, LOCALHOST

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "coverage.md"
SURFACE: dict[str, Any] = json.loads((Path(__file__).parent / "surface.json").read_text())

# What Node spells with a symbol.
SPELLED = {
    "[Symbol.asyncDispose]": "__aexit__",
    "[Symbol.asyncIterator]": "__aiter__",
    '[Symbol.for("nodejs.rejection")]': events.captureRejectionSymbol,
}

# What httpkit leaves out, and why: everything else of Node's public surface that is not deprecated has to be there.
OMITTED: dict[str, tuple[tuple[str, ...], str]] = {
    "the event 'keylog'": (
        ("Agent.keylog", "https.Agent.keylog"),
        "Python's `ssl` writes keys to a file only: `ssl.SSLContext.keylog_filename`, or the variable `SSLKEYLOGFILE`.",
    ),
    "`insecureHTTPParser: true` and `httpValidation: 'insecure'`": (
        ("Server.insecureHTTPParser", "http.createServer.insecureHTTPParser", "http.request.insecureHTTPParser"),
        "Requests are smuggled so: what is no HTTP is never taken for it. `'strict'` and `'relaxed'` are there.",
    ),
    "the TLS options " + ", ".join(f"`{name}`" for name in sorted(secure_context.UNAVAILABLE)): (
        (),
        "Python's `ssl` has nothing like them; each is refused with a message that says what to do instead.",
    ),
    "the code `ERR_SOCKET_CONNECTION_TIMEOUT`": (
        ("errors.ERR_SOCKET_CONNECTION_TIMEOUT",),
        "Node 24 cannot raise it either: an address that is too slow is told as ETIMEDOUT, and then there is that.",
    ),
    "`getTicketKeys` and `setTicketKeys` of an `https.Server`": (
        (),
        "Python's `ssl` does not hand ticket keys out; both raise.",
    ),
}
LEFT_OUT = {path for paths, _ in OMITTED.values() for path in paths}


class Member(NamedTuple):
    """One name of Node's surface, and whether httpkit has it."""

    owner: str
    kind: str
    name: str
    is_there: bool

    @property
    def path(self) -> str:
        return f"{self.owner}.{self.name}"

    @property
    def is_deprecated(self) -> bool:
        return self.path in SURFACE["deprecated"]

    @property
    def is_left_out(self) -> bool:
        return self.path in LEFT_OUT


def members() -> list[Member]:
    """Every name of Node's public surface."""
    return [*_exports(), *asyncio.run(_of_classes()), *_names()]


def _exports() -> Iterator[Member]:
    for module, names in SURFACE["modules"].items():
        where = {"http": http, "https": https}[module]
        yield from (Member(module, "exports", name, hasattr(where, name)) for name in names)


async def _of_classes() -> list[Member]:
    # Looked at where they live.
    living = await _living()
    return [
        Member(owner, kind, name, _is_there(owner, kind, name, living[owner]))
        for owner, kinds in SURFACE["classes"].items()
        for kind, names in kinds.items()
        for name in names
    ]


def _names() -> Iterator[Member]:
    for owner, names in SURFACE["options"].items():
        yield from (Member(owner, "options", name, name in _OPTIONS[owner]) for name in names)
    for code in SURFACE["errors"]:
        yield Member("errors", "codes", code, code in _codes())
    for name in SURFACE["channels"]:
        yield Member("diagnostics", "channels", name, channel(name) in _published())


_OPTIONS: dict[str, Any] = {
    "Agent": option_names.AGENT_OPTIONS,
    "OutgoingMessage": {"highWaterMark", "rejectNonStandardBodyWrites"},
    "https.Agent": option_names.AGENT_OPTIONS,
    "http.request": option_names.REQUEST_OPTIONS,
    "http.createServer": server_options.RULES,
}


def _is_there(owner: str, kind: str, name: str, objects: tuple[Any, ...]) -> bool:
    if kind == "events":
        return name in _emitted(owner)
    if kind == "statics" and owner == "EventEmitter":
        return hasattr(events, name) or hasattr(http.EventEmitter, name)
    found = [getattr(each, SPELLED.get(name, name), _NOTHING) for each in objects]
    return all(each is not _NOTHING and (kind != "methods" or callable(each)) for each in found)


_NOTHING = object()


async def _living() -> dict[str, tuple[Any, ...]]:
    """Objects of each class: the two ends of an exchange, plain and over TLS."""
    plain = await _exchange(http, http.createServer())
    secure = await _exchange(https, https.createServer(LOCALHOST))
    server, req, res, sent, answer, pool = plain
    return {
        "Agent": (pool, secure[5]),
        "OutgoingMessage": (res, sent, http.OutgoingMessage()),
        "ServerResponse": (res, secure[2]),
        "ClientRequest": (sent, secure[3]),
        "IncomingMessage": (req, answer, secure[1], secure[4]),
        "Server": (server,),
        "https.Agent": (secure[5],),
        "https.Server": (secure[0],),
        "EventEmitter": (server, req, res, sent, pool),
        "Readable": (req, answer, Readable(), req.socket),
        "Writable": (Writable(), req.socket),
        "net.Server": (server, secure[0], NetServer()),
        "net.Socket": (req.socket, secure[1].socket),
    }


async def _exchange(module: Any, server: Any) -> tuple[Any, ...]:
    met: list[Any] = []

    def listener(req: Any, res: Any) -> None:
        met.extend([req, res])
        res.end("hi")

    server.on("request", listener).listen(0)
    pool = module.Agent(keepAlive=True, ca=CA)
    sent = module.get(port=server.address()["port"], agent=pool)
    answer = await sent
    await answer.bytes()
    server.close()
    pool.destroy()
    return (server, *met, sent, answer, pool)


@cache
def _source() -> str:
    return "\n".join(file.read_text() for file in (ROOT / "httpkit").glob("*.py"))


# Where the events of a class come from.
_EMITTERS = {
    "Agent": "agent",
    "OutgoingMessage": "outgoing pipe server_response client_request client_connection server_connection",
    "ServerResponse": "outgoing server_response server_connection",
    "ClientRequest": "outgoing client_request client_connection",
    "IncomingMessage": "incoming flow lifecycle server_connection client_connection",
    "Server": "server net_server server_connection",
    "https.Agent": "agent",
    "https.Server": "https server net_server server_connection",
    "EventEmitter": "events",
    "Readable": "flow lifecycle readable",
    "Writable": "writable lifecycle pipe",
    "net.Server": "net_server",
    "net.Socket": "net transport_stream dialing flow lifecycle client_connection",
}


@cache
def _emitted(owner: str) -> frozenset[str]:
    """The events that are named where those of `owner` come from, and that a scenario listens to, beside real Node."""
    texts = [(ROOT / "httpkit" / f"{name}.py").read_text() for name in _EMITTERS[owner].split()]
    named = {node.value for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    scenarios = "\n".join(file.read_text() for file in (ROOT / "tests" / "node" / "scenarios").glob("*.py"))
    words = frozenset(re.findall(r"\w+", scenarios))
    return frozenset(name for name in named if isinstance(name, str) and name in words)


@cache
def _codes() -> frozenset[str]:
    """The error codes that httpkit's source names, and those of the system."""
    return frozenset(code for code in SURFACE["errors"] if f'"{code}"' in _source() or hasattr(errno, code))


@cache
def _published() -> frozenset[Any]:
    """The diagnostics channels that httpkit publishes to."""
    return frozenset(
        value for name, value in vars(diagnostics).items() if name.isupper() and f"{name}.publish(" in _source()
    )


def page() -> str:
    """The table of what is there, in Markdown."""
    found = members()
    wanted = [each for each in found if not each.is_deprecated]
    there = [each for each in wanted if each.is_there and not each.is_left_out]
    lines = [
        "# What httpkit has of Node's `http`",
        "",
        f"Every public name of Node {SURFACE['version']}'s `http` and `https`, looked for on httpkit's modules,",
        "classes and living objects. Written by `python -m tests.node.surface`; a test fails when it is not true.",
        "",
        f"**{len(there)} of {len(wanted)}** names that are not deprecated are there.",
        "",
        "| left out | why |",
        "|---|---|",
        *(f"| {what} | {reason} |" for what, (_, reason) in OMITTED.items()),
        "",
        "| of | what | there | names |",
        "|---|---|---|---|",
    ]
    groups: dict[tuple[str, str], list[Member]] = {}
    for each in found:
        groups.setdefault((each.owner, each.kind), []).append(each)
    for (owner, kind), group in groups.items():
        counted = [each for each in group if not each.is_deprecated]
        share = f"{sum(each in there for each in counted)}/{len(counted)}"
        lines.append(f"| {owner} | {kind} | {share} | {', '.join(map(_shown, group))} |")
    return "\n".join(lines) + "\n"


def _shown(member: Member) -> str:
    name = f"`{member.name}`" if member.is_there and not member.is_left_out else f"~~`{member.name}`~~"
    return f"{name} (deprecated)" if member.is_deprecated else name


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page())
