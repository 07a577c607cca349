"""A request in other words: as curl, as Python, for Node, for HTTPie, in the `.http` format.

What is written sends the same request as the draft: method, target, body and the headers that are the draft's own. Each
client adds some by itself; those that say something (Accept, Content-Type, Accept-Encoding) are taken away where the
draft has none, those that only name the client or the connection stay. Secrets are hidden unless `reveal` is True.
"""

from __future__ import annotations

from .curl import curl
from .http_format import http
from .httpie import httpie
from .node import node
from .own_headers import own_headers
from .python import python

__all__ = ["curl", "http", "httpie", "node", "own_headers", "python"]
