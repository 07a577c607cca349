"""SlowMotion: one exchange whose bytes go so slowly that one can watch them, with what client and server notice."""

from __future__ import annotations

import concurrent.futures
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, cast

from traitlets import Bool, Int, Unicode, observe, validate

from httpkit import redact, redacted_body
from httpkit.draft import Draft
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.notebook.failures import failure
from httpkit.notebook.html import Html, card, tag, visible
from httpkit.notebook.items import draft_of, split_line
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.options import Options
from httpkit.notebook.recording import recorder
from httpkit.pacing import Pace
from httpkit.veil import Veil

from .hiding import Hidden
from .live import FAILURES, Live, Message, in_words
from .names import notebook_names
from .slowed import Line, Picture, Progress, Slowed, WireLine, counted, stopped

T = TypeVar("T")

# Seconds between two looks at what has changed; after one that takes long the next is later.
INTERVAL = 0.1
# Characters of the wire that are shown of each way, the last ones.
MAX_SHOWN = 2_000

# What a screen reader is told of.
_LOUD = frozenset({"'response'", "write() → False", "'drain'", "'end'", "'error'"})

# What would mean something in a line: a URL that came over the wire must not become Python, an item or a file's name.
_AS_URL = {ord(each): f"%{ord(each):02X}" for each in "{}\\\"' \t\n"}

_TEMPLATE = re.compile(r"\{\{.+?\}\}")

# Few fonts have these two characters: words stand in their place.
_MARK = re.compile("([␍␊])")
_WORDS = {"␍": "CR", "␊": "LF"}

_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


