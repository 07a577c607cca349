"""A request in other words: as curl, as Python, for Node, for HTTPie, in the `.http` format."""

from __future__ import annotations

from httpkit.draft import Draft
from httpkit.messages import Pairs, SentRequest


def own_headers(sent: SentRequest) -> Pairs:
    return sent.raw_headers


def curl(draft: Draft, *, reveal: bool = False) -> str:
    return ""


python = node = httpie = http = curl
