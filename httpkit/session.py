"""Session: what is remembered from one request to the next, cookies and the headers that go with each."""

from __future__ import annotations

from collections.abc import Mapping

from .cookies import Cookies


class Session:
    """Cookies, and `headers` that go with every request which has none of that name."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self.cookies = Cookies()
        self.headers = dict(headers or {})

    def __repr__(self) -> str:
        return f"<Session {len(self.cookies)} cookies, {len(self.headers)} headers>"
