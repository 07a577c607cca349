"""What a `.http` text led to: each exchange in turn, and what was not done."""

from __future__ import annotations

from httpkit.draft import Draft
from httpkit.notebook.html import Html, join
from httpkit.notebook.run import Exchanges

from . import draft as draft_view
from . import exchange as exchange_view
from . import note as note_view


def html(exchanges: Exchanges) -> Html:
    shown = (draft_view.html(each) if isinstance(each, Draft) else exchange_view.html(each) for each in exchanges)
    return join([*shown, *map(note_view.html, exchanges.notes)])


def text(exchanges: Exchanges) -> str:
    shown = (draft_view.text(each) if isinstance(each, Draft) else exchange_view.text(each) for each in exchanges)
    return "\n\n\n".join([*shown, *map(note_view.text, exchanges.notes)])
