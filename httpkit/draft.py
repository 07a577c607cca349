"""Draft: a request that has not been sent yet, and how it is to be sent.

Whatever a request is written in (HTTPie's items, the `.http` format, curl, HAR, code) becomes a draft, and a draft is
sent, shown or written in any of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from .agent import Agent
from .messages import Pairs, plain, without_secrets
from .payload import Payload
from .session import Session

MAX_REDIRECTS = 20
# How long, in ms, the notebook kit lets nothing come where nothing else is said.
IDLE = 30_000


@dataclass(frozen=True)
class Delivery:
    """How a request is sent.

    `timeout` in ms for the whole, `idle` in ms for which nothing may come; 0 is for none. `follow` redirects, at most
    `max_redirects`. `verify`: whom to trust over TLS, False for everybody, a path for the certificates in that PEM
    file. `cert`: paths of a client certificate and its key. `proxy`: the URL of one, '' for none, None for what the
    global agent does. `session` remembers cookies. `agent`: the sockets to use, whose options then count. `download`:
    the file the response's body goes to.
    """

    timeout: float = 0
    idle: float = 0
    follow: bool = False
    max_redirects: int = MAX_REDIRECTS
    verify: bool | str = True
    cert: tuple[str, str] | None = None
    proxy: str | None = None
    session: Session | None = None
    agent: Agent | None = None
    download: Path | None = None

    def __repr__(self) -> str:
        # The URL of a proxy may have a password.
        given = [name for name, value in vars(self).items() if value != getattr(Delivery, name)]
        return f"<Delivery {', '.join(given) or 'as ever'}>"


@dataclass(frozen=True)
class Draft:
    """A request to be sent: `raw_headers` are (name, value) pairs, without those that are added by themselves."""

    method: str
    url: str
    raw_headers: Pairs = ()
    payload: Payload = field(default_factory=Payload)
    delivery: Delivery = field(default_factory=Delivery)
    # What the `.http` format calls it.
    name: str = ""

    def __repr__(self) -> str:
        return f"<Draft {plain(self.method)} {without_secrets(self.url)}, {self.payload.size} bytes>"

    def header(self, name: str) -> str | None:
        """The first value of a header, in whatever case."""
        return next((value for each, value in self.raw_headers if each.lower() == name.lower()), None)

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> Self:
        """The same with other headers: those of a name that is given take the place of those of that name."""
        given = tuple(headers)
        names = {name.lower() for name, _ in given}
        kept = tuple((name, value) for name, value in self.raw_headers if name.lower() not in names)
        return replace(self, raw_headers=kept + given)

    def with_defaults(self, headers: Iterable[tuple[str, str]]) -> Self:
        """The same with `headers` in front, where it has none of that name."""
        names = {name.lower() for name, _ in self.raw_headers}
        added = tuple((name, value) for name, value in headers if name.lower() not in names)
        return replace(self, raw_headers=added + self.raw_headers)

    def without(self, *names: str) -> Self:
        """The same without some headers."""
        dropped = {name.lower() for name in names}
        return replace(self, raw_headers=tuple(pair for pair in self.raw_headers if pair[0].lower() not in dropped))

    def delivered(self, **options: Any) -> Self:
        """The same, to be sent in another way: the fields of `Delivery`."""
        return replace(self, delivery=replace(self.delivery, **options))
