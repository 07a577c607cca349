"""Node's TLS options as Python's `ssl.SSLContext`.

One context of Node serves both sides of a connection and is asked for certificates, or not, by each connection;
Python's is made for one side and settles it all. So a SecureContext keeps the options, and gives the `SSLContext` for
what a connection needs; those are made once, because trusting the system's authorities takes tens of milliseconds and
because a TLS session can only be resumed in the context it began in.

Python's ssl reads a certificate and its key from files only: they are in one that only this user can read, for as long
as that takes.

Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#tlscreatesecurecontextoptions
"""

from __future__ import annotations

import os
import re
import ssl
import tempfile
import warnings
from collections.abc import Callable, Hashable, Mapping
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from .checks import integer
from .errors import NodeError, NodeTypeError, error, received, wrong_type, wrong_value

# What a context is made of.
OPTIONS = frozenset(
    "allowPartialTrustChain ca cert ciphers crl dhparam ecdhCurve honorCipherOrder key maxVersion minVersion "
    "passphrase secureOptions secureProtocol".split()
)

# What Python's ssl does not offer, and what can be done instead.
UNAVAILABLE = {
    "certificateCompression": "leave it out",
    "clientCertEngine": "pass the key and the certificate as key and cert",
    "enableTrace": "look at the traffic with Wireshark; ssl.SSLContext.keylog_filename holds the keys",
    "pfx": "convert it with `openssl pkcs12 -in file.p12 -nodes -out file.pem` and pass key and cert",
    "privateKeyEngine": "pass the key as key",
    "privateKeyIdentifier": "pass the key as key",
    "pskCallback": "use certificates",
    "pskIdentityHint": "use certificates",
    "requestOCSP": "pass revocation lists as crl",
    "sessionIdContext": "leave it out",
    "sessionTimeout": "leave it out",
    "sigalgs": "leave it out",
    "ticketKeys": "leave it out: every server makes its own",
}

_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_METHOD = re.compile(r"(SSLv23|TLS|TLSv1|TLSv1_1|TLSv1_2)_(?:client_|server_)?method")
# The lowest and the highest version of each method.
_METHODS = {
    "SSLv23": ("TLSv1.2", "TLSv1.2"),
    "TLS": ("TLSv1", "TLSv1.3"),
    "TLSv1": ("TLSv1", "TLSv1"),
    "TLSv1_1": ("TLSv1.1", "TLSv1.1"),
    "TLSv1_2": ("TLSv1.2", "TLSv1.2"),
}
_OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
_CURVES = {"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1"}
# What `certificates.judged` lets a server choose.
_CIPHER_OF_REPLAYS = "ECDHE-RSA-AES128-GCM-SHA256"
# Python's ssl always offers these of TLS 1.3, and no others.
_SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"}

_HINTS = {
    "HTTP_REQUEST": "plain HTTP came to an HTTPS port; should the URL begin with https://?",
    "WRONG_VERSION_NUMBER": "the peer does not speak TLS; should the URL begin with http://?",
}

# So many ssl.SSLContext each SecureContext keeps.
_MOST_KEPT = 16

Versions = tuple[ssl.TLSVersion, ssl.TLSVersion]

# For contexts of the user's: whom they trusted when one was made to judge in their place, and that one.
_JUDGES: WeakKeyDictionary[ssl.SSLContext, tuple[Hashable, ssl.SSLContext]] = WeakKeyDictionary()


