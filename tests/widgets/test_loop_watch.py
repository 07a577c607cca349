"""What holds an event loop is found while it does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count
from queue import Queue
from types import FrameType
from typing import Any

import pytest

from httpkit.loop import Home, background
from httpkit.widgets.loop_watch import Hold, LoopWatch, place_of

Hold_ = Hold | None


class Watched:
    """A loop under watch, and what was seen at each look."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.gate = threading.Event()
        self.looks: Queue[tuple[Hold_, Hold_]] = Queue()
        self.watch = LoopWatch(home, self._look).start()

    def _look(self) -> None:
        self.looks.put((self.watch.hold, self.watch.last_hold))

    def until(self, is_so: Callable[[Hold_, Hold_], bool]) -> tuple[Hold_, Hold_]:
        """The first look at which it is so."""
        while not is_so(*(seen := self.looks.get(timeout=20))):
            pass
        return seen

    def hold(self, listener: Callable[[], Any]) -> Hold:
        """What is seen while `listener` holds the loop."""
        self.home.loop.call_soon_threadsafe(listener)
        held, _ = self.until(lambda held, _: held is not None)
        assert held is not None
        return held


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched(background())
    yield watched
    watched.gate.set()
    watched.watch.stop()


def test_the_line_that_holds_the_loop_is_named_while_it_does(watched: Watched) -> None:
    def listener() -> None:
        watched.gate.wait(30)

    held = watched.hold(listener)
    assert held.place.source == "watched.gate.wait(30)"
    assert held.place.name == "test_loop_watch.py"
    assert held.place.line == listener.__code__.co_firstlineno + 1
    longer, _ = watched.until(lambda now, _: now is not None and now.seconds > held.seconds)
    assert longer is not None
    watched.gate.set()
    now, last = watched.until(lambda now, last: last is not None)
    assert now is None
    assert last is not None
    assert last.seconds >= longer.seconds
    assert last.until > 0


def test_the_users_line_is_named_whatever_it_calls(watched: Watched) -> None:
    def inner() -> None:
        watched.gate.wait(30)

    def listener() -> None:
        list(map(lambda _: inner(), [1]))  # noqa: C417 - a call between the two

    assert watched.hold(listener).place.source == "watched.gate.wait(30)"


def test_an_async_handler_that_blocks_is_named_too(watched: Watched) -> None:
    async def handler() -> None:
        watched.gate.wait(30)

    held = watched.hold(lambda: watched.home.spawn(handler()))
    assert held.place.source == "watched.gate.wait(30)"


def test_secrets_of_the_line_are_hidden(watched: Watched) -> None:
    def listener() -> None:
        watched.gate.wait(30 if "https://ann:sesame77@example.org/" else 0)

    source = watched.hold(listener).place.source
    assert "watched.gate.wait(30" in source
    assert "sesame77" not in source


def test_a_loop_that_waits_is_held_by_nobody(watched: Watched) -> None:
    watched.until(lambda *_: True)
    assert place_of(sys._current_frames()[watched.home.thread_id]) is None


def test_a_loop_that_answers_has_hardly_any_lag(watched: Watched) -> None:
    for _ in range(3):
        watched.until(lambda *_: True)
    watched.watch.take_lag()
    answered = threading.Event()
    watched.home.loop.call_soon_threadsafe(answered.set)
    assert answered.wait(20)
    watched.until(lambda *_: True)
    assert 0 <= watched.watch.take_lag() < 1000


def test_it_ends() -> None:
    watched = Watched(background())
    watched.until(lambda *_: True)
    watched.watch.stop()
    assert "httpkit-loop-watch" not in {thread.name for thread in threading.enumerate()}


def test_what_goes_wrong_at_a_look_is_reported_and_the_next_one_comes(capsys: pytest.CaptureFixture[str]) -> None:
    looks: Queue[int] = Queue()

    def look() -> None:
        looks.put(1)
        raise ValueError("once")

    watch = LoopWatch(background(), look).start()
    assert [looks.get(timeout=20) for _ in range(2)] == [1, 1]
    watch.stop()
    assert "ValueError: once" in capsys.readouterr().err


SECRET = "zq9xkvw2pj"


numbers = count()


def shown(line: str) -> str:
    """What is shown of a line of a file that holds the loop."""
    frames: list[FrameType] = []
    names = {"__loader__": Source(f"{line}\n"), "__name__": "users", "seen": lambda: frames.append(sys._getframe(1))}
    # Any line with that number: it is only looked up.
    exec(compile("seen()", f"users-{next(numbers)}.py", "exec"), names)
    place = place_of(frames[0])
    assert place is not None
    return place.source


class Source:
    """Gives the text of a file there is not."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _: str) -> str:
        return self._text


@pytest.mark.parametrize(
    ("line", "source"),
    [
        (f'if token == "{SECRET}": time.sleep(2)', 'if token == "••••••": time.sleep(••••••)'),
        (f'client.connect(password=b"{SECRET}")', 'client.connect(password=b"••••••")'),
        (f'os.environ["API_KEY"] = "{SECRET}"', 'os.environ["••••••"] = "••••••"'),
        (f'headers["Authorization"] = "{SECRET}"', 'headers["••••••"] = "••••••"'),
        (f"login(token=r'{SECRET}')", "login(token=r'••••••')"),
        (f"login(token='''{SECRET}''')", "login(token='''••••••''')"),
        ("pin_token = 123456", "pin_token = ••••••"),
        (f"wait(1)  # the password is {SECRET}", "wait(••••••)  #••••••"),
    ],
)
def test_values_are_hidden_where_the_line_tells_of_a_secret(line: str, source: str) -> None:
    assert shown(line) == source


@pytest.mark.parametrize(
    "line",
    [
        f'send(f"token {{user}} {SECRET}")',
        f'requests.get(u, auth=("ann", "{SECRET}"))',
        f'auth=("ann", "{SECRET}"',
        f'"{SECRET}")',
        f'text = """{SECRET}',
        f"login(  # {SECRET}",
    ],
)
def test_no_line_nor_a_part_of_one_shows_a_secret(line: str) -> None:
    assert SECRET not in shown(line)
    assert "••••••" in shown(line)


@pytest.mark.parametrize(
    "line", ["time.sleep(5)", 'time.sleep(0.2)  # "busy"', "gate.wait(", "else: pass", 'a["b"] = f(3)']
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert shown(line) == line
