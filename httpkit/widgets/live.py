"""Live: what every widget here is, a view that a page shows and a kernel keeps up to date.

Traits hold what is worth linking and saving: a filter, a selection, a URL. Everything else goes as messages, which no
notebook saves: a view asks (`{"do": "detail", "number": 3}`) and gets one answer; the kernel tells all views of a
widget what has changed (`{"tell": "rows", …}`). Nobody is told anything while no view is open, and what a widget
listens to it listens to only then.

What is displayed comes twice. First as plain HTML, which stays in files that no kernel stands behind: nbconvert would
take the widget's view instead, and that is blank. The view hides it as soon as it is alive, and after each cell it may
be brought up to date.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

import anywidget
from traitlets import Unicode

from httpkit import redact
from httpkit.errors import NodeError, report
from httpkit.notebook.html import STYLE, Html, tag, visible
from httpkit.notebook.mistakes import Mistake

Message = dict[str, Any]

_HERE = Path(__file__).parent
_VIEW = "application/vnd.jupyter.widget-view+json"

# What may go wrong: a user's mistake, a request that failed or was stopped, a file that cannot be used.
FAILURES = (NodeError, Mistake, OSError, ValueError, LookupError, concurrent.futures.CancelledError)


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


class Live(anywidget.AnyWidget):
    """A widget with `NAME.js` and `NAME.css` beside its `NAME.py`, a module without imports: nothing is loaded.

    A method `_do_x` answers what views ask for with `{"do": "x"}`: with a value, or a future of one. What it raises is
    answered as an error, which the view shows.
    """

    # What a screen reader calls it.
    LABEL: ClassVar[str]
    # Whether what stands in for it follows it; else it stays as it was when it was displayed.
    STAND_IN_FOLLOWS: ClassVar[bool] = True

    _key = Unicode("", help="The id of its model, by which a view finds it").tag(sync=True)

    def __init_subclass__(cls, **options: Any) -> None:
        package, _, name = cls.__module__.rpartition(".")
        # What users derive elsewhere has the files of its base; what anywidget derives has them as traits.
        if package == __package__ and "_esm" not in vars(cls):
            cls._esm = f"{_asset('shared.js')}\n{_asset(f'{name}.js')}"
            cls._css = f"{STYLE}\n{_asset('shared.css')}\n{_asset(f'{name}.css')}"
        super().__init_subclass__(**options)

    def __init__(self, **traits: Any) -> None:
        # Before all else: who is never finished is closed, too.
        self._open: set[str] = set()
        self._stops: list[Callable[[], Any]] = []
        self._stand_in: _StandIn | None = None
        super().__init__(**traits)
        self._key = self.model_id or ""
        self._hear_while_cells_run()
        self.on_msg(self._on_message)

    def _hear_while_cells_run(self) -> None:
        """Let messages come in where the page sends them to: JupyterLab has a thread of their own for them.

        ipykernel 7.4 would rather have them on the thread that spoke last, which is that of the cells. There they wait
        for the cell that runs, or disturb one that awaits something: it then tells the page that another one is done.
        """
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = lambda data, subshell: subshell

    # --- for those who make one

    def _snapshot(self) -> Message:
        """What a view has to know when it opens."""
        return {}

    def _start(self) -> Iterable[Callable[[], Any]]:
        """The first view opens: begin to listen; gives what ends each of it."""
        return ()

    def _stop(self) -> None:
        """The last view is closed, or the widget: let go of what was only for them."""

    def to_html(self) -> str:
        """The widget as it is now, as HTML that needs no kernel."""
        raise NotImplementedError

    def to_text(self) -> str:
        """The same as text, which is what a file shows where there is no HTML either."""
        return repr(self)

    # --- views

    @property
    def is_open(self) -> bool:
        """Whether a view of it is on some page."""
        return bool(self._open)

    def tell(self, what: str, **content: Any) -> None:
        """Tell every view; may be called from any thread."""
        if self._open:
            self.send({"tell": what, **content})

    def close(self) -> None:
        """Take its views off every page, and free what it listens to."""
        self._open.clear()
        self._free()
        if self._stand_in is not None:
            self._stand_in.leave()
        super().close()

    def _on_message(self, _: Any, content: Message, buffers: list[memoryview]) -> None:
        match content:
            case {"hello": str(view), "ask": str(ask)}:
                self._answer(ask, lambda: self._opened(view))
            case {"bye": str(view)}:
                self._open.discard(view)
                if not self._open:
                    self._free()
            case {"ask": str(ask), "do": str(name), **given}:
                self._answer(ask, lambda: self._do(name)(*map(bytes, buffers), **given))

    def _do(self, name: str) -> Callable[..., Any]:
        do: Callable[..., Any] | None = getattr(self, f"_do_{name}", None)
        if do is None:
            raise Mistake(f"{type(self).__name__} cannot do “{name}”.")
        return do

    def _opened(self, view: str) -> Message:
        is_first = not self._open
        self._open.add(view)
        if is_first:
            self._stops += self._start()
        return {"label": self.LABEL, **self._snapshot()}

    def _free(self) -> None:
        while self._stops:
            self._stops.pop()()
        self._stop()

    def _answer(self, ask: str, do: Callable[[], Any]) -> None:
        try:
            value = do()
        except Exception as error:  # noqa: BLE001 - whoever asked has to hear of it
            self._fail(ask, error)
            return
        if isinstance(value, concurrent.futures.Future):
            value.add_done_callback(lambda done: self._answer(ask, done.result))
        else:
            self.send({"answer": ask, "value": value})

    def _fail(self, ask: str, error: Exception) -> None:
        if not isinstance(error, FAILURES):
            report(error)
        self.send({"answer": ask, "error": visible(self._veiled(in_words(error)))})

    def _veiled(self, text: str) -> str:
        """A message without secrets."""
        return redact.text(text)

    # --- displays

    def _ipython_display_(self, **_: Any) -> None:
        from IPython.display import display

        if self._stand_in is not None:
            self._stand_in.leave()
        self._stand_in = _StandIn(self)
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        display({_VIEW: view}, raw=True)  # type: ignore[no-untyped-call]  # IPython has no type for it

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def in_words(error: Exception) -> str:
    """What went wrong, for whoever looks at a widget."""
    if isinstance(error, concurrent.futures.CancelledError):
        return "Stopped."
    if isinstance(error, LookupError) and error.args:
        return str(error.args[0])
    return str(error)


class _StandIn:
    """Plain HTML where a notebook has a widget; it may follow the widget from cell to cell."""

    NOTE = "As it was when the notebook ran. Run it for the live view."

    def __init__(self, widget: Live) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        self._widget = widget
        self._html = widget.to_html()
        self._handle: Any = display(self._bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython has no type for it
        shell = get_ipython()
        self._events = shell.events if shell is not None and widget.STAND_IN_FOLLOWS else None
        if self._events is not None:
            self._events.register("post_run_cell", self._refresh)

    def leave(self) -> None:
        """Let it stand as it is."""
        if self._events is not None:
            self._events.unregister("post_run_cell", self._refresh)
            self._events = None

    def _bundle(self) -> dict[str, str]:
        note = tag("p", tag("small", self.NOTE))
        return {
            "text/html": tag("div", Html(self._html), note, data_httpkit_live=self._widget._key),
            "text/plain": self._widget.to_text(),
        }

    def _refresh(self, *_: Any) -> None:
        html = self._widget.to_html()
        if html != self._html and self._handle is not None:
            self._html = html
            self._handle.update(self._bundle(), raw=True)
