"""An Agent's sockets as they are at one moment: those in use, those that wait for the next request, and who waits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from httpkit import redact
from httpkit.agent import Agent
from httpkit.client_request import ClientRequest
from httpkit.net import Socket
from httpkit.notebook.html import visible
from httpkit.notebook.urls import target_of

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
        names = dict.fromkeys(name for pool in pools.values() for name in pool)
        now = {kind: sum(map(len, pool.values())) for kind, pool in pools.items()}
        self._most = {kind: max(most, now[kind]) for kind, most in self._most.items()}
        return {
            "origins": [self._origin(name) for name in names],
            "now": now,
            "most": self._most,
            "limits": {
                name: _limit(getattr(agent, name)) for name in ("maxSockets", "maxFreeSockets", "maxTotalSockets")
            },
            "keepAlive": agent.keepAlive,
            "scheduling": agent.scheduling,
        }

    def _origin(self, name: str) -> Message:
        agent = self._agent
        sockets = [*self._sockets(agent.sockets, name, "busy"), *self._sockets(agent.freeSockets, name, "free")]
        return {
            "name": visible(name.rstrip(":")),
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


def _asked(request: ClientRequest) -> str:
    """The request line, without secrets."""
    return visible(f"{request.method} {target_of(redact.url(f'http://host{request.path}'))}")