class SlowMotion(Live):
    """An exchange with a server at `bytes_per_second`: what the client hears, the bytes, and what the server does.

    `request` is a line as `%http` takes it, or a Draft or an Exchange, which is sent again. `start()` sends it,
    `stop()` gives it up, `exchange` is what came of it. `pause()`, `resume()` and `step()` are for the bytes. Raises
    Mistake where `request` is none.

    Source: https://nodejs.org/docs/latest-v24.x/api/stream.html#writablewritechunk-encoding-callback
    """

    LABEL = "Slow motion"

    request = Unicode("", help="METHOD URL and items, as %http takes them, without secrets").tag(sync=True)
    bytes_per_second = Int(200, min=1, help="How many bytes go through in a second, each way").tag(sync=True)
    paused = Bool(False, help="Whether nothing goes through").tag(sync=True)
    state = Unicode("idle", help="'idle', 'running', 'done' or 'failed'").tag(sync=True)

    def __init__(
        self,
        request: str | Draft | Exchange = "GET http://localhost:3000/stream",
        bytes_per_second: int = 200,
        **traits: Any,
    ) -> None:
        self.exchange: Exchange | None = None
        self._slowed: Slowed | None = None
        # What `request` stands for, where some of it is hidden there.
        self._hidden: tuple[str, Draft] | None = None
        self._told = Picture()
        self._number = 0
        self._error = ""
        self._lock = threading.RLock()
        given = request if isinstance(request, str) else self._hide(_draft_of(request))
        super().__init__(request=given, bytes_per_second=bytes_per_second, **traits)

    # --- traits

    @validate("request")
    def _without_secrets(self, proposal: dict[str, Any]) -> str:
        line = cast(str, proposal["value"])
        if self._hidden is not None and line == self._hidden[0]:
            return line
        draft = _parsed(line)
        return line if _is_plain(line, draft) else self._hide(draft)

    def _hide(self, draft: Draft) -> str:
        """A line for `draft` without what may be secret in it."""
        more = " …" if draft.raw_headers or draft.payload else ""
        url = Veil.of_draft(draft).url(draft.url)
        line = f"{_as_word(draft.method)} {_as_word(url)}{more}"
        self._hidden = line, draft
        return line

    @observe("bytes_per_second")
    def _set_pace(self, _: object) -> None:
        if self._slowed is not None:
            self._slowed.pace.bytes_per_second = self.bytes_per_second

    @observe("paused")
    def _set_paused(self, _: object) -> None:
        if self._slowed is None:
            return
        if self.paused:
            self._slowed.pace.pause()
        else:
            self._slowed.pace.resume()

    # --- what one can do

    def start(self) -> None:
        """Send the request; returns at once. Raises NodeError where it cannot be sent."""
        self._begin(self._draft(self.request))

    def _draft(self, line: str) -> Draft:
        if self._hidden is not None and line == self._hidden[0]:
            return self._hidden[1]
        if redact.HIDDEN in line:
            raise Mistake("A part of the request is hidden. Type that part again to send it.")
        return _parsed(line)

    def _begin(self, draft: Draft) -> None:
        self.stop()
        recorder.start()
        pace = Pace(self.bytes_per_second)
        if self.paused:
            pace.pause()
        slowed = Slowed(draft, pace)
        with self._lock:
            self._slowed, self.exchange, self._error = slowed, None, ""
        slowed.start()
        self.state = "running"
        threading.Thread(target=self._watch, args=[slowed], daemon=True).start()

    def stop(self) -> None:
        """Give up the exchange that is running, if one is, and free its connection."""
        slowed = self._slowed
        if slowed is not None and not slowed.is_over:
            slowed.stop()
            self.exchange = stopped(slowed.so_far)
            self.state = "idle"

    def pause(self) -> None:
        """Let nothing through until `resume`."""
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def step(self, count: int | None = None) -> None:
        """Let `count` bytes through, also while it is paused; without a number the rest of a line, or of a write."""
        if self._slowed is not None:
            self._slowed.pace.step(count)

    def _stop(self) -> None:
        self.stop()

    # --- while it is running

    def _watch(self, slowed: Slowed) -> None:
        took = 0.0
        while not slowed.wait(max(INTERVAL, 4 * took)):
            began = monotonic()
            if self.is_open:
                self._tell_news(slowed)
            took = monotonic() - began
        self._finish(slowed)

    def _finish(self, slowed: Slowed) -> None:
        state, error, exchange = "done", "", None
        try:
            exchange = slowed.result()
        except concurrent.futures.CancelledError:
            state = "idle"
        except (*FAILURES, TimeoutError) as reason:
            state, error = "failed", _in_words(reason, slowed.draft)
        with self._lock:
            if self._slowed is not slowed:
                return
            self._error = error
            self.exchange = exchange or stopped(slowed.so_far)
        self._tell_news(slowed)
        self.state = state

    def _tell_news(self, slowed: Slowed) -> None:
        with self._lock:
            if self._slowed is slowed:
                before, self._told = self._told, slowed.picture()
                if self._told != before or self._error:
                    self._number += 1
                    self.tell("news", **self._news(before))

    def _news(self, before: Picture) -> Message:
        now = self._told
        return {
            "number": self._number,
            "client": _change(before.client, now.client, _line),
            "sent": _change(before.sent, now.sent, _wire_line, _first_shown(now.sent)),
            "received": _change(before.received, now.received, _wire_line, _first_shown(now.received)),
            "server": _change(before.server, now.server, _line),
            "progress": now.progress._asdict(),
            "where": self._slowed.where if self._slowed is not None else "here",
            "error": self._error,
            "say": _said(before, now),
        }

    # --- views

    def _snapshot(self) -> Message:
        with self._lock:
            if self._slowed is not None:
                self._told = self._slowed.picture()
            # What was not told since is in this.
            self._number += 1
            return {**self._news(Picture()), "say": ""}

    def _do_start(self, line: str) -> None:
        draft = self._draft(line)
        self.request = line
        self._begin(draft)

    def _do_stop(self) -> None:
        self.stop()

    def _do_step(self) -> None:
        self.step()

    def _do_whole(self) -> Message:
        return self._snapshot()

    def to_html(self) -> str:
        """The three lanes as far as it has come."""
        picture = self._slowed.picture() if self._slowed is not None else Picture()
        lanes = (
            tag("div", tag("h4", "Client"), _lines_html(picture.client), class_="httpkit-slow-lane"),
            tag("div", tag("h4", "Wire"), *_wire_html(picture), class_="httpkit-slow-lane"),
            tag("div", tag("h4", "Server"), _lines_html(picture.server), class_="httpkit-slow-lane"),
        )
        return card(
            self.LABEL,
            tag("style", Html(_STYLE)),
            tag("p", tag("code", self.request), tag("small", f" at {counted(self.bytes_per_second)} a second")),
            tag("div", *lanes, class_="httpkit-slow-lanes"),
            tag("p", tag("small", _progress_text(picture.progress)), class_="httpkit-note"),
        )


def _draft_of(asked: Draft | Exchange) -> Draft:
    return asked._asked() if isinstance(asked, Exchange) else asked


def _parsed(line: str) -> Draft:
    """The draft that a line describes, with the notebook's names in its templates. Raises Mistake."""
    names = notebook_names()
    words, options = split_line(line, names)
    return draft_of(words, options, names)


def _as_word(text: str) -> str:
    """A method or a URL, whatever is in it, as one word of a line."""
    return visible(text).translate(_AS_URL)


