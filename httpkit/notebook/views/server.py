"""Where a server listens, with a link."""

from __future__ import annotations

from httpkit.notebook.html import Html, card, link, plain, prose, tag
from httpkit.notebook.serving import Served, Servers
from httpkit.notebook.urls import link_to
from httpkit.server import Server


def _line(url: str, *more: object) -> Html:
    lamp = tag("span", "●", class_="httpkit-lamp", aria_hidden="true")
    return tag("p", lamp, " Listening on ", link(url, url), *more, class_="httpkit-line")


def news(served: Served) -> str:
    """What has changed since its handler was another one."""
    return "new handler, same port and connections" if served.swaps else ""


def html(served: Served) -> Html:
    hints = [tag("p", prose(hint), class_="httpkit-hint") for hint in served.hints]
    return card(f"Server on port {served.port}", _line(served.url, " ", tag("small", news(served))), *hints)


def text(served: Served) -> str:
    more = f" ({news(served)})" if served.swaps else ""
    return "\n".join([f"Listening on {served.url}{more}", *map(plain, served.hints)])


def many_html(servers: Servers) -> Html:
    lines = [_line(link_to(each.url), " ", tag("small", _by(each))) for each in servers]
    return card("Running servers", *lines or [tag("p", "No server is running.")])


def many_text(servers: Servers) -> str:
    return "\n".join(f"Listening on {link_to(each.url)} ({_by(each)})" for each in servers) or "No server is running."


def _by(server: Served | Server) -> str:
    return "%%serve" if isinstance(server, Served) else "createServer"


def node_html(server: Server) -> Html:
    """A server that was made with `createServer`."""
    return card("Server", _line(_url(server)) if server.listening else tag("p", "Server, not listening"))


def node_text(server: Server) -> str:
    return f"Listening on {_url(server)}" if server.listening else "Server, not listening"


def _url(server: Server) -> str:
    return link_to(server.url)
