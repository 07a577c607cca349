"""request() and get(): the two ways to begin a ClientRequest.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httprequesturl-options-callback
"""

from __future__ import annotations

from typing import Any

from .client_request import ClientRequest
from .net import Callback


def request(url: Any = None, options: Any = None, callback: Callback | None = None, **more: Any) -> ClientRequest:
    """A request that still has to be ended: `request(url, options, callback)` or `request(options, callback)`.

    `url` is a str, what `urlsplit` gives, or a URL of yarl or httpx. Options are a mapping in Node's position, or
    keywords; `callback(response)` is called once. Raises ERR_INVALID_URL, ERR_INVALID_PROTOCOL, ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE and what `setHeader` and `createConnection` raise; what happens later is an 'error' event.
    """
    return ClientRequest(url, options, callback, **more)


def get(url: Any = None, options: Any = None, callback: Callback | None = None, **more: Any) -> ClientRequest:
    """A request that is sent at once: `request(…)`, then `end()`. Awaiting it gives the response."""
    sent = ClientRequest(url, options, callback, **more)
    sent.end()
    return sent
