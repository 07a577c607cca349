"""What a person got wrong, or what went wrong out there, in one line and without a traceback."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from httpkit.errors import NodeError

from . import redact


class Mistake(Exception):
    """The message says what was got, what was expected and what to do; it is all that a notebook shows."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def _where(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _refused(error: NodeError, url: str) -> str:
    port = urlsplit(url).port or (443 if url[:6].lower() == "https:" else 80)
    return (
        f"Nothing listens on {_where(url)} (connection refused). Start a server there, as %%serve {port} does, "
        "or check the port."
    )


def _not_found(error: NodeError, url: str) -> str:
    return f"No host is called {urlsplit(url).hostname} (name not found). Check the spelling, and the network."


def _too_slow(error: NodeError, url: str) -> str:
    return (
        f"{_where(url)} has not answered in time. If it is your server, does its handler call res.end()? "
        "To wait longer, add --timeout SECONDS."
    )


def _hung_up(error: NodeError, url: str) -> str:
    return f"{_where(url)} closed the connection before its answer was complete ({error.message}). Try again."


def _not_http(error: NodeError, url: str) -> str:
    reason = getattr(error, "reason", "") or error.message
    return f"What {_where(url)} answered is not HTTP ({reason}). Is it an HTTP server, and is this its port?"


def _untrusted(error: NodeError, url: str) -> str:
    return (
        f"{_where(url)} did not prove who it is ({error.message.rstrip('.')}). If it is yours, trust its certificate "
        "in code: http.send(…, agent=http.https.Agent(ca=PEM))."
    )


def _no_tls(error: NodeError, url: str) -> str:
    return (
        f"{_where(url)} does not speak TLS as it should ({error.message.rstrip('.')}). Does its URL begin with http://?"
    )


def _bad_url(error: NodeError, url: str) -> str:
    return (
        f"{redact.text(url)} is not a URL. Expected something like :3000/path, localhost:3000/path or http://host/path."
    )


_EXPLAINED: dict[str, Callable[[NodeError, str], str]] = {
    "ECONNREFUSED": _refused,
    "ENOTFOUND": _not_found,
    "EAI_AGAIN": _not_found,
    "ETIMEDOUT": _too_slow,
    "ECONNRESET": _hung_up,
    "EPIPE": _hung_up,
    "ERR_INVALID_URL": _bad_url,
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


def failed_request(error: NodeError, url: str) -> Mistake:
    """Why a request to `url` came to nothing."""
    code = getattr(error, "code", "")
    explain = _not_http if code.startswith("HPE_") else _EXPLAINED.get(code)
    return Mistake(explain(error, url) if explain else f"{error.message} ({code})")
