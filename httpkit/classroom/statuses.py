"""Every status, with the headers that belong to it."""

from __future__ import annotations

from typing import Any

from httpkit.constants import STATUS_CODES
from httpkit.notebook.triggers import answer_with

from .replies import Refusal, number
from .routes import ANY, Route


def status(req: Any, res: Any) -> None:
    """Answers with this status, and with the headers that belong to it"""
    code = number(req.params["code"], "The status", 100, 599)
    if code == 101 or code not in STATUS_CODES:
        known = "after 101 no HTTP would follow" if code == 101 else "nobody has defined it"
        raise Refusal(400, f"There is no answer with {code} here: {known}. %status lists all there are.")
    answer_with(code, res)


ROUTES = (Route(ANY, "/status/{code}", status, "/status/404"),)