class SecureContext:
    """Certificate, key, trust and protocol versions, to be shared by connections."""

    def __init__(self, options: Mapping[str, Any], given: ssl.SSLContext | None = None) -> None:
        refuse_unavailable(options)
        self._options = {name: value for name, value in options.items() if name in OPTIONS and value is not None}
        self._given = given
        self._versions = _versions(self._options)
        self._made: dict[Hashable, ssl.SSLContext] = {}
        self.has_certificate = given is not None or bool(options.get("cert") and options.get("key"))
        if given is None:
            # A mistake in the options shows here, not at the first connection.
            check = self._new(ssl.PROTOCOL_TLS_SERVER, self._versions)
            if self._options.get("ca"):
                self._trust(check)

    @property
    def checks_names(self) -> bool:
        """Whether Python compares the server's name with its certificate, as a context of the user's may want."""
        return self._given is not None and self._given.check_hostname

    def for_client(self, verify: bool, protocols: tuple[str, ...] = ()) -> ssl.SSLContext:
        """The context of connections to servers, whose certificates have to be good if `verify`."""
        mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
        return self._kept(ssl.PROTOCOL_TLS_CLIENT, mode, protocols, self._versions)

    def for_replay(self) -> ssl.SSLContext:
        """The context to judge a server's certificates with, in a conversation of TLS 1.2 (`certificates.judged`)."""
        if self._given is not None:
            return _judge_for(self._given)
        versions = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
        context = self._kept(ssl.PROTOCOL_TLS_CLIENT, ssl.CERT_REQUIRED, (), versions)
        context.set_ciphers(_CIPHER_OF_REPLAYS)
        return context

    def for_server(self, ask: bool, verify: bool, protocols: tuple[str, ...] = ()) -> ssl.SSLContext:
        """The context of connections from clients: `ask` for a certificate, and refuse those without if `verify`."""
        asked = ssl.CERT_REQUIRED if verify else ssl.CERT_OPTIONAL
        return self._kept(ssl.PROTOCOL_TLS_SERVER, asked if ask else ssl.CERT_NONE, protocols, self._versions)

    def refuse_lenience(self, mode: ssl.VerifyMode, side: int = ssl.PROTOCOL_TLS_CLIENT) -> None:
        """Raise ERR_TLS_INVALID_CONTEXT for a context of the user's that lets in whom `mode` would not."""
        if self._given is None or self._given.verify_mode >= mode:
            return
        if side is ssl.PROTOCOL_TLS_SERVER:
            what = f"must ask clients for certificates: set its verify_mode to {mode.name}, or leave requestCert out"
        else:
            what = "must verify the server's certificate; if anybody may answer, pass rejectUnauthorized=False"
        message = f"secureContext {what}. Received an ssl.SSLContext with {self._given.verify_mode.name}"
        raise NodeTypeError(message, "ERR_TLS_INVALID_CONTEXT")

    def _kept(self, side: int, mode: ssl.VerifyMode, protocols: tuple[str, ...], versions: Versions) -> ssl.SSLContext:
        if self._given is not None:
            self.refuse_lenience(mode, side)
            return self._given
        key = (side, mode, protocols, versions)
        context = self._made.pop(key, None)
        if context is None:
            context = self._new(side, versions)
            if side is ssl.PROTOCOL_TLS_CLIENT or mode is not ssl.CERT_NONE:
                # A client that accepts any server still shows who signed for it.
                self._trust(context)
            context.verify_mode = mode
            if protocols:
                context.set_alpn_protocols(list(protocols))
        # Kept by when they were last used: clients may choose the protocols.
        self._made[key] = context
        if len(self._made) > _MOST_KEPT:
            self._made.pop(next(iter(self._made)), None)
        return context

    def _new(self, side: int, versions: Versions) -> ssl.SSLContext:
        wanted = self._options
        context = ssl.SSLContext(side)
        # The name is compared by `checkServerIdentity`, which can be replaced.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        _set_versions(context, *versions)
        _set_ciphers(context, wanted.get("ciphers"))
        _set_curve(context, wanted.get("ecdhCurve"))
        if wanted.get("dhparam"):
            _load_dh_parameters(context, wanted["dhparam"])
        if wanted.get("honorCipherOrder") is False:
            context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        if wanted.get("secureOptions"):
            context.options |= integer("options.secureOptions", wanted["secureOptions"])
        _load_identity(context, wanted)
        return context

    def _trust(self, context: ssl.SSLContext) -> None:
        """Trust the authorities of `ca`, or else those the system trusts."""
        wanted = self._options
        if wanted.get("ca"):
            _load_authorities(context, wanted["ca"])
        else:
            context.load_default_certs()
        if wanted.get("crl"):
            _load_revocations(context, wanted["crl"])
        if wanted.get("allowPartialTrustChain"):
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def _judge_for(given: ssl.SSLContext) -> ssl.SSLContext:
    """A context for replays that trusts whom `given` trusts, which stays as it is."""
    trusted = given.get_ca_certs(binary_form=True)
    key = (tuple(trusted), given.verify_flags)
    known = _JUDGES.get(given)
    if known is not None and known[0] == key:
        return known[1]
    judge = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    judge.check_hostname = False
    judge.maximum_version = judge.minimum_version = ssl.TLSVersion.TLSv1_2
    judge.set_ciphers(_CIPHER_OF_REPLAYS)
    judge.verify_flags = given.verify_flags
    if trusted:
        judge.load_verify_locations(cadata=b"".join(trusted))
    _JUDGES[given] = (key, judge)
    return judge


