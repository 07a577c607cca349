"""The notebook kit: `%load_ext httpkit`, and the functions behind its magics, for scripts, marimo and tests.

    ask("POST :3000/people name=Ann")       ask_text, ask_file, ask_curl     %http, %%http
    serve(handler, 3000)                    servers(), stop(3000)            %%serve, %servers, %stop
    status("404")                                                            %status
    traffic("POST 4xx")                     save_har(path), open_har(path)   %traffic, %har
    expect(exchange).status(201)            grade(exchange, checks)
    secret("API_TOKEN")                     session("ann")
    send_raw(b"GET / HTTP/1.1…", 3000)      wire(exchange)

They need no IPython. What they give shows itself in any notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from .expectations import Grade, Unmet, expect, grade
from .failures import Failure
from .mistakes import Mistake
from .prompts import secret
from .raw import send_raw, wire
from .recording import Traffic, open_har, recorder, save_har, traffic
from .run import Exchanges, ask, ask_curl, ask_file, ask_text
from .serving import running as servers
from .serving import serve, stop
from .sessions import session
from .statuses import find_status as status

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .magics import Magics

__all__ = [
    "Exchanges",
    "Failure",
    "Grade",
    "Mistake",
    "Traffic",
    "Unmet",
    "ask",
    "ask_curl",
    "ask_file",
    "ask_text",
    "expect",
    "grade",
    "open_har",
    "recorder",
    "save_har",
    "secret",
    "send_raw",
    "serve",
    "servers",
    "session",
    "status",
    "stop",
    "traffic",
    "wire",
]

_loaded: WeakKeyDictionary[InteractiveShell, Magics] = WeakKeyDictionary()


def load(shell: InteractiveShell) -> None:
    """Give `shell` the magics."""
    from .magics import Magics

    unload(shell)
    _loaded[shell] = Magics(shell)
    _loaded[shell].load()


def unload(shell: InteractiveShell) -> None:
    """Take the magics away again, and stop the servers of `%%serve` and `serve`."""
    magics = _loaded.pop(shell, None)
    if magics is not None:
        magics.unload()


def show(result: Any) -> None:
    """Show the result of a magic, if it has one."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    magics = _loaded.get(shell) if shell is not None else None
    if magics is not None:
        magics.live.show(result)
