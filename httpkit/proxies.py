"""Which requests go through a proxy, and what they say to it; nothing here does any I/O.

An http request is sent to the proxy with a whole URL as its target (RFC 9112 section 3.2.2). For https the
proxy is asked for a tunnel (CONNECT, RFC 9110 section 9.3.6), and what goes through that it cannot read.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import NodeError, error, wrong_type, wrong_value
from .headers import basic
from .urls import invalid_url, url_options

DEFAULT_PORTS = {"http:": 80, "https:": 443}
_VARIABLES = {"http:": ("http_proxy", "HTTP_PROXY"), "https:": ("https_proxy", "HTTPS_PROXY")}
_BYPASS = ("no_proxy", "NO_PROXY")
_MORE_THAN_A_PLACE = re.compile(r"[\x00-\x20/\\?#@]")


@dataclass(frozen=True)
class Proxy:
    """Where the proxy is, what it wants to see, and which hosts do without it."""

    protocol: str
    host: str
    port: int
    href: str
    authorization: str | None = field(default=None, repr=False)
    bypassed: tuple[str, ...] = ()

    def is_for(self, host: str, port: Any = None) -> bool:
        """Whether requests to `host`:`port` go through it."""
        host = host.lower()
        return not any(_matches(entry, host, port) for entry in self.bypassed)


def proxy_of(env: Mapping[str, Any], protocol: str) -> Proxy | None:
    """The proxy of HTTP_PROXY or HTTPS_PROXY, whichever is for `protocol`; lower case goes first.

    Other kinds of proxies than http:// and https:// are left to others. Raises ERR_PROXY_INVALID_CONFIG.
    """
    url = proxy_url(env, protocol)
    if url is None or not url.startswith(("http://", "https://")):
        return None
    try:
        parts = url_options(url)
    except NodeError:
        raise _invalid(url, "Invalid proxy URL: ") from None
    auth = parts.get("auth")
    has_credentials = auth not in (None, ":")
    kind, host = parts["protocol"], parts["hostname"]
    port = parts.get("port", DEFAULT_PORTS[kind])
    return Proxy(
        protocol=kind,
        host=host,
        port=port,
        href=f"{kind}//{authority(host, port, kind)}{parts['path']}" if has_credentials else url,
        authorization=basic(auth) if auth and has_credentials else None,
        bypassed=tuple(entry.strip().lower() for entry in (_value(env, *_BYPASS) or "").split(",")),
    )


def only_proxies(env: Mapping[str, Any]) -> dict[str, Any]:
    """What `env` says of proxies, and nothing else of it."""
    return {name: env[name] for name in (*_VARIABLES["http:"], *_VARIABLES["https:"], *_BYPASS) if name in env}


def proxy_url(env: Mapping[str, Any], protocol: str) -> str | None:
    """What `env` says about the proxy for `protocol`. Raises ERR_PROXY_INVALID_CONFIG for line breaks."""
    url = _value(env, *_VARIABLES.get(protocol, ()))
    if url and ("\r" in url or "\n" in url):
        raise _invalid(url, "Invalid proxy URL: ")
    return url


def check_proxy_url(url: str) -> None:
    """Raise ERR_PROXY_INVALID_CONFIG where `url` is none."""
    scheme, colon, _ = url.partition(":")
    try:
        if not colon or f"{scheme.lower()}:" in DEFAULT_PORTS:
            url_options(url)
    except NodeError:
        raise _invalid(url) from None


def authority(host: str, port: Any, protocol: str = "http:") -> str:
    """`host:port` as in a URL: an IPv6 address in brackets, the port where it is not the usual one."""
    host = bracketed(host)
    return host if port in (None, DEFAULT_PORTS[protocol]) else f"{host}:{port}"


def bracketed(host: str) -> str:
    """`host` as it stands before a port: an IPv6 address needs brackets."""
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host


def absolute_target(
    path: str, host: str, port: int, given_host: str | None, *, exactly: bool = False
) -> tuple[str, str]:
    """What follows the method in a request to a proxy, and its Host header: the URL of `path` on `host`:`port`.

    `given_host` is a Host header that is there already; it has to name the same place, `exactly` or in other words.
    Raises ERR_INVALID_URL and ERR_INVALID_ARG_VALUE: a proxy must not be told two different hosts.
    """
    place = _canonical(f"{bracketed(host)}:{port}")
    if place is None:
        raise invalid_url(f"http://{host}:{port}")
    if given_host is not None and place != (given_host if exactly else _canonical(given_host)):
        raise wrong_value("Host in options.headers", f"must match the request authority ({place})", given_host)
    if path.startswith("/"):
        return f"http://{place}{url_options(f'http://{place}{path}')['path']}", place
    return f"http://{place}{_path_of_url(path, place)}", place


def _path_of_url(url: str, place: str) -> str:
    try:
        parts = url_options(url)
    except NodeError:
        raise wrong_value("options.path", "must be in absolute-form or start with /", url) from None
    if "auth" in parts:
        raise wrong_value("options.path", "must not contain userinfo, use options.auth instead", _redacted(url))
    if parts["protocol"] != "http:":
        raise wrong_value("options.path", "must use http: scheme when specified as an absolute URL", parts["protocol"])
    if authority(parts["hostname"], parts.get("port")) != place:
        raise wrong_value("options.path", f"must match the request authority ({place})", url)
    return str(parts["path"])


def the_host_in(headers: list[tuple[str, Any]]) -> str | None:
    """The Host header of a list of headers. Raises ERR_INVALID_ARG_VALUE where there are several."""
    hosts = [str(value) for name, value in headers if str(name).lower() == "host"]
    if len(hosts) > 1:
        raise wrong_value("options.headers", "must not contain duplicate Host headers", "(redacted)")
    return hosts[0] if hosts else None


def connect_head(host: str, port: Any, proxy: Proxy, *, keep_alive: bool) -> bytes:
    """The request that asks `proxy` for a tunnel to `host`:`port`. Raises ERR_UNESCAPED_CHARACTERS."""
    endpoint = f"{bracketed(host)}:{port}"
    if _MORE_THAN_A_PLACE.search(endpoint) or not endpoint.isascii():
        raise error("ERR_UNESCAPED_CHARACTERS", "Host")
    lines = [f"CONNECT {endpoint} HTTP/1.1"]
    if proxy.authorization:
        lines.append(f"proxy-authorization: {proxy.authorization}")
    if keep_alive:
        lines.append("proxy-connection: keep-alive")
    lines.append(f"host: {endpoint}")
    return "\r\n".join([*lines, "\r\n"]).encode("ascii")


def _value(env: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = env.get(name)
        if value is not None and not isinstance(value, str):
            raise wrong_type(f"proxyEnv.{name}", "of type str", value)
        if value:
            return value
    return None


def _canonical(place: str) -> str | None:
    """`host:port` as the URL parser writes it; None where it is no such thing."""
    try:
        parts = None if _MORE_THAN_A_PLACE.search(place) else url_options(f"http://{place}")
    except NodeError:
        return None
    return authority(parts["hostname"], parts.get("port")) if parts is not None else None


def _matches(entry: str, host: str, port: Any) -> bool:
    """Whether `entry` of NO_PROXY means `host`: itself, with its port, `*`, `.suffix`, `*.suffix`, a range of IPv4."""
    return (
        entry in ("*", host)
        or (bool(port) and entry == f"{host}:{port}")
        or (entry.startswith(".") and (host == entry[1:] or host.endswith(entry)))
        or (entry.startswith("*.") and host.endswith(entry[1:]))
        or ("-" in entry and _is_between(host, *entry.split("-")[:2]))
    )


def _is_between(host: str, first: str, last: str) -> bool:
    try:
        low, address, high = (ipaddress.IPv4Address(text.strip()) for text in (first, host, last))
    except ValueError:
        return False
    return low <= address <= high


def _invalid(url: str, before: str = "") -> NodeError:
    return error("ERR_PROXY_INVALID_CONFIG", before + _redacted(url))


def _redacted(url: str) -> str:
    """`url` without the name and the password in it: Node's messages show them, ours may end up in a notebook."""
    said, found, place = url.rpartition("@")
    scheme, slashes, _ = said.rpartition("//")
    return f"{scheme}{slashes}***@{place}" if found else url
