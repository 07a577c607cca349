"""The options of a request: the forms they come in, and what they may be.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httprequesturl-options-callback
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .checks import integer
from .errors import error, wrong_type
from .headers import basic, checked_name
from .net import Callback, checked_timeout
from .option_names import REQUEST_OPTIONS, check_keywords
from .urls import url_options
from .validation import check_validation

Options = dict[str, Any]

_UNESCAPED = re.compile(r"[^\x21-\xff]")


def request_options(url: Any, options: Any, callback: Any, more: Options) -> tuple[Options, Callback | None]:
    """The options of a request from `(url, options, callback)` in all forms Node takes, and the callback.

    Raises ERR_INVALID_URL and ERR_INVALID_ARG_TYPE, also for a keyword that means nothing.
    """
    if isinstance(url, str):
        wanted = url_options(url)
    elif isinstance(url, Mapping):
        wanted, options, callback = dict(url), None, callback or options
    elif url is None and options is None:
        wanted = {}
    else:
        wanted = url_options(_text_of_url(url))
    if callable(options) and not isinstance(options, Mapping):
        options, callback = None, options
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    check_keywords(more, REQUEST_OPTIONS)
    if callback is not None and not callable(callback):
        raise wrong_type("listener", "of type function", callback)
    wanted.update(options or {})
    wanted.update(more)
    return wanted, callback


def _text_of_url(url: Any) -> str:
    """The text of what `urlsplit` gives, or of a URL object (yarl, httpx)."""
    if hasattr(url, "geturl"):
        return str(url.geturl())
    if hasattr(url, "scheme") and hasattr(url, "host"):
        return str(url)
    raise wrong_type("url", "a str, a URL or a mapping of options", url)


def checked_method(method: Any) -> str:
    """A method in upper case. Raises ERR_INVALID_ARG_TYPE and ERR_INVALID_HTTP_TOKEN."""
    if method is not None and not isinstance(method, str):
        raise wrong_type("options.method", "of type str", method)
    if not method:
        return "GET"
    checked_name(method, "Method")
    return method.upper()


def checked_path(path: Any) -> str:
    """A request target. Raises ERR_UNESCAPED_CHARACTERS for spaces, control and non-Latin-1 characters."""
    text = str(path)
    if _UNESCAPED.search(text):
        raise error("ERR_UNESCAPED_CHARACTERS", "Request path")
    return text


def checked_host(wanted: Options) -> str:
    """The host to connect to. Raises ERR_INVALID_ARG_TYPE."""
    for name in ("hostname", "host"):
        host = wanted.get(name)
        if host is not None and not isinstance(host, str):
            raise wrong_type(f"options.{name}", "of type str or None", host)
        if host:
            return host
    return "localhost"


def _size(name: str, value: Any) -> int:
    return integer(name, value, least=0)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(f"options.{name}", "of type bool", value)
    return bool(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type(f"options.{name}", "of type str", value)
    return value


def _timeout(name: str, value: Any) -> float:
    return checked_timeout(value, name)


def _as_it_is(name: str, value: Any) -> Any:
    return value


# What becomes a property of the request under the same name, once it is checked.
_PROPERTIES: dict[str, Callable[[str, Any], Any]] = {
    "timeout": _timeout,
    "maxHeaderSize": _size,
    "joinDuplicateHeaders": _flag,
    "insecureHTTPParser": _as_it_is,
    "httpValidation": _as_it_is,
    "socketPath": _text,
}


def checked_properties(wanted: Options) -> Options:
    """Those of `wanted` that are properties of the request too.

    Raises ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE and ERR_OUT_OF_RANGE.
    """
    names = [name for name in _PROPERTIES.keys() & wanted.keys() if wanted[name] is not None]
    if names:
        check_validation(wanted)
    return {name: _PROPERTIES[name](name, wanted[name]) for name in names}


def basic_credentials(auth: Any) -> str:
    """`name:password` as the value of an Authorization header. Raises ERR_INVALID_ARG_TYPE."""
    return basic(_text("auth", auth))
