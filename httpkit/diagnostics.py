"""Node's diagnostics channels: who wants to hear of traffic subscribes, and nobody else pays for it.

Source: https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#built-in-channels
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Subscriber = Callable[[dict[str, Any], str], None]


class Channel:
    """A named channel; `publish` calls every subscriber with a message and the name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.subscribers: tuple[Subscriber, ...] = ()

    @property
    def hasSubscribers(self) -> bool:
        return bool(self.subscribers)

    def subscribe(self, subscriber: Subscriber) -> None:
        self.subscribers = (*self.subscribers, subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> bool:
        """Remove `subscriber`; True if it was there."""
        there = subscriber in self.subscribers
        self.subscribers = tuple(each for each in self.subscribers if each != subscriber)
        return there

    def publish(self, message: dict[str, Any]) -> None:
        for subscriber in self.subscribers:
            subscriber(message, self.name)


_channels: dict[str, Channel] = {}


def channel(name: str) -> Channel:
    """The channel called `name`, for example 'http.server.request.start'."""
    return _channels.setdefault(name, Channel(name))


CLIENT_REQUEST_CREATED = channel("http.client.request.created")
CLIENT_REQUEST_START = channel("http.client.request.start")
CLIENT_REQUEST_ERROR = channel("http.client.request.error")
CLIENT_RESPONSE_FINISH = channel("http.client.response.finish")
SERVER_REQUEST_START = channel("http.server.request.start")
SERVER_RESPONSE_CREATED = channel("http.server.response.created")
SERVER_RESPONSE_FINISH = channel("http.server.response.finish")
