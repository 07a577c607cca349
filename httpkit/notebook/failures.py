"""A request that came to nothing: what happened, at which step, and what to try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple
from urllib.parse import urlsplit

from httpkit import redact
from httpkit.dialing import ip_version
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.veil import Veil

from .mistakes import Mistake
from .shown import Shown


class Outcome(Enum):
    """How far a step came."""

    DONE = "done"
    FAILED = "failed"
    NOT_REACHED = "not reached"


class Step(NamedTuple):
    """A step on the way to an answer; `time` in ms where it is known."""

    name: str
    outcome: Outcome
    time: float | None = None


class Cause(NamedTuple):
    """What happened in a sentence, what to try, and the phase it happened in, '' for the one that was on."""

    happened: str
    advice: str
    phase: str = ""


# The steps of a request: phase, what it is called.
_STEPS = (
    ("dns", "look up the name"),
    ("connect", "connect"),
    ("tls", "agree on TLS"),
    ("send", "send the request"),
    ("wait", "wait for the answer"),
    ("receive", "read the answer"),
)


@dataclass(frozen=True)
class Failed(Shown):
    """A failed request: `method`, `url` without its secrets, `code` as Node has it."""

    method: str
    url: str
    code: str
    cause: Cause
    steps: tuple[Step, ...]
    # What had come of an answer, where some had.
    exchange: Exchange | None = None


class Failure(Mistake):
    """What a notebook shows as a card: `failed` says what happened."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(f"{failed.cause.happened} {failed.cause.advice}")
        self.failed = failed


def failure(error: NodeError, method: str, url: str) -> Failure:
    """The failure of a request to `url`, with what there was of an exchange."""
    exchange = error.exchange if isinstance(error.exchange, Exchange) else None
    if exchange is not None:
        # The one that failed may be where a redirect led.
        method, url = exchange.request.method, exchange.request.url
    code = getattr(error, "code", "")
    veil = exchange.veil if exchange is not None else Veil()
    happened, advice, phase = _cause(error, code, url)
    cause = Cause(veil.text(happened), veil.text(advice), phase)
    partial = replace(exchange, complete=False) if exchange is not None and exchange.status else None
    return Failure(Failed(method, veil.url(url), code, cause, _steps(exchange, cause, url), partial))


def _cause(error: NodeError, code: str, url: str) -> Cause:
    explain = _not_http if code.startswith("HPE_") else _EXPLAINED.get(code)
    if explain is not None:
        return explain(error, url)
    return Cause(f"{redact.text(error.message).rstrip('.')} ({code}).", "")


def _steps(exchange: Exchange | None, cause: Cause, url: str) -> tuple[Step, ...]:
    if exchange is None:
        return ()
    parts = urlsplit(url)
    steps = [(phase, name) for phase, name in _STEPS if phase != "tls" or parts.scheme == "https"]
    if exchange.socket.reused or ip_version(parts.hostname or ""):
        steps = [step for step in steps if step[0] != "dns"]
    times = [getattr(exchange.phases, phase) for phase, _ in steps]
    failed = _failed_at([phase for phase, _ in steps], times, cause.phase)
    return tuple(
        Step(name, _outcome(at, failed), time if at < failed else None)
        for at, ((_, name), time) in enumerate(zip(steps, times, strict=True))
    )


def _failed_at(phases: list[str], times: list[float | None], blamed: str) -> int:
    if blamed in phases:
        return phases.index(blamed)
    last = max((at for at, time in enumerate(times) if time is not None), default=-1)
    return min(last + 1, len(phases) - 1)


def _outcome(at: int, failed: int) -> Outcome:
    return Outcome.DONE if at < failed else Outcome.FAILED if at == failed else Outcome.NOT_REACHED


# --- causes


