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
from .loop import home


def agent_for(delivery: Delivery, scheme: str) -> Agent | None:
    """The agent of a request for a URL of `scheme`, 'http' or 'https'; None is for the global one.

    Raises NodeError ERR_FILE where a certificate cannot be read, and what the agents raise.
    """
    if delivery.agent is not None:
        return delivery.agent
    verify = delivery.verify if scheme == "https" else True
    cert = delivery.cert if scheme == "https" else None
    if verify is True and cert is None and delivery.proxy is None:
        return None
    key = f"agent {scheme} {verify} {cert} {delivery.proxy}"
    residents = home().residents
    if key not in residents:
        kind = https.Agent if scheme == "https" else Agent
        residents[key] = kind(_options(verify, cert, delivery.proxy))
    return cast(Agent, residents[key])


def _options(verify: bool | str, cert: tuple[str, str] | None, proxy: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {"keepAlive": True, "scheduling": "lifo", "timeout": 5000}
    if verify is False:
        options["rejectUnauthorized"] = False
    elif isinstance(verify, str):
        options["ca"] = _text(verify)
    if cert is not None:
        options["cert"], options["key"] = map(_text, cert)
    if proxy is not None:
        options["proxyEnv"] = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy}
    return options


def _text(path: str) -> str:
    try:
        return Path(path).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise NodeError(f"{path} is no certificate that can be read ({error}): expected a PEM file", "ERR_FILE") from None
