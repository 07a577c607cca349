"""An Agent's sockets as they are at one moment: those in use, those that wait for the next request, and who waits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from httpkit.agent import Agent, Options
from httpkit.client_request import ClientRequest
from httpkit.messages import NO_RESPONSE, SentRequest
from httpkit.net import Socket
from httpkit.notebook.html import visible
from httpkit.tls import TLSSocket
from httpkit.veil import Veil

from .live import Message

_LIMITS = ("maxSockets", "maxFreeSockets", "maxTotalSockets")


class Pool:
    """Looks at an agent, on whose loop it is called; what it counts it counts from when it was made."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._numbers: WeakKeyDictionary[Socket, int] = WeakKeyDictionary()
        self._next = count(1)
        self._carried: WeakKeyDictionary[Socket, int] = WeakKeyDictionary()
        self._most = {"busy": 0, "free": 0, "waiting": 0}

    def carried(self, socket: Socket, *_: Any) -> None:
        """A listener for the agent's 'free': `socket` has carried one more request."""
        self._carried[socket] = self._carried.get(socket, 0) + 1

    def look(self) -> Message:
        """What there is now, and the most there was of each."""
        agent = self._agent
        pools: dict[str, dict[str, list[Any]]] = {
            "busy": agent.sockets,
            "free": agent.freeSockets,
            "waiting": agent.requests,
        }
        names = list(dict.fromkeys(name for pool in pools.values() for name in pool))
        places = _numbered(map(self._place, names))
        now = {kind: sum(map(len, pool.values())) for kind, pool in pools.items()}
        self._most = {kind: max(most, now[kind]) for kind, most in self._most.items()}
        return {
            "origins": [self._origin(name, place) for name, place in zip(names, places, strict=True)],
            "now": now,
            "most": self._most,
            "limits": {
                name: _limit(getattr(agent, name)) for name in ("maxSockets", "maxFreeSockets", "maxTotalSockets")
            },
            "keepAlive": agent.keepAlive,
            "scheduling": agent.scheduling,
        }

    def _place(self, name: str) -> str:
        """Host and port of an origin. Its name is not shown: over TLS it holds all that sockets share, also the key."""
        agent = self._agent
        if getattr(agent.getName, "__func__", None) is Agent.getName:
            return name.rstrip(":")
        options = next(self._options(name), None)
        return Agent.getName(agent, options).rstrip(":") if options is not None else "another origin"

    def _options(self, name: str) -> Iterator[Options]:
        """What is known of how to connect with an origin."""
        agent = self._agent
        sockets = [*agent.sockets.get(name, ()), *agent.freeSockets.get(name, ())]
        yield from (request._agent_options for request in agent.requests.get(name, ()) if request._agent_options)
        yield from (dict(socket._wanted) for socket in sockets if isinstance(socket, TLSSocket))

    def _origin(self, name: str, place: str) -> Message:
        agent = self._agent
        sockets = [*self._sockets(agent.sockets, name, "busy"), *self._sockets(agent.freeSockets, name, "free")]
        return {
            "name": visible(place),
            "sockets": sorted(sockets, key=lambda socket: socket["number"]),
            "waiting": [_asked(request) for request in agent.requests.get(name, ())],
        }

    def _sockets(self, pool: dict[str, list[Socket]], name: str, kind: str) -> Iterator[Message]:
        for socket in pool.get(name, ()):
            request = socket._httpMessage
            yield {
                "number": self._number(socket),
                "kind": kind,
                "port": socket.localPort or 0,
                "asked": _asked(request) if kind == "busy" and request is not None else "",
                "carried": self._carried.get(socket, 0),
            }

    def _number(self, socket: Socket) -> int:
        if socket not in self._numbers:
            self._numbers[socket] = next(self._next)
        return self._numbers[socket]


def _limit(value: float) -> int | None:
    return None if math.isinf(value) else int(value)


def _numbered(places: Iterable[str]) -> Iterator[str]:
    """Places, those that were there before with a number: one origin may be asked with different certificates."""
    seen: Counter[str] = Counter()
    for place in places:
        seen[place] += 1
        yield place if seen[place] == 1 else f"{place} ({seen[place]})"


def _asked(request: ClientRequest) -> str:
    """The request line, without secrets, also those that only its headers tell to be some."""
    # A path that begins with // looks like the rest of a URL, and may have a password as one has.
    scheme = "http:" if request.path.startswith("//") else ""
    url = f"{scheme}{request.path}"
    veil = Veil.of([(SentRequest(request.method, url, tuple(_headers_of(request))), NO_RESPONSE)])
    return visible(f"{veil.text(request.method)} {veil.url(url).removeprefix(scheme)}")


def _headers_of(request: ClientRequest) -> Iterator[tuple[str, str]]:
    """The headers that were set, and those of the head once there is one, which alone has them if they were a list."""
    for name, value in request.getHeaders().items():
        yield from ((name, str(each)) for each in (value if isinstance(value, (list, tuple)) else [value]))
    for line in (request._head or b"").decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        yield name, value.strip()