def _where(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _port(url: str) -> int:
    return urlsplit(url).port or (443 if url[:6].lower() == "https:" else 80)


def _refused(error: NodeError, url: str) -> Cause:
    port = getattr(error, "port", None)
    if port is not None and port != _port(url):
        # The request names one place, and the connection went to another.
        return Cause(f"The proxy on port {port} cannot be reached (connection refused).", "Check --proxy.", "connect")
    host = urlsplit(url).hostname or ""
    is_here = host == "localhost" or host.startswith("127.") or host == "::1"
    advice = (
        f"Start a server there, as %%serve {_port(url)} does, or check the port."
        if is_here
        else ("Is the server running, and is this its port?")
    )
    return Cause(f"Nothing listens on {_where(url)} (connection refused).", advice, "connect")


def _not_found(error: NodeError, url: str) -> Cause:
    return Cause(
        f"No host is called {urlsplit(url).hostname} (name not found).", "Check the spelling, and the network.", "dns"
    )


def _unreachable(error: NodeError, url: str) -> Cause:
    return Cause(
        f"There is no way to {_where(url)} ({error.message}).", "Check the address, and the network.", "connect"
    )


def _too_slow(error: NodeError, url: str) -> Cause:
    advice = (
        "If it is your server, does its handler call res.end()? To wait longer, add --timeout SECONDS."
        if "event loop is busy" not in error.message
        else "A handler blocks the event loop. What takes long belongs into `await asyncio.to_thread(...)`."
    )
    return Cause(f"{_where(url)} has not answered in time.", advice)


def _hung_up(error: NodeError, url: str) -> Cause:
    return Cause(
        f"{_where(url)} closed the connection before its answer was complete ({error.message}).",
        "Try again; if it happens each time, look at what the server logs, and whether it wants https://.",
    )


def _not_http(error: NodeError, url: str) -> Cause:
    reason = getattr(error, "reason", "") or error.message
    return Cause(
        f"What {_where(url)} answered is not HTTP ({reason}).", "Is it an HTTP server, and is this its port?", "receive"
    )


def _untrusted(error: NodeError, url: str) -> Cause:
    advice = "If it is yours, trust its certificate with --verify FILE.pem, or nobody's with --verify no."
    if getattr(error, "code", "") == "ERR_TLS_CERT_ALTNAME_INVALID":
        advice = "Its certificate is for another name: ask for it by that one, say localhost in place of 127.0.0.1."
    return Cause(f"{_where(url)} did not prove who it is ({error.message.rstrip('.: ')}).", advice, "tls")


def _no_tls(error: NodeError, url: str) -> Cause:
    reason = error.message.partition(" (the peer")[0].rstrip(".")
    return Cause(
        f"{_where(url)} does not speak TLS as it should ({reason}).", "Does its URL begin with http://?", "tls"
    )


def _bad_url(error: NodeError, url: str) -> Cause:
    return Cause(
        f"{redact.url(url)} is not a URL.",
        "Expected something like :3000/path, localhost:3000/path or http://host/path.",
    )


def _circle(error: NodeError, url: str) -> Cause:
    return Cause(f"{redact.text(error.message).rstrip('.')}.", "--max-redirects N allows more.", "receive")


_EXPLAINED: dict[str, Callable[[NodeError, str], Cause]] = {
    "ECONNREFUSED": _refused,
    "ENOTFOUND": _not_found,
    "EAI_AGAIN": _not_found,
    "EHOSTUNREACH": _unreachable,
    "ENETUNREACH": _unreachable,
    "ETIMEDOUT": _too_slow,
    "ECONNRESET": _hung_up,
    "EPIPE": _hung_up,
    "ERR_INVALID_URL": _bad_url,
    "ERR_TOO_MANY_REDIRECTS": _circle,
    "CERT_HAS_EXPIRED": _untrusted,
    "CERT_NOT_YET_VALID": _untrusted,
    "DEPTH_ZERO_SELF_SIGNED_CERT": _untrusted,
    "SELF_SIGNED_CERT_IN_CHAIN": _untrusted,
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY": _untrusted,
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE": _untrusted,
    "ERR_TLS_CERT_ALTNAME_INVALID": _untrusted,
    "ERR_SSL_WRONG_VERSION_NUMBER": _no_tls,
    "EPROTO": _no_tls,
}
