"""An exchange as a row of the traffic inspector."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.messages import NO_RESPONSE, Phases, ReceivedResponse, SentRequest
from httpkit.payload import Payload
from httpkit.recorder import Entry
from httpkit.widgets.rows import row_of

SECRET = "S3CRETVALUE99"


def exchange(content_type: str = "text/plain") -> Exchange:
    return Exchange(
        SentRequest("GET", "http://h/a?b=1#c", (("Authorization", f"Bearer {SECRET}"),)),
        ReceivedResponse(200, "OK", "1.1", (("Content-Type", content_type),), Payload(b"hello")),
        Phases(queue=0.1, connect=1.0, send=0.5, wait=20.0, receive=2.0),
        datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_a_row() -> None:
    assert row_of(Entry(7, exchange())) == {
        "number": 7, "method": "GET", "url": "http://h/a?b=1", "status": 200, "state": "done", "error": "",
        "type": "text/plain", "size": 5, "time": 23.6, "phases": [0.1, 0, 1.0, 0, 0.5, 20.0, 2.0],
        "at": 1767225600000.0, "side": "client", "local": "", "remote": "", "isFresh": True,
    }  # fmt: skip


def test_states() -> None:
    cut = replace(exchange(), complete=False)
    assert row_of(Entry(1, cut))["state"] == "cut"
    assert row_of(Entry(1, cut, is_pending=True))["state"] == "pending"
    failed = row_of(Entry(1, cut, error=NodeError("no", "ECONNRESET")))
    assert (failed["state"], failed["error"]) == ("failed", "ECONNRESET")


def test_a_type_has_no_secret_in_lower_case_either() -> None:
    assert row_of(Entry(1, exchange(f"Text/{SECRET}; charset=utf-8")))["type"] == "text/••••••"


def test_the_time_of_what_waits_goes_on() -> None:
    waiting = replace(
        exchange(),
        response=NO_RESPONSE,
        phases=Phases(queue=0.1, connect=1.0, send=0.5),
        complete=False,
        started_at=datetime.now(UTC) - timedelta(seconds=9),
    )
    pending = row_of(Entry(1, waiting, is_pending=True))
    assert pending["time"] >= 8_999
    assert pending["phases"][5] >= 8_000
    assert row_of(Entry(1, waiting))["time"] == 1.6
