"""Server-Sent Events: what a stream of `text/event-stream` says, event by event.

Source: the HTML standard, https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from httpkit.veil import Veil

from .highlight import highlighted
from .html import Html, escaped, join, table, tag, visible

# Events that are shown, the last ones, and characters of the data of each.
MAX_EVENTS = 50
MAX_DATA = 2_000

_LINE_END = re.compile(r"\r\n|\n|\r")


class ServerEvent(NamedTuple):
    """An event: its type, its data, and what holds since then: the last id, and ms to wait before a reconnection."""

    event: str
    data: str
    id: str = ""
    retry: int | None = None


class Events(list[ServerEvent]):
    """The events that are complete; `pending` is the text of one that has only begun."""

    def __init__(self, events: Sequence[ServerEvent] = (), pending: str = "") -> None:
        super().__init__(events)
        self.pending = pending


class _Reading:
    """What is known while a stream is read, field by field."""

    def __init__(self) -> None:
        self.event, self.data, self.id = "", list[str](), ""
        self.retry: int | None = None

    def take(self, line: str) -> None:
        """A line is `field: value`; one with a colon first is a comment, an unknown field says nothing."""
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.event = value
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and re.fullmatch("[0-9]{1,15}", value):
            self.retry = int(value)

    def dispatch(self) -> ServerEvent | None:
        """The event that an empty line ends; None where it has no data."""
        event = ServerEvent(self.event or "message", "\n".join(self.data), self.id, self.retry) if self.data else None
        self.event, self.data = "", []
        return event


def parse_events(text: str) -> Events:
    """The events of a stream, or of as much of it as there is."""
    reading, events, begin, at = _Reading(), Events(), 0, 0
    text = text.removeprefix("\ufeff")
    for found in _LINE_END.finditer(text):
        line, at = text[at : found.start()], found.end()
        if line:
            reading.take(line)
            continue
        event, begin = reading.dispatch(), at
        if event is not None:
            events.append(event)
    events.pending = text[begin:]
    return events


# --- shown


def events_html(
    events: Sequence[ServerEvent],
    total: int | None = None,
    veil: Veil | None = None,
) -> Html:
    """The last events as a table; `total` is how many there were, where `events` are not all."""
    shown = [_without_secrets(event, veil or Veil()) for event in events[-MAX_EVENTS:]]
    rows = ((event.id or tag("span", "–", class_="httpkit-dim"), event.event, _data(event.data)) for event in shown)
    whole = table(_caption(len(shown), total or len(events)), ("Id", "Event", "Data"), rows, class_="httpkit-events")
    pending = getattr(events, "pending", "").strip()
    return join((whole, tag("p", "One more event has begun.", class_="httpkit-note") if pending else ""))


def _caption(shown: int, total: int) -> str:
    if total > shown:
        return f"Events: the last {shown} of {total:,}"
    return f"{total} event{'' if total == 1 else 's'}" if total else "No events yet"


def _without_secrets(event: ServerEvent, veil: Veil) -> ServerEvent:
    """Lines of data that were apart on the wire are one text now, and may make a secret."""
    name, last_id = veil.text(event.event), veil.text(event.id)
    return event._replace(event=name, data=_data_without_secrets(event.data, veil), id=last_id)


def _data_without_secrets(data: str, veil: Veil) -> str:
    if data.lstrip()[:1] not in {"{", "["} or _is_json(data):
        return veil.body(data, "")
    # What names a secret may go on in the next event.
    return veil.text(veil.cut(data))


def _data(data: str) -> Html:
    text = data[:MAX_DATA]
    shown = highlighted(text, "application/json") if _is_json(data) else escaped(text)
    more = tag("small", f" … {len(data) - MAX_DATA:,} more characters") if len(data) > MAX_DATA else ""
    return tag("code", shown, more)


def _is_json(data: str) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def events_text(
    events: Sequence[ServerEvent],
    total: int | None = None,
    veil: Veil | None = None,
) -> str:
    """The last events for a terminal."""
    shown = [_without_secrets(event, veil or Veil()) for event in events[-MAX_EVENTS:]]
    lines = [_caption(len(shown), total or len(events)), *map(_line, shown)]
    if getattr(events, "pending", "").strip():
        lines.append("One more event has begun.")
    return "\n".join(lines)


def _line(event: ServerEvent) -> str:
    more = f" … {len(event.data) - MAX_DATA:,} more characters" if len(event.data) > MAX_DATA else ""
    name = f"{event.event} {event.id}".rstrip()
    data = visible(event.data[:MAX_DATA]).replace("\n", "\n  ")
    return f"{visible(name)}: {data}{more}"
