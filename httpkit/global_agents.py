"""The agents of requests that name none: one for http and one for https on each event loop.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpglobalagent
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping
from typing import Any, cast

from .agent import Agent
from .errors import wrong_type
from .loop import home
from .proxies import check_proxy_url, only_proxies, proxy_url


class _GlobalProxies:
    """What the global agents know of proxies; where it is another, they are others, too."""

    def __init__(self, env: Mapping[str, Any] | None) -> None:
        self.number = next(_numbers)
        self.env = env


_numbers = itertools.count()


def _from_environment() -> _GlobalProxies:
    return _GlobalProxies(only_proxies(os.environ) if os.environ.get("NODE_USE_ENV_PROXY") == "1" else None)


_global_proxies = {"http:": _from_environment(), "https:": _from_environment()}


def _global_key(protocol: str) -> str:
    return f"globalAgent {protocol} {_global_proxies[protocol].number}"


def global_agent(kind: type[Agent] = Agent) -> Agent:
    """The agent of requests that name none; each event loop has one of each kind."""
    residents = home().residents
    key = _global_key(kind.protocol)
    agent = residents.get(key)
    if agent is None:
        env = _global_proxies[kind.protocol].env
        agent = residents[key] = kind(keepAlive=True, scheduling="lifo", timeout=5000, proxyEnv=env)
    return cast(Agent, agent)


def set_global_agent(agent: Agent, kind: type[Agent] = Agent) -> None:
    """Make `agent` the one of requests that name none."""
    if not callable(getattr(agent, "addRequest", None)):
        raise wrong_type("globalAgent", "an instance of Agent", agent)
    home().residents[_global_key(kind.protocol)] = agent


def setGlobalProxyFromEnv(env: Mapping[str, Any] | None = None) -> Callable[[], None]:
    """Send requests that name no agent through the proxies of `env` (HTTP_PROXY, HTTPS_PROXY, NO_PROXY; os.environ).

    Gives a function that takes it back. Raises ERR_INVALID_ARG_TYPE and ERR_PROXY_INVALID_CONFIG.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpsetglobalproxyfromenvproxyenv
    """
    if env is not None and not isinstance(env, Mapping):
        raise wrong_type("proxyEnv", "a mapping", env)
    named = only_proxies(os.environ if env is None else env)
    urls = {protocol: proxy_url(named, protocol) for protocol in _global_proxies}
    for url in filter(None, urls.values()):
        check_proxy_url(url)
    before = {protocol: _global_proxies[protocol] for protocol, url in urls.items() if url}
    _global_proxies.update({protocol: _GlobalProxies(named) for protocol in before})

    def restore() -> None:
        _global_proxies.update(before)

    return restore
