"""AbortController and AbortSignal."""

import asyncio

from prelude import attempt, log, run, tick

from httpkit.abort import AbortController, AbortSignal, addAbortListener


def plain(reason):
    return f"{type(reason).__name__}: {reason}" if isinstance(reason, Exception) else reason


async def main():
    controller = AbortController()
    signal = controller.signal

    def first(event):
        log("listeners", "first", event.type, event.target is signal)
        signal.removeEventListener("abort", second)

    def second(event):
        log("listeners", "second")

    log("state", signal.aborted, plain(signal.reason), signal.onabort)
    attempt("state", "throwIfAborted", lambda: signal.throwIfAborted())
    signal.addEventListener("abort", first)
    signal.addEventListener("abort", first)
    signal.onabort = lambda event: log("listeners", "replaced")
    signal.addEventListener("abort", second)
    signal.addEventListener("abort", lambda event: log("listeners", "once"), {"once": True})
    signal.onabort = lambda event: log("listeners", "onabort")
    signal.addEventListener("other", lambda event: log("listeners", "other"))
    log("state", controller.abort() or "nothing", controller.abort("again") or "nothing")
    log("state", signal.aborted, plain(signal.reason), signal is controller.signal)
    signal.addEventListener("abort", lambda event: log("listeners", "late"))
    try:
        signal.throwIfAborted()
    except Exception as err:  # noqa: BLE001 - what it was is the point
        log("state", "threw", plain(err), err is signal.reason)

    log("made", AbortSignal.abort().aborted, plain(AbortSignal.abort().reason), AbortSignal.abort("why").reason)
    timeout = AbortSignal.timeout(1)
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    addAbortListener(timeout, lambda event: loop.call_soon_threadsafe(told.set))
    await told.wait()
    log("made", timeout.aborted, plain(timeout.reason))

    one = AbortController()
    two = AbortController()
    combined = AbortSignal.any([one.signal, AbortSignal.any([two.signal])])
    silent = AbortSignal.any([combined])
    combined.onabort = lambda event: log("any", "combined", combined.reason, silent.aborted)
    two.signal.onabort = lambda event: log("any", "source", combined.aborted)
    before = AbortSignal.any([one.signal, AbortSignal.abort("before")])
    log("any", combined.aborted, AbortSignal.any([]).aborted, before.reason)
    two.abort("two")
    one.abort("one")
    log("any", combined.reason, silent.reason)
    silent.onabort = lambda event: log("any", "late")

    third = AbortController()
    addAbortListener(third.signal, lambda event: log("add", "called"))
    addAbortListener(third.signal, lambda event: log("add", "disposed")).dispose()
    third.abort()
    addAbortListener(third.signal, lambda event: log("add", "already"))
    await tick()

    mistakes = [
        lambda: AbortSignal.timeout("1"), lambda: AbortSignal.timeout(-1), lambda: AbortSignal.timeout(2**32),
        lambda: AbortSignal.any(3), lambda: AbortSignal.any([3]), lambda: signal.addEventListener("abort", 3),
        lambda: addAbortListener({}, lambda event: None), lambda: addAbortListener(signal, 3),
    ]  # fmt: skip
    for mistake in mistakes:
        attempt("mistakes", "it", mistake)
    attempt("mistakes", "it", lambda: AbortSignal())


run(main)