def _is_plain(line: str, draft: Draft) -> bool:
    """Whether no secret stands in a line: `{{token}}` is none, whatever it is worth."""
    shown = Veil.of_draft(draft).text(line)
    if Hidden().shown("line", line, shown) != line:
        return False
    stand_in = next(text for text in map(str, range(50_000, 65_536)) if text not in line)
    try:
        typed, options = _typed(line, stand_in)
    except Mistake:
        # Only with the values of its templates is it a request: they count as typed.
        typed, options = draft, Options()
    return all(
        text.replace(stand_in, redact.HIDDEN) == shown.replace(stand_in, redact.HIDDEN)
        for text, shown in (*_shown(typed), *_credentials(options))
    )


def _typed(line: str, stand_in: str) -> tuple[Draft, Options]:
    """What a line says with `stand_in`, which could be a host, a port or JSON, in place of each template's value."""
    names = {"x": stand_in}
    words, options = split_line(_TEMPLATE.sub("{{x}}", line), names)
    # (What --auth gives is not looked at here: it would be remembered as a secret.)
    return draft_of(words, replace(options, user=None), names), options


def _shown(draft: Draft) -> Iterable[tuple[str, str]]:
    """The parts of a request that may be secret, each with what may be shown of it."""
    yield draft.url, redact.url(draft.url)
    for name, value in draft.raw_headers:
        yield value, redact.header(name, value)
    if draft.payload.is_in_memory:
        body = draft.payload.read().decode("utf-8", "replace")
        yield body, redacted_body.text(body, draft.header("content-type") or "")


def _credentials(options: Options) -> Iterable[tuple[str, str]]:
    """What --auth says."""
    user = options.user or ""
    secret = user if options.kind == "bearer" else user.partition(":")[2]
    if secret:
        yield secret, redact.HIDDEN


def _in_words(reason: Exception, draft: Draft) -> str:
    return str(failure(reason, draft.method, draft.url)) if isinstance(reason, NodeError) else in_words(reason)


# --- what has changed


def _change(before: Sequence[T], now: Sequence[T], shown: Callable[[T], Message], first: int = 0) -> Message | None:
    """The lines from the first one that is another; `first` is the first that is shown. None where all are the same."""
    if before == now:
        return None
    pairs = zip(before, now, strict=False)
    same = next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(before), len(now)))
    start = max(same, first)
    return {"from": start, "first": first, "lines": list(map(shown, now[start:]))}


def _first_shown(lines: Sequence[WireLine]) -> int:
    room = MAX_SHOWN
    for at in range(len(lines) - 1, -1, -1):
        room -= sum(len(text) for _, text in lines[at].pieces)
        if room < 0:
            return min(at + 1, len(lines) - 1)
    return 0


def _line(line: Line) -> Message:
    return {"at": f"{line.at / 1000:.2f} s", "what": line.what, "text": line.text}


def _wire_line(line: WireLine) -> Message:
    return {"kind": line.kind, "label": line.label, "note": line.note, "pieces": _last_of(line.pieces)}


def _last_of(pieces: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The end of what is too long to be shown."""
    return [(kind, text if len(text) <= MAX_SHOWN else f"…{text[-MAX_SHOWN:]}") for kind, text in pieces]


def _said(before: Picture, now: Picture) -> str:
    """What has happened since that everybody should hear of."""
    lines = [*now.client[len(before.client) :], *now.server[len(before.server) :]]
    return ". ".join(f"{line.what} {line.text}" for line in lines[-20:] if line.what in _LOUD)


# --- in files


def _lines_html(lines: Iterable[Line]) -> Html:
    rows = (
        tag("li", tag("small", _line(line)["at"]), " ", tag("b", line.what), " ", line.text, data_what=line.what)
        for line in lines
    )
    return tag("ol", *rows)


def _wire_html(picture: Picture) -> Iterable[Html]:
    for name, lines in (("Request →", picture.sent), ("← Answer", picture.received)):
        rows = (_wire_line_html(line) for line in lines[_first_shown(lines) :])
        yield tag("div", tag("h5", name), *rows, class_="httpkit-slow-wire")


def _wire_line_html(line: WireLine) -> Html:
    pieces = (tag("span", *_with_marks(text), class_=f"is-{kind}") for kind, text in _last_of(line.pieces))
    label, note = tag("small", line.label), tag("small", line.note)
    return tag("div", label, tag("code", *pieces), note, class_=f"httpkit-slow-row is-{line.kind}")


def _with_marks(text: str) -> Iterable[object]:
    return (tag("i", _WORDS[each]) if at % 2 else each for at, each in enumerate(_MARK.split(text)))


def _progress_text(progress: Progress) -> str:
    of = f" of {progress.got_of:,}" if progress.got_of else ""
    sent, got = counted(progress.sent), f"{progress.got:,}{of} byte{'' if progress.got == 1 else 's'}"
    return f"{sent} sent, {got} received in {progress.ms / 1000:.1f} s"
