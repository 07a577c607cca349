"""Where objects live: the one decision about event loops, and what follows from it.

`home()` decides. In a notebook and in a plain script objects live on httpkit's own loop in a background thread, so that
a busy cell, `!curl` or `requests.get()` never stops a server. In an asyncio program they live on the loop that runs.

Everything else here makes that invisible:

- a public method called from another thread is carried over to the loop and its result, or its error, carried back;
- an awaitable can be awaited from any loop;
- a one-shot event that has already happened is replayed to a listener that another thread adds too late;
- a plain script stays alive while something is listening or pending, as `node hello.js` does, and Ctrl-C ends it.

`Home.next_tick` is Node's process.nextTick: it runs after the current callback, before the loop looks at I/O again.
Work that follows from received bytes runs so, without a task, future or timer of the event loop.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import concurrent.futures.thread  # imported for its exit hook, which has to be registered before ours
import contextvars
import os
import signal
import sys
import threading
import weakref
from asyncio import AbstractEventLoop, TimerHandle
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import wraps
from threading import get_ident
from types import CoroutineType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

from .errors import NodeError, report
from .events import EventEmitter, Listener

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound="Resident")


# The thread of a loop that has ended.
_NO_THREAD = -1


class Home:
    """An event loop, the thread it runs in, and Node's tick queue."""

    def __init__(self, loop: AbstractEventLoop, thread_id: int) -> None:
        self.loop = loop
        self.thread_id = thread_id
        self.ticks: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self.draining = False
        # The Date line of responses, which changes once a second.
        self.date_line = ""
        # What there is once per loop, such as the global agent.
        self.residents: dict[str, Any] = {}
        # Open connections, to be closed when the loop ends.
        self.sockets: set[Any] = set()
        # Those that listen.
        self.servers: set[Any] = set()
        # Responses, and requests that became an upgrade, which nobody has asked for yet, though the main thread may.
        self.unread: weakref.WeakSet[Any] = weakref.WeakSet()
        self.main_thread_ended = False
        self.idle = threading.Event()
        self.idle.set()
        # sys.exit() was called in a listener: nothing keeps the script alive any more.
        self.exiting = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._at_close: list[Callable[[], Any]] = []
        self._refs = 0

    def __repr__(self) -> str:
        return f"<Home {type(self.loop).__name__} refs={self._refs}>"

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on the loop and give its result; from another thread, wait for it."""
        if get_ident() == self.thread_id:
            return function(*args, **kwargs)
        outcome: concurrent.futures.Future[T] = concurrent.futures.Future()

        def run() -> None:
            try:
                outcome.set_result(function(*args, **kwargs))
            except BaseException as exc:  # noqa: BLE001 - all of it is the caller's
                outcome.set_exception(exc)

        self._submit(run)
        return outcome.result()

    def post(self, function: Callable[..., Any], *args: Any) -> None:
        """Run `function` on the loop, from another thread without waiting; a loop that has ended hears nothing."""
        if get_ident() == self.thread_id:
            function(*args)
        else:
            with suppress(NodeError):
                self._submit(lambda: function(*args))

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> Awaitable[T]:
        """An awaitable for `coroutine`, which runs on this loop, that can be awaited from any loop."""
        if get_ident() == self.thread_id:
            return coroutine
        return asyncio.wrap_future(self.start(coroutine))

    def start(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Begin `coroutine` on this loop from another thread."""
        outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._submit(lambda: _follow(self.spawn(coroutine), outcome))
        return outcome

    def _submit(self, run: Callable[[], None]) -> None:
        if self.thread_id == _NO_THREAD:
            raise _loop_ended()
        try:
            # In a context of its own: ipykernel keeps the running cell in one, and what a server prints a minute from
            # now does not belong to the cell that started it.
            self.loop.call_soon_threadsafe(self.enter, run, context=contextvars.Context())
        except RuntimeError:
            raise _loop_ended() from None

    def enter(self, function: Callable[..., Any], *args: Any) -> None:
        """Run a callback of the loop, then the ticks it left."""
        self.draining = True
        try:
            function(*args)
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - reported; the loop goes on
            self.uncaught(exc)
        self.run_ticks()

    def next_tick(self, function: Callable[..., Any], *args: Any) -> None:
        """Run `function` after the current callback and before any I/O."""
        self.ticks.append((function, args))
        if not self.draining:
            self.draining = True
            self.loop.call_soon(self.run_ticks)

    def run_ticks(self) -> None:
        """Run ticks until none is left; one that raises is reported and does not stop the others."""
        ticks = self.ticks
        while ticks:
            function, args = ticks.popleft()
            try:
                result = function(*args)
            except (Exception, SystemExit) as exc:  # noqa: BLE001 - reported; the others run
                self.uncaught(exc)
            else:
                if result.__class__ is CoroutineType:
                    # A callback that is an `async def`.
                    self.spawn(self._reported(result))
        self.draining = False

    def uncaught(self, exc: Exception | SystemExit | KeyboardInterrupt) -> None:
        is_ours = self is _background
        if isinstance(exc, Exception) or (is_ours and not (isinstance(exc, SystemExit) and _is_plain_script())):
            report(exc)
        elif is_ours:
            # sys.exit() in a listener of a plain script: the script ends, whatever is still pending.
            self.exiting = True
            self.idle.set()
        else:
            raise exc

    def later(self, ms: float, function: Callable[..., Any], *args: Any) -> TimerHandle:
        """Run `function` in `ms` milliseconds."""
        return self.loop.call_later(ms / 1000, self.enter, function, *args)

    def spawn(self, coroutine: Coroutine[Any, Any, Any], *, at_once: bool = False) -> asyncio.Task[Any]:
        """Run `coroutine` on the loop; `at_once`, up to its first suspension, as JavaScript does (Python 3.12 on)."""
        task: asyncio.Task[Any]
        if at_once:
            coroutine = self._contained(coroutine)
        if at_once and sys.version_info >= (3, 12):
            task = asyncio.Task(coroutine, loop=self.loop, eager_start=True)
        else:
            task = self.loop.create_task(coroutine)
        if not task.done():
            # The loop itself keeps only a weak reference.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    def forget_date(self) -> None:
        self.date_line = ""

    async def _contained(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """A listener's coroutine; what its sys.exit() means is not for asyncio to decide."""
        try:
            return await coroutine
        except SystemExit as exc:
            self.uncaught(exc)
            raise asyncio.CancelledError from exc

    async def _reported(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """A callback's coroutine; nobody hears of it when it fails."""
        try:
            await coroutine
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - reported
            self.uncaught(exc)

    def ref(self) -> None:
        """Something listens or is pending: a plain script must not end."""
        self._refs += 1
        if not self.exiting:
            self.idle.clear()

    def unref(self) -> None:
        self._refs -= 1
        if self._refs == 0:
            self.idle.set()

    def at_close(self, function: Callable[[], Any]) -> Callable[[], None]:
        """Call `function` when the loop is about to end; gives a function that takes the wish back."""
        self._at_close.append(function)

        def withdraw() -> None:
            if function in self._at_close:
                self._at_close.remove(function)

        return withdraw

    def close(self) -> None:
        """Let go of every socket and server, because the loop is about to end."""
        for function in reversed(self._at_close[:]):
            function()
        self._at_close.clear()
        for socket in list(self.sockets):
            socket.abandon()
        self.run_ticks()

    def end(self) -> None:
        """No thread is the loop's any more: whoever calls is told so."""
        self.thread_id = _NO_THREAD


def _loop_ended() -> NodeError:
    return NodeError(
        "The event loop this object lives on has ended: make the object again where it is used.", "ERR_LOOP_ENDED"
    )


def _follow(task: asyncio.Task[T], outcome: concurrent.futures.Future[T]) -> None:
    """Give the outcome of `task` to `outcome`, and a cancellation of `outcome` to `task`."""

    def done(task: asyncio.Task[T]) -> None:
        if not outcome.set_running_or_notify_cancel():
            # It was cancelled; who waits for it knows now.
            return
        if task.cancelled():
            outcome.set_exception(asyncio.CancelledError())
        elif (exc := task.exception()) is not None:
            outcome.set_exception(exc)
        else:
            outcome.set_result(task.result())

    loop = task.get_loop()
    task.add_done_callback(done)
    outcome.add_done_callback(lambda each: loop.call_soon_threadsafe(task.cancel) if each.cancelled() else None)


_homes: dict[AbstractEventLoop, Home] = {}
_background: Home | None = None
_lock = threading.Lock()


def home() -> Home:
    """Where an object made now, in this thread, lives."""
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return background()
    known = _homes.get(running)
    if known is not None:
        return known
    return background() if _runs_a_notebook(running) else _settle(running)


def _runs_a_notebook(loop: AbstractEventLoop) -> bool:
    """Whether `loop` runs the user's cells, so that a busy cell would stop whatever lives there."""
    if "marimo" in sys.modules and sys.modules["marimo"].running_in_notebook():
        return True
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    kernel = getattr(shell, "kernel", None)
    # A subshell of a kernel has a thread and a loop of its own.
    return threading.current_thread() is threading.main_thread() or (
        kernel is not None and threading.current_thread().name.startswith("subshell")
    )


def _settle(loop: AbstractEventLoop) -> Home:
    """The home on the loop of an asyncio program; it is closed when asyncio.run() winds the loop up."""
    with _lock:
        for each in [each for each in _homes if each.is_closed()]:
            del _homes[each]
        settled = _homes[loop] = Home(loop, get_ident())

    async def lifetime() -> Any:
        try:
            yield
        finally:
            settled.close()
            # Transports close themselves in the loop's next turns.
            for _ in range(3):
                await asyncio.sleep(0)
            settled.end()

    # asyncio.run() closes the loop's async generators at its end: the one moment an object on a loop hears of it.
    generator = settled.residents["lifetime"] = lifetime()
    with suppress(StopIteration):
        generator.asend(None).send(None)
    return settled


def background() -> Home:
    """The home on httpkit's own loop, which is started when it is first needed."""
    global _background
    with _lock:
        if _background is None or _background.loop.is_closed():
            _background = _start_thread()
            _homes[_background.loop] = _background
        return _background


def _start_thread() -> Home:
    loop = _new_loop()
    ready: concurrent.futures.Future[Home] = concurrent.futures.Future()

    def run() -> None:
        asyncio.set_event_loop(loop)
        here = Home(loop, get_ident())
        ready.set_result(here)
        while True:
            try:
                loop.run_forever()
                break
            except (SystemExit, KeyboardInterrupt) as exc:
                # From a task, where asyncio lets it through.
                here.uncaught(exc)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        here.end()

    thread = threading.Thread(target=run, name="httpkit", daemon=True)
    thread.start()
    started = ready.result()
    _at_exit(lambda: _finish(started, thread))
    return started


def _forget_homes() -> None:
    """In the child of a fork: the thread is not there, and the loops are the parent's."""
    global _background
    _background = None
    _homes.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_homes)


def _new_loop() -> AbstractEventLoop:
    if os.environ.get("HTTPKIT_LOOP") != "asyncio":
        try:
            import uvloop
        except ImportError:
            pass
        else:
            return cast(AbstractEventLoop, uvloop.new_event_loop())
    return asyncio.SelectorEventLoop()


def _at_exit(function: Callable[[], None]) -> None:
    # `atexit` runs after Python has shut its thread pools, and a server that still serves needs them (name look-ups,
    # `asyncio.to_thread`). The hook the pools use themselves runs ours before theirs.
    register = getattr(threading, "_register_atexit", atexit.register)
    # First used while Python shuts down: there is nothing left to wait for.
    with suppress(RuntimeError):
        register(function)


def _finish(started: Home, thread: threading.Thread) -> None:
    """The main thread has ended: wait, in a plain script, until nothing listens or is pending; then end the loop."""
    if not thread.is_alive():
        # In the child of a fork.
        return
    interrupted = False
    if _is_plain_script():
        try:
            started.call(_release_unread, started)
            # With a timeout Ctrl-C is heard on every platform; asked on the loop, the answer is not between two steps.
            while thread.is_alive() and not (started.idle.wait(1.0) and started.call(started.idle.is_set)):
                pass
        except KeyboardInterrupt:
            interrupted = True
    if thread.is_alive():
        started.loop.call_soon_threadsafe(_stop, started)
        thread.join(2.0)
    if interrupted:
        # As any program that Ctrl-C ends: without a traceback, and the shell can see why.
        sys.stdout.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)