def createSecureContext(options: Mapping[str, Any] | None = None, **more: Any) -> SecureContext:
    """What connections may share: `key`, `cert`, `passphrase`, `ca`, `crl`, `ciphers`, `minVersion`, …

    Keys, certificates and authorities are PEM texts, bytes, paths (`pathlib.Path`) or lists of them. Raises
    ERR_OSSL_*, ERR_TLS_INVALID_PROTOCOL_VERSION, ERR_INVALID_ARG_TYPE and others for what cannot be used.

    Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#tlscreatesecurecontextoptions
    """
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    return SecureContext({**(options or {}), **more})


def context_of(options: Mapping[str, Any]) -> SecureContext:
    """The context that TLS options ask for, `secureContext` or one of its own; the same one for the same options.

    Raises ERR_TLS_INVALID_CONTEXT and what `createSecureContext` raises.
    """
    refuse_unavailable(options)
    given = options.get("secureContext")
    if isinstance(given, SecureContext):
        return given
    if isinstance(given, ssl.SSLContext):
        return SecureContext({}, given)
    if given is not None:
        raise error("ERR_TLS_INVALID_CONTEXT", "context")
    wanted = {name: options[name] for name in OPTIONS if options.get(name) is not None}
    try:
        trusted = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        return _shared(tuple(sorted((name, _frozen(value)) for name, value in wanted.items())), trusted)
    except TypeError as exc:
        if isinstance(exc, NodeError):
            raise
        # What cannot be compared cannot be found again.
        return SecureContext(wanted)


@lru_cache(maxsize=64)
def _shared(options: tuple[tuple[str, Any], ...], trusted: tuple[str | None, ...]) -> SecureContext:
    return SecureContext(dict(options))


def _frozen(value: Any) -> Hashable:
    if isinstance(value, Path) and value.is_file():
        # What is in it now: certificates are renewed.
        return value.read_bytes()
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, Mapping):
        return _Key(value.get("pem"), value.get("passphrase"))
    hash(value)
    return value  # type: ignore[no-any-return]


class _Key(tuple[Any, Any]):
    """A key with a passphrase of its own."""

    __slots__ = ()

    def __new__(cls, pem: Any, passphrase: Any) -> _Key:
        return super().__new__(cls, (pem, passphrase))


def refuse_unavailable(options: Mapping[str, Any]) -> None:
    """Raise ERR_FEATURE_UNAVAILABLE_ON_PLATFORM for the first option that cannot be honoured."""
    for name, instead in UNAVAILABLE.items():
        if options.get(name):
            raise unavailable(name, options[name], instead)


