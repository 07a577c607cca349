"""Certificates: as Node shows them, whether they name a server, and whether they are to be trusted.

Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#certificate-object
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from .errors import NodeError, error

Certificate = dict[str, Any]

# What X.509 calls the parts of a name, and Node.
_PARTS = {
    "commonName": "CN",
    "countryName": "C",
    "domainComponent": "DC",
    "givenName": "GN",
    "localityName": "L",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "stateOrProvinceName": "ST",
    "streetAddress": "street",
    "surname": "SN",
    "userId": "UID",
}
_ACCESS = {"OCSP": "OCSP - URI", "caIssuers": "CA Issuers - URI"}

# Where Node writes an alternative name as a JSON string, so that no name can pass for two.
_NEEDS_QUOTES = re.compile(r"[^\x20-\x7e]|[\",'\\]")
_JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')

# OpenSSL's verdicts (X509_V_ERR_*) under the names that Node gives them.
_VERDICTS = (
    "UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_CRL UNABLE_TO_DECRYPT_CERT_SIGNATURE UNABLE_TO_DECRYPT_CRL_SIGNATURE "
    "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY CERT_SIGNATURE_FAILURE CRL_SIGNATURE_FAILURE CERT_NOT_YET_VALID "
    "CERT_HAS_EXPIRED CRL_NOT_YET_VALID CRL_HAS_EXPIRED ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD "
    "ERROR_IN_CRL_LAST_UPDATE_FIELD ERROR_IN_CRL_NEXT_UPDATE_FIELD OUT_OF_MEM DEPTH_ZERO_SELF_SIGNED_CERT "
    "SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE CERT_CHAIN_TOO_LONG "
    "CERT_REVOKED INVALID_CA PATH_LENGTH_EXCEEDED INVALID_PURPOSE CERT_UNTRUSTED CERT_REJECTED"
).split()
VERDICTS = dict(enumerate(_VERDICTS, start=2)) | {62: "HOSTNAME_MISMATCH", 64: "IP_ADDRESS_MISMATCH"}

_UNKNOWN_AUTHORITY = frozenset(
    "DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT_LOCALLY "
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE".split()
)
_NO_ISSUER = 20

# _ssl.ENCODING_DER
_DER = 2


# --- what a connection knows


def peer_certificate(tls: ssl.SSLObject, detailed: bool = False) -> Certificate:
    """The peer's certificate as Node shows it; empty without one, with all its issuers if `detailed`."""
    chain = [_shown(each) for each in _chain(tls, verified=detailed)]
    for certificate, issuer in zip(chain, chain[1:] if detailed else (), strict=False):
        certificate["issuerCertificate"] = issuer
    if detailed and chain and chain[-1]["issuer"] == chain[-1]["subject"]:
        # As in Node, what is signed by itself is its own issuer.
        chain[-1]["issuerCertificate"] = chain[-1]
    return chain[0] if chain else {}


def _chain(tls: ssl.SSLObject, *, verified: bool) -> list[Any]:
    # The public methods of Python 3.13 give bare bytes, and earlier ones have none.
    inner = cast(Any, tls)._sslobj
    chain = (inner.get_verified_chain() if verified else None) or inner.get_unverified_chain() or []
    # Of a client without a certificate a server has a chain of nothing.
    return [each for each in chain if each is not None]


