"""Which Agent carries a request: the one it names, the global one, or one for its TLS options and proxy.

Requests that are to be sent in the same way share an agent, and with it the connections that are open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from . import https
from .agent import Agent
from .draft import Delivery
from .errors import NodeError
from .global_agents import global_agent
from .loop import home


def agent_for(delivery: Delivery, scheme: str) -> Agent | None:
    """The agent of a request for a URL of `scheme`, 'http' or 'https'; None is for the global one.

    Raises NodeError: ERR_FILE where a certificate cannot be read, ERR_PROXY_INVALID_CONFIG, and what the agents raise.
    """
    if delivery.agent is not None:
        return delivery.agent
    verify = delivery.verify if scheme == "https" else True
    cert = delivery.cert if scheme == "https" else None
    if verify is True and cert is None and delivery.proxy is None:
        return None
    kind = https.Agent if scheme == "https" else Agent
    proxies = _proxies(delivery.proxy, kind)
    key = f"agent {scheme} {verify!r} {cert} {proxies}"
    residents = home().residents
    if key not in residents:
        residents[key] = kind(_options(verify, cert, proxies))
    return cast(Agent, residents[key])


def _proxies(proxy: str | None, kind: type[Agent]) -> Any:
    """What an agent is told of proxies: what the global one was, where the request says nothing of them."""
    if proxy is None:
        return global_agent(kind).options.get("proxyEnv")
    if proxy and not proxy.startswith(("http://", "https://")):
        # An agent leaves others out, and the request would go without one.
        said = proxy.partition(":")[0]
        raise NodeError(
            f"'{said}…' is no proxy that can be used: expected http:// or https://", "ERR_PROXY_INVALID_CONFIG"
        )
    return {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}


def _options(verify: bool | str, cert: tuple[str, str] | None, proxies: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"keepAlive": True, "scheduling": "lifo", "timeout": 5000, "proxyEnv": proxies}
    if verify is False:
        options["rejectUnauthorized"] = False
    elif isinstance(verify, str):
        options["ca"] = _text(verify)
    if cert is not None:
        options["cert"], options["key"] = map(_text, cert)
    return options


def _text(path: str) -> str:
    try:
        return Path(path).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise NodeError(
            f"{path} is no certificate that can be read ({error}): expected a PEM file", "ERR_FILE"
        ) from None