def unavailable(name: str, value: Any, instead: str) -> NodeError:
    """The error for an option that Python's ssl has no means for."""
    message = f"options.{name} cannot be honoured by Python's ssl. Received {received(value)}; {instead}"
    return NodeTypeError(message, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM")


# --- versions, ciphers, curves


def _versions(wanted: Mapping[str, Any]) -> Versions:
    lowest, highest, method = (wanted.get(name) for name in ("minVersion", "maxVersion", "secureProtocol"))
    if method:
        known = _METHOD.fullmatch(str(method))
        for version in (lowest, highest):
            if version is not None:
                raise error("ERR_TLS_PROTOCOL_VERSION_CONFLICT", version, method)
        if known is None:
            raise NodeTypeError(f"Unknown method: {method}", "ERR_TLS_INVALID_PROTOCOL_METHOD")
        lowest, highest = _METHODS[known[1]]
    return _version(lowest or "TLSv1.2", "minimum"), _version(highest or "TLSv1.3", "maximum")


def _version(name: Any, which: str) -> ssl.TLSVersion:
    if not isinstance(name, str) or name not in _VERSIONS:
        raise error("ERR_TLS_INVALID_PROTOCOL_VERSION", name, which)
    return _VERSIONS[name]


def _set_versions(context: ssl.SSLContext, lowest: ssl.TLSVersion, highest: ssl.TLSVersion) -> None:
    is_old = lowest in _OLD or highest in _OLD
    with warnings.catch_warnings() if is_old else nullcontext():
        if is_old:
            # It was asked for.
            warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = highest
        context.minimum_version = lowest


def _set_ciphers(context: ssl.SSLContext, ciphers: Any) -> None:
    if ciphers is None:
        return
    if not isinstance(ciphers, str):
        raise wrong_type("options.ciphers", "of type str", ciphers)
    names = [name for name in ciphers.split(":") if name]
    if not names:
        raise wrong_value("options.ciphers", "must name a cipher", ciphers)
    suites = {name for name in names if name.startswith(("TLS_", "!TLS_"))}
    if suites and suites != _SUITES:
        raise unavailable("ciphers", ciphers, f"of TLS 1.3 name all of {', '.join(sorted(_SUITES))}, or none")
    older = ":".join(name for name in names if name not in suites)
    if not older:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return
    try:
        context.set_ciphers(older)
    except ssl.SSLError:
        message = f"SSL routines: no cipher match. Got {ciphers!r}, expected names that `openssl ciphers` lists"
        raise NodeError(message, "ERR_SSL_NO_CIPHER_MATCH") from None


def _set_curve(context: ssl.SSLContext, curve: Any) -> None:
    if curve is None or curve == "auto":
        return
    if not isinstance(curve, str):
        raise wrong_type("options.ecdhCurve", "of type str", curve)
    if ":" in curve:
        raise unavailable("ecdhCurve", curve, "name one curve, or 'auto'")
    try:
        context.set_ecdh_curve(_CURVES.get(curve, curve))
    except (ValueError, ssl.SSLError):
        message = f"Failed to set ECDH curve. Got {curve!r}, expected one that `openssl ecparam -list_curves` lists"
        raise NodeError(message, "ERR_CRYPTO_OPERATION_FAILED") from None


# --- certificates, keys, authorities


def _load_identity(context: ssl.SSLContext, wanted: Mapping[str, Any]) -> None:
    """Load each certificate with its key; one without the other is of no use, and as in Node no error."""
    passphrase = wanted.get("passphrase")
    certificates = [_pem(each, "options.cert") for each in _each(wanted.get("cert"))]
    keys = [_key(each, passphrase) for each in _each_key(wanted.get("key"))]
    if certificates and keys and len(certificates) != len(keys):
        reason = f"must have one key for each of the {len(certificates)} certificates"
        raise wrong_value("options.key", reason, f"{len(keys)} keys")
    for certificate in certificates:
        if b"CERTIFICATE-----" not in certificate:
            raise _no_pem("options.cert", "ERR_OSSL_PEM_NO_START_LINE", certificate)
    for key, _ in keys:
        if b"PRIVATE KEY-----" not in key:
            raise _no_pem("options.key", "ERR_OSSL_UNSUPPORTED", key)
    for certificate, (key, secret) in zip(certificates, keys, strict=False):
        _load_pair(context, certificate, key, secret)


def _load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes, secret: str | None) -> None:
    try:
        # Never None: OpenSSL would ask for the passphrase on the terminal.
        _through_file(certificate + b"\n" + key, lambda path: context.load_cert_chain(path, password=secret or ""))
    except ssl.SSLError as exc:
        if exc.library != "SSL" and exc.reason:
            raise from_ssl_error(exc) from None
        if b"ENCRYPTED" not in key:
            message, code = "the certificate or the key cannot be read", "ERR_OSSL_UNSUPPORTED"
        else:
            message = "the passphrase does not open the key" if secret else "the key is encrypted: pass its passphrase"
            code = "ERR_OSSL_BAD_DECRYPT"
        raise NodeError(message, code) from None