def _stop(started: Home) -> None:
    started.close()
    # One more turn, so that the transports close.
    started.loop.call_soon(started.loop.stop)


def _is_plain_script() -> bool:
    if sys.flags.interactive or hasattr(sys, "ps1") or getattr(sys, "last_value", None) is not None:
        # A prompt that was left, or a script that an exception ended.
        return False
    ipython = sys.modules.get("IPython")
    return ipython is None or ipython.get_ipython() is None


def _release_unread(started: Home) -> None:
    """The main thread can no longer ask for the responses, and the upgrades, it never looked at."""
    started.main_thread_ended = True
    for message in list(started.unread):
        message._dump()


def on_loop(method: Callable[Concatenate[R, P], T]) -> Callable[Concatenate[R, P], T]:
    """A public method that runs on the loop of its object, whichever thread calls it."""

    @wraps(method)
    def carried(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        where = self._home
        if get_ident() == where.thread_id:
            return method(self, *args, **kwargs)
        return where.call(method, self, *args, **kwargs)

    return cast("Callable[Concatenate[R, P], T]", carried)


class Resident(EventEmitter):
    """An emitter that lives on a loop; made by another thread, it keeps one-shot events for that thread's listeners."""

    _home: Home

    def __init__(self) -> None:
        self._home = home()
        if get_ident() != self._home.thread_id:
            self._happened = {}

    def _emit_safely(self, name: str, *args: Any) -> bool:
        """Emit from the loop's own work: a listener that raises is reported, and the work goes on."""
        if self._events is None and self._happened is None:
            return False
        try:
            return self.emit(name, *args)
        except Exception as exc:  # noqa: BLE001 - reported; whoever emitted goes on
            self._listener_raised(exc)
            return True

    def _listener_raised(self, exc: Exception) -> None:
        report(exc)

    def _add(self, name: str, listener: Listener, stored: Listener, *, first: bool = False) -> Self:
        if get_ident() == self._home.thread_id:
            return super()._add(name, listener, stored, first=first)
        return self._home.call(self._add_from_elsewhere, name, listener, stored, first)

    def _add_from_elsewhere(self, name: str, listener: Listener, stored: Listener, first: bool) -> Self:
        self._add(name, listener, stored, first=first)
        if self._happened is not None and name in self._happened:
            self._home.next_tick(self._replay, name, stored)
        return self

    def _replay(self, name: str, stored: Listener) -> None:
        assert self._happened is not None
        try:
            result = stored(*self._happened[name])
            if asyncio.iscoroutine(result):
                self._adopt_from(result, name, self._happened[name])
        except Exception as exc:  # noqa: BLE001 - reported; whoever emitted goes on
            self._listener_raised(exc)

    def _remove(self, name: str, listener: Listener) -> Self:
        if get_ident() == self._home.thread_id:
            return super()._remove(name, listener)
        return self._home.call(self._remove, name, listener)

    def _adopt(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        task = self._home.spawn(coroutine, at_once=True)
        if task.done():
            self._handler_ended(task)
        else:
            task.add_done_callback(self._handler_ended)

    def _handler_ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (exc := task.exception()) is not None:
            self._listener_raised(exc) if isinstance(exc, Exception) else report(exc)
