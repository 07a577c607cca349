"""The options of requests and agents by name, so that a misspelled keyword is told instead of ignored.

A mapping in Node's position may hold anything, as in Node.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httprequesturl-options-callback
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from .errors import wrong_type
from .secure_context import OPTIONS as CONTEXT_OPTIONS
from .secure_context import UNAVAILABLE

# Of a connection: what `net.connect` takes.
CONNECT_OPTIONS = frozenset(
    "allowHalfOpen autoSelectFamily autoSelectFamilyAttemptTimeout blockList family highWaterMark hints keepAlive "
    "keepAliveInitialDelay localAddress localPort lookup noDelay typeOfService".split()
)

# Of a connection over TLS: what `tls.connect` takes.
TLS_OPTIONS = CONTEXT_OPTIONS | UNAVAILABLE.keys()
TLS_OPTIONS |= frozenset(
    "ALPNProtocols checkServerIdentity minDHSize rejectUnauthorized secureContext servername session".split()
)

REQUEST_OPTIONS = (
    CONNECT_OPTIONS
    | TLS_OPTIONS
    | frozenset(
        "_defaultAgent agent auth createConnection defaultPort headers host hostname httpValidation insecureHTTPParser "
        "joinDuplicateHeaders maxHeaderSize method path port protocol setDefaultHeaders setHost signal socketPath "
        "timeout uniqueHeaders".split()
    )
)

AGENT_OPTIONS = (
    CONNECT_OPTIONS
    | TLS_OPTIONS
    | frozenset(
        "agentKeepAliveTimeoutBuffer defaultPort host keepAliveMsecs maxCachedSessions maxFreeSockets maxSockets "
        "maxTotalSockets path port protocol proxyEnv scheduling socketPath timeout".split()
    )
)


def check_keywords(given: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse keywords that mean nothing. Raises ERR_INVALID_ARG_TYPE."""
    for name in given.keys() - set(known):
        similar = get_close_matches(name, known, n=1)
        hint = f" (did you mean {similar[0]!r}?)" if similar else ""
        raise wrong_type(name, f"left out: there is no such option{hint}", given[name])