def _load_authorities(context: ssl.SSLContext, ca: Any) -> None:
    for each in _each(ca):
        pem = _pem(each, "options.ca")
        try:
            context.load_verify_locations(cadata=pem.decode("ascii", "replace").replace("\ufffd", "?"))
        except ssl.SSLError:
            raise _no_pem("options.ca", "ERR_OSSL_PEM_NO_START_LINE", pem) from None


def _load_revocations(context: ssl.SSLContext, crl: Any) -> None:
    for each in _each(crl):
        pem = _pem(each, "options.crl")
        try:
            _through_file(pem, lambda path: context.load_verify_locations(path))
        except ssl.SSLError:
            raise NodeError(f"Failed to parse CRL. Got {_glimpse(pem)}", "ERR_CRYPTO_OPERATION_FAILED") from None
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN


def _load_dh_parameters(context: ssl.SSLContext, dhparam: Any) -> None:
    if dhparam == "auto":
        raise unavailable("dhparam", dhparam, "pass the parameters as PEM")
    pem = _pem(dhparam, "options.dhparam")
    try:
        _through_file(pem, context.load_dh_params)
    except ssl.SSLError:
        raise _no_pem("options.dhparam", "ERR_OSSL_UNSUPPORTED", pem) from None


def _each(value: Any) -> list[Any]:
    if not value:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _each_key(value: Any) -> list[Any]:
    return [value] if isinstance(value, _Key) else _each(value)


def _key(value: Any, passphrase: Any) -> tuple[bytes, str | None]:
    """A key and its passphrase, from PEM or from `{'pem', 'passphrase'}`."""
    if isinstance(value, Mapping):
        value = _Key(value.get("pem"), value.get("passphrase"))
    pem, secret = value if isinstance(value, _Key) else (value, None)
    secret = passphrase if secret is None else secret
    if secret is not None and not isinstance(secret, str):
        raise wrong_type("options.passphrase", "of type str", secret)
    return _pem(pem, "options.key"), secret


def _pem(value: Any, name: str) -> bytes:
    if isinstance(value, Path):
        return value.read_bytes()
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise wrong_type(name, "of type str (the PEM text) or an instance of bytes or pathlib.Path", value)


def _no_pem(name: str, code: str, pem: bytes) -> NodeError:
    message = f"no start line in {name}. Got {_glimpse(pem)}, expected PEM text that has '-----BEGIN …-----'"
    err = NodeError(message, code)
    if len(pem) < 256 and b"\n" not in pem.strip():
        err.add_note("Is it the name of a file? Pass what is in it: Path(name).read_text().")
    return err


def _glimpse(pem: bytes) -> str:
    text = pem.decode("latin-1")
    # Not of what may be a key.
    return f"{len(pem)} bytes" if len(pem) > 40 else repr(text)


def _through_file(content: bytes, load: Callable[[str], None]) -> None:
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        load(path)
    finally:
        Path(path).unlink()


# --- errors


def from_ssl_error(exc: ssl.SSLError, hint: str = "") -> NodeError:
    """The same failure under Node's name, such as ERR_SSL_WRONG_VERSION_NUMBER, with `library` and `reason`."""
    said = re.search(r"^(?:\[.*?\] )?(.*?)(?: \(_ssl\.c:\d+\))?$", str(exc.args[-1] if exc.args else exc))
    words = said[1] if said else str(exc)
    reason = exc.reason or re.sub(r"\W+", "_", words).upper()
    library = exc.library or "SSL"
    prefix = "ERR_SSL" if library == "SSL" else f"ERR_OSSL_{library}"
    hint = hint or _HINTS.get(reason, "")
    err = NodeError(f"{library} routines: {words}" + (f" ({hint})" if hint else ""), f"{prefix}_{reason}")
    vars(err).update(library=f"{library} routines", reason=words)
    return err
