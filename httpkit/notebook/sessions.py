"""Sessions by name, for `--session NAME`, and the one whose cookies `%%http` keeps; they last as long as the kernel."""

from __future__ import annotations

from httpkit.session import Session

# REST Client remembers cookies unless a request says `# @no-cookie-jar`: the `.http` format's session has no name.
HTTP_FILES = ""

_sessions: dict[str, Session] = {}


def session(name: str = HTTP_FILES) -> Session:
    """The session of that name, a new one the first time."""
    return _sessions.setdefault(name, Session())


def forget_sessions() -> None:
    """Forget all sessions, with their cookies."""
    _sessions.clear()
