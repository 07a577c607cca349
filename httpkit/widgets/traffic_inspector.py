"""TrafficInspector: all that this program sends and serves while it does, like the Network panel of a browser."""

from __future__ import annotations

import concurrent.futures
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from traitlets import Bool, Enum, Int, Unicode

from httpkit import har, redact
from httpkit.archive import Archive, read_har
from httpkit.decoding import decoded_head
from httpkit.draft import IDLE
from httpkit.exchange import Exchange, Sending
from httpkit.notebook.html import Html, tag, visible
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.recording import Traffic, exchanges_of, matches, matching, open_har, recorder, save_entries
from httpkit.notebook.views import code, exchange, sides, traffic, wire
from httpkit.payload import Payload
from httpkit.recorder import Entry, Recorder

from .live import Live, Message
from .rows import row_of
from .ticker import Ticker

# ms between two updates of the views.
_INTERVAL = 125
# Rows of one message: a view that opens asks for as many at a time.
_AT_A_TIME = 1_000
# Bytes of a body that a search looks at.
_SEARCHED = 1_000_000

_TABS: dict[str, Callable[[Exchange, Entry], Html]] = {
    "headers": lambda seen, entry: exchange.headers(seen, pending=entry.is_pending, error=entry.error),
    "body": lambda seen, entry: exchange.bodies(seen, pending=entry.is_pending),
    "timing": lambda seen, entry: exchange.timing(seen, pending=entry.is_pending),
    "wire": lambda seen, entry: wire.html(seen),
    "code": lambda seen, entry: code.html(seen),
}
SIDES = "sides"


