"""What a WebSocket tells its listeners: MessageEvent, CloseEvent, ErrorEvent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .abort import Event
from .errors import wrong_type


class MessageEvent(Event):
    """A message: `data` (str or bytes), `origin`, `lastEventId`, `source`, `ports`; options also as keywords.

    Source: https://html.spec.whatwg.org/multipage/comms.html#messageevent
    """

    def __init__(self, name: str, init: Mapping[str, Any] | None = None, *, target: Any = None, **more: Any) -> None:
        super().__init__(name, target)
        given = {**(init or {}), **more}
        self.data = given.get("data")
        self.origin: str = given.get("origin", "")
        self.lastEventId: str = given.get("lastEventId", "")
        self.source = given.get("source")
        self.ports = tuple(given.get("ports", ()))

    def __repr__(self) -> str:
        return f"<MessageEvent {self.type} data={self.data!r}>"


class CloseEvent(Event):
    """The end of a connection: `wasClean`, `code` (0), `reason`. Raises ERR_INVALID_ARG_TYPE.

    Source: https://websockets.spec.whatwg.org/#the-closeevent-interface
    """

    def __init__(self, name: str, init: Mapping[str, Any] | None = None, *, target: Any = None, **more: Any) -> None:
        super().__init__(name, target)
        given = {**(init or {}), **more}
        self.wasClean = bool(given.get("wasClean", False))
        self.code = _code(given.get("code", 0))
        self.reason: str = given.get("reason", "")

    def __repr__(self) -> str:
        return f"<CloseEvent {self.type} code={self.code} reason={self.reason!r} wasClean={self.wasClean}>"


class ErrorEvent(Event):
    """A failure: `error` is the exception, `message` its text."""

    def __init__(self, name: str, error: BaseException, *, target: Any = None) -> None:
        super().__init__(name, target)
        self.error = error
        self.message = str(error)

    def __repr__(self) -> str:
        return f"<ErrorEvent {self.type} message={self.message!r}>"


def _code(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type("eventInitDict.code", "of type int", value)
    return value
