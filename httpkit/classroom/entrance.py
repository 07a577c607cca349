"""The first page: what there is to try, for browsers, terminals and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from .negotiation import preferred
from .replies import send_json, send_text
from .routes import Route

_STYLE = """
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 3rem auto; max-width: 60rem; padding: 0 1.5rem; }
  table { border-collapse: collapse; width: 100%; }
  th { text-align: left; }
  th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
  th, td { padding: .4rem .8rem .4rem 0; vertical-align: top; }
  td:nth-child(-n+2) { font-family: ui-monospace, monospace; font-size: .9em; white-space: nowrap; }
  div { overflow-x: auto; }
  a { color: light-dark(#0b57d0, #8ab4f8); }
"""


def entrance(routes: Callable[[], Iterable[Route]]) -> Callable[[Any, Any], None]:
    """The handler of `/`, which lists these routes."""

    def enter(req: Any, res: Any) -> None:
        """What there is to try: as a page, as text or as JSON"""
        res.setHeader("Vary", "Accept")
        kind = preferred(req.headers.get("Accept", "*/*"), ("text/plain", "text/html", "application/json"))
        if kind == "text/html":
            send_text(res, _page(routes()), kind="text/html; charset=utf-8")
        elif kind == "application/json":
            send_json(res, [_entry(route) for route in routes()])
        else:
            send_text(res, listing(routes()))

    return enter


def listing(routes: Iterable[Route]) -> str:
    """The routes as lines: methods, path, what it does."""
    rows = [(_methods(route), route.path, route.summary.replace("`", "")) for route in routes]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "".join(f"{methods:<{widths[0]}}  {path:<{widths[1]}}  {summary}\n" for methods, path, summary in rows)


def _methods(route: Route) -> str:
    return "any" if len(route.methods) > 2 else " ".join(route.methods)


def _entry(route: Route) -> dict[str, Any]:
    entry = {"methods": list(route.methods), "path": route.path, "summary": route.summary}
    return {**entry, "example": route.example} if route.example else entry


def _page(routes: Iterable[Route]) -> str:
    rows = "\n".join(f"<tr><td>{_methods(route)}<td>{_linked(route)}<td>{_marked(route.summary)}" for route in routes)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The classroom of httpkit</title>
<style>{_STYLE}</style>
<h1>The classroom</h1>
<p>A server to practise on. All of it stays on this machine.
<div tabindex="0" role="region" aria-label="What there is to try"><table>
<thead><tr><th scope="col">Method<th scope="col">Path<th scope="col">What it does
<tbody>
{rows}
</table></div>
"""


def _marked(summary: str) -> str:
    """As HTML, in which what stands between backticks is code."""
    pieces = escape(summary).split("`")
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


def _linked(route: Route) -> str:
    if not route.example or "GET" not in route.methods:
        return escape(route.path)
    # Relative, so that it works behind a notebook's proxy, too.
    return f'<a href="{escape(route.example.removeprefix("/"))}">{escape(route.path)}</a>'
