"""Node.js's `http` module in Python, made for notebooks: `import httpkit as http`.

Servers, requests and agents under Node's names and with Node's behaviour on the wire; `%load_ext httpkit` adds the
magics. Importing this loads aiohttp and no IPython.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from . import events, https, net, stream, tls
from .abort import AbortController, AbortSignal
from .agent import Agent
from .archive import Archive, read_har, write_har
from .checks import integer
from .client import get, request
from .client_request import ClientRequest
from .constants import MAX_HEADER_SIZE as maxHeaderSize
from .constants import METHODS, STATUS_CODES, Methods, StatusCodes
from .decoding import DecodingError
from .difference import Difference, diff
from .draft import Delivery, Draft
from .errors import AbortError, NodeError
from .events import EventEmitter
from .exchange import Exchange, Sending, asend, send
from .global_agents import global_agent, set_global_agent, setGlobalProxyFromEnv
from .headers import validateHeaderName, validateHeaderValue
from .incoming import IncomingMessage
from .messages import Phases
from .outgoing import OutgoingMessage
from .payload import Payload
from .recorder import Entry, Recorder
from .server import Server, createServer
from .server_response import ServerResponse
from .session import Session
from .snippets.snippet import Snippet
from .websocket import WebSocket
from .websocket_events import CloseEvent, MessageEvent

__version__ = "0.1.0"

__all__ = [
    "METHODS",
    "STATUS_CODES",
    "AbortController",
    "AbortError",
    "AbortSignal",
    "Agent",
    "Archive",
    "ClientRequest",
    "CloseEvent",
    "DecodingError",
    "Delivery",
    "Difference",
    "Draft",
    "Entry",
    "EventEmitter",
    "Exchange",
    "IncomingMessage",
    "MessageEvent",
    "NodeError",
    "OutgoingMessage",
    "Payload",
    "Phases",
    "Recorder",
    "Sending",
    "Server",
    "ServerResponse",
    "Session",
    "Snippet",
    "WebSocket",
    "asend",
    "createServer",
    "diff",
    "events",
    "get",
    "globalAgent",
    "https",
    "load_ipython_extension",
    "maxHeaderSize",
    "net",
    "read_har",
    "request",
    "send",
    "setGlobalProxyFromEnv",
    "setMaxIdleHTTPParsers",
    "stream",
    "tls",
    "unload_ipython_extension",
    "validateHeaderName",
    "validateHeaderValue",
    "write_har",
]

globalAgent: Agent


class _Module(ModuleType):
    """Gives the module its one computed attribute: each event loop has a global agent of its own."""

    @property
    def globalAgent(self) -> Agent:
        """The agent of requests that name none; assign another to change it."""
        return global_agent()

    @globalAgent.setter
    def globalAgent(self, agent: Agent) -> None:
        set_global_agent(agent)

    def __dir__(self) -> list[str]:
        return __all__


sys.modules[__name__].__class__ = _Module


def setMaxIdleHTTPParsers(max: int) -> None:  # noqa: A002 - Node's name
    """Accepted for the sake of Node's programs: a parser here belongs to its connection, and none is ever idle.

    Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpsetmaxidlehttpparsersmax
    """
    integer("max", max, least=1)


def _connectionListener(server: Server, socket: Any) -> None:
    """Speak HTTP over `socket` for `server`: what `server.emit('connection', socket)` leads to."""
    server._serve(socket)


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext httpkit`: adds %http, %%http, %%serve, %servers, %stop, %status, %traffic and %har."""
    from . import notebook
    from .notebook.serving import Served

    notebook.load(ipython)
    if hasattr(ipython, "kernel"):
        for kind in (Served, Server):
            ipython.display_formatter.ipython_display_formatter.for_type(kind, _show_panel)


def unload_ipython_extension(ipython: Any) -> None:
    """`%unload_ext httpkit`: takes them away again."""
    from . import notebook
    from .notebook.serving import Served

    for kind in (Served, Server):
        ipython.display_formatter.ipython_display_formatter.pop(kind, None)
    notebook.unload(ipython)


def _show_panel(server: Any) -> None:
    # In a kernel a server shows itself as a widget; they are loaded with the first one.
    from .widgets.server_panel import panel_of

    panel_of(server)._ipython_display_()


def _mimebundle(self: Any, **_: Any) -> dict[str, str]:
    # Only IPython asks for it, so that it is loaded already.
    from .notebook.display import mimebundle

    return mimebundle(self)


def _pretty(self: Any, printer: Any, cycle: bool) -> None:
    from .notebook.display import text

    printer.text(text(self))


for _shown in (
    Archive,
    ClientRequest,
    Difference,
    Draft,
    Exchange,
    IncomingMessage,
    Methods,
    Server,
    Snippet,
    StatusCodes,
):
    # Set from here because the classes stand below the notebook layer and know nothing of it.
    _shown._repr_mimebundle_ = _mimebundle  # type: ignore[union-attr]
    _shown._repr_pretty_ = _pretty  # type: ignore[union-attr]
