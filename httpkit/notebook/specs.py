"""Where a rule is written down: 'RFC 9110 §15.5.5' and the link to it."""

from __future__ import annotations

import re

_RFC = re.compile(r"RFC (\d+)(?: §([\d.]+))?")

# What is defined outside the RFCs.
_ELSEWHERE = {
    "Fetch": "https://fetch.spec.whatwg.org/",
    "HTTP working group draft": "https://datatracker.ietf.org/doc/draft-ietf-httpbis-safe-method-w-body/",
    "Referrer Policy": "https://www.w3.org/TR/referrer-policy/",
    "UPnP": "https://openconnectivity.org/upnp-specs/UPnP-arch-DeviceArchitecture-v2.0-20200417.pdf",
    "CSP": "https://www.w3.org/TR/CSP3/",
    "Trace Context": "https://www.w3.org/TR/trace-context/",
}


def spec_url(spec: str) -> str | None:
    """The address of a specification, or None where it has none of its own."""
    found = _RFC.match(spec)
    if not found:
        return _ELSEWHERE.get(spec)
    number, section = found.groups()
    return f"https://www.rfc-editor.org/rfc/rfc{number}" + (f"#section-{section}" if section else "")