def _shown(certificate: Any) -> Certificate:
    info: Mapping[str, Any] = certificate.get_info()
    raw: bytes = certificate.public_bytes(_DER)
    shown = {
        "subject": _name(info["subject"]),
        "issuer": _name(info["issuer"]),
        "subjectaltname": _alternative_names(info.get("subjectAltName", ())),
        "infoAccess": {_ACCESS[name]: list(info[name]) for name in _ACCESS if info.get(name)} or None,
        "valid_from": info["notBefore"],
        "valid_to": info["notAfter"],
        "fingerprint": _fingerprint("sha1", raw),
        "fingerprint256": _fingerprint("sha256", raw),
        "fingerprint512": _fingerprint("sha512", raw),
        "serialNumber": info["serialNumber"],
        "raw": raw,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _fingerprint(algorithm: str, raw: bytes) -> str:
    return hashlib.new(algorithm, raw).digest().hex(":").upper()


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for long_name, value in (pair for part in parts for pair in part):
        name = _PARTS.get(long_name, long_name)
        if name in found:
            # What is there more than once is a list.
            there = found[name]
            value = [*(there if isinstance(there, list) else [there]), value]  # type: ignore[assignment]
        found[name] = value
    return found


def _alternative_names(names: tuple[tuple[str, Any], ...]) -> str | None:
    return ", ".join(f"{kind}:{_quoted(str(name))}" for kind, name in names) or None


def _quoted(name: str) -> str:
    return json.dumps(name) if _NEEDS_QUOTES.search(name) else name


# --- whom it names


def checkServerIdentity(hostname: str, cert: Certificate) -> NodeError | None:
    """None if the certificate is one for `hostname`, else ERR_TLS_CERT_ALTNAME_INVALID: `reason`, `host`, `cert`.

    Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#tlscheckserveridentityhostname-cert, RFC 6125
    """
    host = str(hostname).removesuffix(".")
    reason = _mismatch(host, cert)
    if reason is None:
        return None
    return error("ERR_TLS_CERT_ALTNAME_INVALID", reason, reason=reason, host=host, cert=cert)


def _mismatch(host: str, cert: Certificate) -> str | None:
    """Why `cert` is not one for `host`."""
    altnames = cert.get("subjectaltname") or ""
    names = _split(altnames)
    hosts = [name[4:] for name in names if name.startswith("DNS:")]
    address = _address(host)
    if address is not None:
        addresses = [str(_address(name[11:])) for name in names if name.startswith("IP Address:")]
        matches = str(address) in addresses
        return None if matches else f"IP: {host} is not in the cert's list: {', '.join(addresses)}"
    common = (cert.get("subject") or {}).get("CN")
    if hosts:
        matches = any(_matches(host, pattern) for pattern in hosts)
        return None if matches else f"Host: {host}. is not in the cert's altnames: {altnames}"
    if common:
        # Only where there is no alternative name that could be meant.
        matches = any(_matches(host, pattern) for pattern in ([common] if isinstance(common, str) else common))
        shown = common if isinstance(common, str) else ",".join(common)
        return None if matches else f"Host: {host}. is not cert's CN: {shown}"
    return "Cert does not contain a DNS name"


def _split(altnames: str) -> list[str]:
    """The alternative names; `, ` ends one, except in a JSON string. Raises ERR_TLS_CERT_ALTNAME_FORMAT."""
    names, name, at = [], "", 0
    while at < len(altnames):
        if altnames[at] == '"':
            quoted = _JSON_STRING.match(altnames, at)
            if quoted is None:
                raise error("ERR_TLS_CERT_ALTNAME_FORMAT")
            name += json.loads(quoted[0])
            at = quoted.end()
        elif altnames.startswith(", ", at):
            names.append(name)
            name, at = "", at + 2
        else:
            name += altnames[at]
            at += 1
    return [*names, name]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _matches(host: str, pattern: str) -> bool:
    """Whether `pattern`, which may have one `*` in its first label, stands for `host`."""
    wanted, labels = _labels(_ascii(host)), _labels(pattern)
    if len(wanted) != len(labels) or "" in labels or not re.fullmatch(r"[\x21-\x7f]+", pattern):
        return False
    if wanted[1:] != labels[1:]:
        return False
    first = labels[0]
    if "*" not in first or "xn--" in first:
        return wanted[0] == first
    before, _, after = first.partition("*")
    # Neither more than one star nor one for a whole top level.
    if "*" in after or len(labels) <= 2 or len(before) + len(after) > len(wanted[0]):
        return False
    return wanted[0].startswith(before) and wanted[0].endswith(after)


def _labels(name: str) -> list[str]:
    # Names are compared as ASCII only: `lower()` would make a K of the Kelvin sign.
    return "".join(char.lower() if char.isascii() else char for char in name).removesuffix(".").split(".")


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""


# --- whether it is to be trusted


def verdict(exc: ssl.SSLCertVerificationError, tls: ssl.SSLObject) -> NodeError:
    """OpenSSL's judgement of the peer's certificate as Node tells it, such as DEPTH_ZERO_SELF_SIGNED_CERT."""
    code = VERDICTS.get(exc.verify_code, "UNSPECIFIED")
    message = exc.verify_message
    if exc.verify_code == _NO_ISSUER and len(_chain(tls, verified=True)) <= 1:
        # Node lets OpenSSL go on, which then says this of a certificate that comes alone.
        code, message = "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"
    if code in _UNKNOWN_AUTHORITY:
        message += "; if you trust whoever signed it, pass their certificate as ca"
    return NodeError(message, code)


def judged(tls: ssl.SSLObject, context: ssl.SSLContext) -> NodeError | None:
    """What `context` thinks of the certificates of a server that were accepted unseen; None if they are good.

    OpenSSL judges them even where it does not insist, but Python does not pass its judgement on. So they are shown to
    `context` once more, in the first words of a conversation of TLS 1.2 that never goes on: there they are not
    encrypted, and they are judged before the server has to prove that they are its own, which this one has proved.
    """
    chain = [each.public_bytes(_DER) for each in _chain(tls, verified=False)]
    incoming = ssl.MemoryBIO()
    replay = context.wrap_bio(incoming, ssl.MemoryBIO())
    with suppress(ssl.SSLWantReadError):
        replay.do_handshake()
    incoming.write(_server_says(chain))
    try:
        replay.do_handshake()
    except ssl.SSLCertVerificationError as exc:
        return verdict(exc, replay)
    except ssl.SSLWantReadError:
        # Judged, and found good: it waits for the proof.
        return None
    except ssl.SSLError as exc:
        # Also judged before: that the cipher is one for RSA keys, and this is none.
        return None if exc.reason == "WRONG_CERTIFICATE_TYPE" else NodeError(str(exc.reason), "UNSPECIFIED")
    raise AssertionError("nobody has proved anything")


def _server_says(chain: list[bytes]) -> bytes:
    """ServerHello and Certificate (RFC 5246 sections 7.4.1.3 and 7.4.2), in records of their own."""
    # TLS 1.2, no random, no session, ECDHE-RSA-AES128-GCM-SHA256, no compression, secure renegotiation.
    hello = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00" + b"\x00\x05\xff\x01\x00\x01\x00"
    certificates = b"".join(_vector(each) for each in chain)
    messages = b"\x02" + _vector(hello) + b"\x0b" + _vector(_vector(certificates))
    parts = [messages[at : at + 0x4000] for at in range(0, len(messages), 0x4000)]
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in parts)


def _vector(content: bytes) -> bytes:
    return len(content).to_bytes(3, "big") + content
