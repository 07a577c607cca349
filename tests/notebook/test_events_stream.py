"""Server-Sent Events as the HTML standard reads them, and how they are shown."""

from __future__ import annotations

import pytest

from httpkit import redact
from httpkit.notebook.events_stream import MAX_DATA, MAX_EVENTS, ServerEvent, events_html, events_text, parse_events
from httpkit.veil import Veil

from .test_html import HOSTILE, Tags


@pytest.mark.parametrize(
    ("text", "events"),
    [
        # The examples of the standard.
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [("message", "YHOO\n+2\n10", "")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [("message", "first event", "1"), ("message", "second event", ""), ("message", " third event", "")],
        ),
        ("data\n\ndata\ndata\n\ndata:", [("message", "", ""), ("message", "\n", "")]),
        ("data:test\n\ndata: test\n\n", [("message", "test", ""), ("message", "test", "")]),
        # Its rules.
        ("event: add\ndata: 1\n\ndata: 2\n\n", [("add", "1", ""), ("message", "2", "")]),
        ("id: 7\n\ndata: 1\n\n", [("message", "1", "7")]),
        ("id: a\0b\ndata: 1\n\n", [("message", "1", "")]),
        ("event: none\n\n\n\ndata: 1\n\n", [("message", "1", "")]),
        ("\ufeffdata: 1\n\n", [("message", "1", "")]),
        ("\ufeff\ufeffdata: 1\n\n", []),
        ("data: 1\r\n\r\ndata: 2\r\rdata: 3\n\r\n", [("message", "1", ""), ("message", "2", ""), ("message", "3", "")]),
        ("Data: 1\nunknown: 2\n data: 3\n\n", []),
        ("data: a:b\n\n", [("message", "a:b", "")]),
        ("data: line\u2028separator\x0b\n\n", [("message", "line\u2028separator\x0b", "")]),
        ("", []),
    ],
)
def test_events(text: str, events: list[tuple[str, str, str]]) -> None:
    assert [(event.event, event.data, event.id) for event in parse_events(text)] == events


@pytest.mark.parametrize(
    ("line", "retry"),
    [("retry: 3000", 3000), ("retry: 3s", None), ("retry:", None), ("retry: -1", None), ("retry: ٣", None)],
)
def test_the_time_to_wait(line: str, retry: int | None) -> None:
    assert parse_events(f"{line}\n\ndata: 1\n\n") == [ServerEvent("message", "1", "", retry)]


@pytest.mark.parametrize("pending", ["", "data: 2\n", "data: 2", "da", "id: 1\nda"])
def test_an_event_that_has_only_begun_is_kept_apart(pending: str) -> None:
    events = parse_events(f"data: 1\n\n{pending}")
    assert events == [ServerEvent("message", "1")]
    assert events.pending == pending


def test_a_stream_that_goes_on_gives_the_same_as_all_of_it() -> None:
    text = "id: 1\r\ndata: a\r\n\r\nevent: x\r\ndata: b\r\ndata: c\r\n\r\n"
    whole = parse_events(text)
    for cut in range(len(text)):
        assert parse_events(text[:cut]) == whole[: len(parse_events(text[:cut]))]


STREAM = 'id: 1\nevent: price\ndata: {"up": true, "by": 1.5}\n\ndata: two\ndata: lines\n\ndata: begun'


def test_events_as_html() -> None:
    events = parse_events(STREAM)
    shown = Tags(events_html(events, len(events)))
    assert shown.words == (
        '2 events Id Event Data 1 price { "up" : true , "by" : 1.5 } 1 message two lines One more event has begun.'
    )
    assert '<span class="httpkit-word">true</span>' in events_html(events)


def test_events_as_text() -> None:
    assert events_text(parse_events(STREAM)) == (
        '2 events\nprice 1: {"up": true, "by": 1.5}\nmessage 1: two\n  lines\nOne more event has begun.'
    )
    assert events_text([]) == "No events yet"


def test_the_last_ones_are_shown_and_all_are_counted() -> None:
    events = [ServerEvent("message", f"data {number}") for number in range(80)]
    shown = Tags(events_html(events, 1080)).words
    assert shown.startswith(f"Events: the last {MAX_EVENTS} of 1,080 ")
    assert "data 29 " not in shown
    assert "data 30 " in shown
    assert events_text(events).startswith(f"Events: the last {MAX_EVENTS} of 80\nmessage: data 30\n")


def test_long_data_is_capped() -> None:
    event = ServerEvent("message", "x" * (MAX_DATA + 1234))
    for shown in (Tags(events_html([event])).text, events_text([event])):
        assert "… 1,234 more characters" in shown
        assert shown.count("x") == MAX_DATA


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_the_wire_becomes_markup(text: str) -> None:
    shown = Tags(events_html([ServerEvent(text, text, text)]))
    assert not {"script", "img", "iframe", "svg"} & set(shown.tags)
    assert not [name for name in shown.attributes if name.startswith("on")]


def test_nothing_from_the_wire_acts_on_a_terminal() -> None:
    assert "\x1b" not in events_text([ServerEvent("\x1b[2J", "\x1b[2J", "\x1b[2J")])


def test_a_secret_on_two_lines_of_data_is_hidden() -> None:
    events = parse_events('data: {"password":\ndata: "hunter2"}\n\nevent: abcdefgh\ndata: 1\n\n')
    for shown in (
        events_html(events, veil=Veil(frozenset({"abcdefgh"}))),
        events_text(events, veil=Veil(frozenset({"abcdefgh"}))),
    ):
        assert "hunter2" not in shown
        assert "abcdefgh" not in shown
        assert redact.HIDDEN in shown
    assert "hunter2" in events_html(events, veil=Veil(reveal=True))
    assert "hunter2" in events_text(events, veil=Veil(reveal=True))