class TrafficInspector(Live):
    """What a recorder keeps, as a table or as the connections it went over; each exchange opens to its details.

    Without a `recorder` it is the notebook's, which hears of everything. Its exchanges are in `entries`, the chosen one
    is `exchange`.

    Traits: `filter`, words as %traffic takes them (`POST 4xx /path`, `client`, `server`, `errors`); `deep`, whether
    these words may stand in headers and bodies, too; `sort`, a column, with `-` for the other way round; `selected`,
    a number or 0; `tab` and `view`, what is open; `paused`, whether the views stand still.
    """

    LABEL = "Traffic"

    filter = Unicode("", help="Words of a method, a URL, a status; client, server, errors, 4xx").tag(sync=True)
    deep = Bool(False, help="Whether the words may stand in headers and bodies, too").tag(sync=True)
    sort = Unicode("number", help="number, method, url, status, type, size or time; -time for the longest first").tag(
        sync=True
    )
    selected = Int(0, help="The number of the exchange whose details are shown; 0 for none").tag(sync=True)
    tab = Enum([*_TABS, SIDES], "headers", help="Which details are shown").tag(sync=True)
    view = Enum(["table", "lanes"], "table", help="A table, or connections over time").tag(sync=True)
    paused = Bool(False, help="Whether the views stand still while traffic goes on").tag(sync=True)
    height = Int(300, help="Height of the table in CSS pixels").tag(sync=True)

    def __init__(self, recorder: Recorder = recorder, **traits: Any) -> None:
        self.recorder = recorder
        # The numbers of what has changed since the views were told.
        self._changed: set[int] = set()
        self._ticker: Ticker | None = None
        recorder.start()
        super().__init__(**traits)
        self.observe(lambda _: self._wake(), "paused")

    # --- from Python

    @property
    def entries(self) -> Traffic:
        """What the filter lets through."""
        return Traffic(self._filtered())

    @property
    def exchange(self) -> Exchange | None:
        """The exchange whose details are shown."""
        entry = self.recorder.entry(self.selected)
        return entry.exchange if entry is not None else None

    def clear(self) -> None:
        """Forget all that was recorded."""
        self.recorder.clear()
        self.selected = 0

    def save_har(self, path: str | Path, *, reveal: bool = False) -> Path:
        """Save what the filter lets through as a HAR file, without its secrets unless `reveal`. Raises Mistake."""
        return save_entries(path, self._filtered(), reveal=reveal)

    def open_har(self, path: str | Path) -> int:
        """Add the exchanges of a HAR file to what was recorded; gives how many. Raises Mistake."""
        return self._add(open_har(path))

    def replay(self, number: int) -> Exchange:
        """Send a request once more. Raises Mistake where there is none of that number, and what `send` raises."""
        return self._sending(number).result()

    def to_html(self) -> str:
        return traffic.html(self.entries)

    def to_text(self) -> str:
        return traffic.text(self.entries)

    def _add(self, archive: Archive) -> int:
        for each in archive:
            self.recorder.add(each)
        return len(archive)

    def _filtered(self) -> list[Entry]:
        entries = self.recorder.entries
        return [each for each in entries if _says(each, self.filter)] if self.deep else matching(entries, self.filter)

    def _entry(self, number: int) -> Entry:
        entry = self.recorder.entry(number)
        if entry is None:
            raise Mistake(f"Exchange {number} is not kept any more.")
        return entry

    def _sending(self, number: int) -> Sending:
        asked = self._entry(number).exchange._asked()
        return Sending(asked.delivered(download=None, idle=IDLE))

    # --- what views are told

    def _snapshot(self) -> Message:
        numbers = self.recorder.numbers
        return {"first": numbers.start, "last": numbers.stop - 1}

    def _start(self) -> Iterable[Callable[[], Any]]:
        self._ticker = ticker = Ticker(self._tell_changes, _INTERVAL).start()
        yield ticker.stop
        yield self.recorder.on_change(self._note)

    def _stop(self) -> None:
        self._ticker = None
        self._changed.clear()

    def _note(self, number: int) -> None:
        self._changed.add(number)
        self._wake()

    def _wake(self) -> None:
        if self._ticker is not None:
            self._ticker.wake()

    def _tell_changes(self) -> bool:
        """Tell the views what has changed; True where more is going to."""
        if self.paused:
            self.tell("waiting", count=len(self._changed), first=self.recorder.numbers.start)
            return False
        changed = self._changed | self.recorder.pending
        # Numbers that are noted meanwhile stay for the next time.
        self._changed -= changed
        rows = self._rows(sorted(changed))
        first = self.recorder.numbers.start
        for start in range(0, len(rows) or 1, _AT_A_TIME):
            self.tell("rows", rows=rows[start : start + _AT_A_TIME], first=first)
        return bool(self.recorder.pending)

    def _rows(self, numbers: Iterable[int]) -> list[Message]:
        return [row_of(entry) for number in numbers if (entry := self.recorder.entry(number)) is not None]

    # --- what views ask for

    def _do_rows(self, before: int) -> Message:
        numbers = self.recorder.numbers
        wanted = range(max(numbers.start, before - _AT_A_TIME), min(before, numbers.stop))
        return {"rows": self._rows(wanted), "first": numbers.start}

    def _do_detail(self, number: int, tab: str, side: str) -> Message:
        entry = self._entry(number)
        if tab == SIDES:
            return {"html": sides.html(entry)}
        seen = entry.served if side == "server" and entry.served is not None else entry.exchange
        return {"html": _TABS[tab](seen, entry) or tag("p", "There is nothing to show.")}

    def _do_search(self, words: str) -> Message:
        return {"numbers": [entry.number for entry in self.recorder.entries if _says(entry, words)]}

    def _do_clear(self) -> None:
        self.clear()

    def _do_har(self, numbers: list[int]) -> str:
        entries = [entry for number in numbers if (entry := self.recorder.entry(number)) is not None]
        if not entries:
            raise Mistake("There is nothing to save.")
        return json.dumps(har.document(exchanges_of(entries)), indent=1)

    def _do_open_har(self, data: bytes) -> Message:
        archive = read_har(data)
        return {"count": self._add(archive), "skipped": [visible(redact.text(str(each))) for each in archive.skipped]}

    def _do_replay(self, number: int) -> concurrent.futures.Future[int]:
        sending = self._sending(number)
        last = self.recorder.numbers.stop

        async def run() -> int:
            await sending.run()
            url = sending.draft.url
            news = [self.recorder.entry(each) for each in range(last, self.recorder.numbers.stop)]
            return next((each.number for each in news if each is not None and each.exchange.request.url == url), 0)

        return sending.home.start(run())


def _says(entry: Entry, words: str) -> bool:
    """Whether each of `words` is right for an exchange, or stands somewhere in its messages."""
    exchange = entry.exchange
    pairs = (*exchange.request.raw_headers, *exchange.response.raw_headers)
    texts = [f"{name}: {value}".lower() for name, value in pairs]
    encoding = exchange.headers.get("content-encoding")
    texts += [_text_of(exchange.request.payload), _text_of(exchange.response.payload, encoding)]
    return all(matches(entry, word) or any(word in text for text in texts) for word in words.lower().split())


def _text_of(payload: Payload, encoding: Any = None) -> str:
    return decoded_head(payload, encoding, _SEARCHED).decode("utf-8", "replace").lower()
