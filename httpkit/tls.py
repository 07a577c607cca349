"""TLSSocket: a socket whose bytes travel encrypted, to or from somebody who has shown who they are.

'connect' comes with the connection, 'secureConnect' (on a server, its 'secureConnection') when the handshake is done;
what is written before waits until then.

Source: https://nodejs.org/docs/latest-v24.x/api/tls.html
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from .certificates import Certificate, checkServerIdentity, judged, peer_certificate, verdict
from .checks import number
from .client_hello import Hello, HelloReader
from .errors import NodeError, SystemCallError, connection_reset, error, out_of_range, wrong_type, wrong_value
from .loop import Home
from .net import Callback, Socket, SocketProtocol
from .record import Record
from .secure_context import SecureContext, context_of, createSecureContext, from_ssl_error, unavailable
from .secure_transport import SecureTransport

__all__ = ["SecureContext", "TLSSocket", "checkServerIdentity", "connect", "createSecureContext", "secure"]

# Python's OpenSSL takes no Diffie-Hellman key with fewer bits.
_MIN_DH_BITS = 2048
_NO_APPLICATION_PROTOCOL = 120

_DISCONNECTED = "Client network socket disconnected before secure TLS connection was established"
_NO_CERTIFICATE = "the server has no certificate: pass createServer its cert and key"


class Session(NamedTuple):
    """What shortens the next handshake with the same server, which then does not show its certificate again."""

    identity: str
    context: ssl.SSLContext
    state: ssl.SSLSession
    problem: NodeError | None


class TLSSocket(Socket):
    """An encrypted connection: 'secureConnect', 'session', and all events of a Socket.

    `options` are those of `connect`, or of a server with `isServer`.
    """

    ONE_SHOT = Socket.ONE_SHOT | {"secure", "secureConnect"}

    encrypted = True
    authorized = False
    authorizationError: str | None = None
    secureConnecting = True
    # None before the handshake; False where there is none.
    alpnProtocol: str | bool | None = None
    servername: str | bool | None = None

    _plain: Socket | None = None
    _tls: SecureTransport | None = None
    _session: Session | None = None
    _new_session: Session | None = None
    _hello: Hello | None = None
    _problem: NodeError | None = None

    def __init__(self, options: Mapping[str, Any], where: Home | None = None) -> None:
        super().__init__(where)
        self._wanted = options
        self._context = context_of(options)
        self._greeting = HelloReader()
        self._is_server = bool(options.get("isServer"))
        self._rejects = options.get("rejectUnauthorized") is not False
        if self._rejects and not self._is_server:
            self._context.refuse_lenience(ssl.CERT_REQUIRED)

    # --- facts

    def getPeerCertificate(self, detailed: bool = False) -> Certificate | None:
        """The peer's certificate: `subject`, `issuer`, `subjectaltname`, `valid_to`, `fingerprint256`, `raw` (DER), …

        `detailed` adds its issuers as `issuerCertificate`. {} if the peer has shown none, as in a resumed session; None
        once the socket is closed.

        Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#certificate-object
        """
        tls = self._object
        if tls is None:
            return None if self._transport is None else {}
        return peer_certificate(tls, detailed)

    def getCipher(self) -> Record | None:
        """The cipher's `name` (OpenSSL's), `standardName` (IANA's) and `version`."""
        cipher = self._object.cipher() if self._object is not None else None
        if not cipher:
            return None
        return Record(name=cipher[0], standardName=standard_name(cipher[0]), version=cipher[1])

    def getProtocol(self) -> str | None:
        """'TLSv1.3' or another version; None before the handshake and after the end."""
        return self._object.version() if self._object is not None else None

    def getSession(self) -> Session | None:
        """The session, to be passed to `connect` as `session` once the connection is secure."""
        if self._new_session is None and self._tls is not None and not self.secureConnecting and not self.destroyed:
            found = self._tls.session()
            self._new_session = self._session_of(found) if found is not None else None
        return self._new_session or self._session

    def isSessionReused(self) -> bool | None:
        """Whether an earlier session made the handshake shorter."""
        return self._object.session_reused if self._object is not None else None

    @property
    def _object(self) -> ssl.SSLObject | None:
        return self._tls.tls if self._tls is not None and self._transport is not None else None

    @property
    def _identity(self) -> str:
        """Who the peer has to be."""
        return self._wanted.get("servername") or self._wanted.get("host") or "localhost"

    # --- opening

    def _opened(self, transport: asyncio.BaseTransport) -> None:
        """There is a connection: put a plain socket into the place of this one, and TLS between the two."""
        # It has done its work: uvloop would close the transport of a cancelled one without telling anybody.
        self._connect_task = None
        plain = Socket(self._home)
        cast(asyncio.Transport, transport).set_protocol(SocketProtocol(plain))
        plain._opened(transport)
        self.stand_on(plain)

    def stand_on(self, plain: Socket) -> None:
        """Speak TLS over `plain`, which is connected and from now on nobody else's."""
        self._plain = plain
        # This one is what keeps a script alive.
        plain.unref()
        arrived = plain.read() if plain.readableLength else None
        self._tls = SecureTransport(plain, SocketProtocol(self), self)
        super()._opened(self._tls)
        plain.start_reading()
        if self.destroyed:
            return
        if not self._is_server:
            self._begin_as_client()
        if isinstance(arrived, bytes):
            self._tls.data(arrived)

    def _begin_as_client(self) -> None:
        assert self._tls is not None
        wanted = self._wanted
        try:
            context = self._context.for_client(self._rejects, _protocols(wanted))
        except NodeError as exc:
            self.destroy(exc)
            return
        name = wanted.get("servername") or (self._identity if self._context.checks_names else None)
        session = wanted.get("session")
        if isinstance(session, Session) and (session.identity, session.context) == (self._identity, context):
            self._session = session
        try:
            self._tls.begin(
                context, server_hostname=name, session=self._session.state if self._session is not None else None
            )
        except ValueError:
            self.destroy(wrong_value("options.servername", "must be a host name", name))

    # --- opening, as a server

    def greeted(self, data: bytes) -> bool:
        """Answer what the client says, once it is all there."""
        if self._hello is None:
            self._hello = self._greeting.read(data)
            if self._hello is not None:
                self._choose(self._hello)
        return self._hello is not None

    def _choose(self, hello: Hello) -> None:
        self.servername = hello.servername or False
        choose = self._wanted.get("SNICallback")
        if hello.servername and choose is not None:
            choose(hello.servername, self._chosen)
        else:
            self._answer(hello)

    def _chosen(self, err: BaseException | None, context: Any = None) -> None:
        """What an SNICallback gives: whose certificate to show."""
        self._home.call(self._take_context, err, context)

    def _take_context(self, err: BaseException | None, context: Any) -> None:
        assert self._hello is not None
        if self._tls is not None and self._tls.tls is not None:
            err = error("ERR_MULTIPLE_CALLBACK")
        try:
            if context is not None and err is None:
                self._context = context_of({"secureContext": context})
        except NodeError as exc:
            err = exc
        if err is not None:
            self.destroy(err)
        elif not self.destroyed:
            self._answer(self._hello)

    def _answer(self, hello: Hello) -> None:
        assert self._tls is not None
        wanted = self._wanted
        try:
            protocols = self._chosen_protocols(hello)
        except Exception as exc:  # noqa: BLE001 - it is the user's function: whatever it raises fails the connection
            self.destroy(exc)
            return
        if protocols is None:
            self._tls.refuse(_NO_APPLICATION_PROTOCOL)
            self.destroy(NodeError("SSL routines: no application protocol", "ERR_SSL_NO_APPLICATION_PROTOCOL"))
            return
        try:
            context = self._context.for_server(bool(wanted.get("requestCert")), self._rejects, protocols)
        except NodeError as exc:
            # The user's own does not ask for the certificate that clients must have.
            self.destroy(exc)
            return
        self._tls.begin(context, server_side=True)

    def _chosen_protocols(self, hello: Hello) -> tuple[str, ...] | None:
        """The one protocol (ALPN) for this client; () if nobody cares, None if there is none for both."""
        callback, ours = self._wanted.get("ALPNCallback"), _protocols(self._wanted)
        if not hello.protocols or not (callback or ours):
            return ()
        if callback is None:
            common = [each for each in ours if each in hello.protocols]
            return tuple(common[:1]) or None
        offered = list(hello.protocols)
        chosen = callback({"servername": hello.servername or False, "protocols": offered})
        if chosen is None:
            return None
        if chosen not in offered:
            message = f"ALPN callback returned a value ({chosen!r}) that did not match any of the client's offered "
            raise NodeError(f"{message}protocols ({', '.join(offered)})", "ERR_TLS_ALPN_CALLBACK_INVALID_RESULT")
        return (chosen,)

    # --- what the transport tells

    def secured(self) -> None:
        """The handshake is done."""
        tls = self._object
        assert tls is not None
        self.alpnProtocol = tls.selected_alpn_protocol() or False
        if not self._is_server:
            self.servername = self._wanted.get("servername") or False
        try:
            problem = self._problem_of_client(tls) if self._is_server else self._problem_of_server(tls)
        except Exception as exc:  # noqa: BLE001 - a check of the user's that fails has not let anybody pass
            self.destroy(exc)
            return
        if problem is not None:
            self._problem, self.authorizationError = problem, problem.code
        if problem is not None and self._rejects:
            # As in Node, a server says no more of a client it does not trust than that it hung up.
            self.destroy(None if self._is_server else problem)
            return
        self.authorized = problem is None and (not self._is_server or bool(self._wanted.get("requestCert")))
        self.secureConnecting = False
        self._emit_safely("secure")
        if not self._is_server:
            self._emit_safely("secureConnect")

    def _problem_of_client(self, tls: ssl.SSLObject) -> NodeError | None:
        """A client with a bad certificate does not come this far, but one without may."""
        if self._wanted.get("requestCert") and tls.getpeercert(binary_form=True) is None:
            return NodeError("the client has no certificate", "UNABLE_TO_GET_ISSUER_CERT")
        return None

    def _problem_of_server(self, tls: ssl.SSLObject) -> NodeError | None:
        if tls.session_reused and self._session is not None:
            return self._session.problem
        unseen = tls.context.verify_mode is ssl.CERT_NONE
        if unseen and (problem := judged(tls, self._context.for_replay())) is not None:
            return problem
        check: Callable[[str, Certificate], Any] = self._wanted.get("checkServerIdentity") or checkServerIdentity
        found = check(self._identity, peer_certificate(tls, detailed=True))
        return found if found is None or isinstance(found, NodeError) else _as_node_error(found)

    def failed(self, exc: ssl.SSLError | None) -> None:
        """TLS cannot go on."""
        if self.destroyed:
            return
        if exc is None:
            self.destroy(None if self._is_server else self._disconnected())
        elif isinstance(exc, ssl.SSLCertVerificationError):
            assert self._object is not None
            problem = verdict(exc, self._object)
            self.authorizationError = problem.code
            # As in Node, a server says no more of a client it does not trust than that it hung up.
            self.destroy(None if self._is_server else problem)
        else:
            self.destroy(self._translated(exc))

    def _translated(self, exc: ssl.SSLError) -> NodeError:
        lacks_certificate = self._is_server and not self._context.has_certificate
        err = from_ssl_error(exc, _NO_CERTIFICATE if lacks_certificate else "")
        if self.writableLength:
            # As in Node, it is the write that waits which fails.
            return SystemCallError(f"write EPROTO {err.message}", "EPROTO", syscall="write")
        return err

    def _disconnected(self) -> NodeError:
        err = connection_reset(_DISCONNECTED)
        wanted = self._wanted
        properties = {name: wanted.get(name) for name in ("path", "host", "port", "localAddress")}
        vars(err).update(properties)
        return err

    @property
    def wants_session(self) -> bool:
        return self.listenerCount("session") > 0

    def resumable(self, session: ssl.SSLSession) -> None:
        """The server has told how to come back sooner."""
        self._new_session = self._session_of(session)
        self._emit_safely("session", self._new_session)

    def _session_of(self, state: ssl.SSLSession) -> Session:
        assert self._tls is not None
        assert self._tls.tls is not None
        return Session(self._identity, self._tls.tls.context, state, self._problem)


def _as_node_error(found: Any) -> NodeError:
    """What a check of the user's says is wrong; as in Node, what has no code is known by its message."""
    err = NodeError(str(found), getattr(found, "code", None) or str(found))
    err.__cause__ = found if isinstance(found, BaseException) else None
    return err


def connect(
    options: Mapping[str, Any] | None = None,
    callback: Callback | None = None,
    *,
    where: Home | None = None,
    **more: Any,
) -> TLSSocket:
    """Open a TLS connection to `host`:`port` or `path`, or over `socket`; `callback` is called at 'secureConnect'.

    Options: those of `createSecureContext`, `secureContext` (also an `ssl.SSLContext`), `servername`,
    `rejectUnauthorized` (True), `checkServerIdentity(hostname, cert)`, `ALPNProtocols`, `session`, `timeout` (ms), …
    'error' tells what is wrong with the connection or the certificate. Raises ERR_INVALID_ARG_TYPE,
    ERR_OUT_OF_RANGE, and what `createSecureContext` raises.

    Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#tlsconnectoptions-callback
    """
    wanted = {**(options or {}), **more}
    _check_options(wanted)
    plain = wanted.get("socket")
    socket = TLSSocket(wanted, plain._home if isinstance(plain, Socket) else where)
    if callback is not None:
        socket.once("secureConnect", callback)
    socket._home.call(_start, socket, wanted)
    return socket


def _start(socket: TLSSocket, wanted: Mapping[str, Any]) -> None:
    stream = wanted.get("socket")
    if stream is None:
        socket.connect(wanted)
        return
    plain = Socket.over(stream)
    if not plain.connecting:
        socket.stand_on(plain)
        return
    socket.connecting = True
    socket.ref()
    plain.once("connect", lambda: socket.stand_on(plain))
    # Until then it has no other way to tell.
    plain.once("error", socket.destroy)
    plain.once("close", lambda *_: socket.destroy())


def secure(socket: Any, options: Mapping[str, Any] | None = None, callback: Callback | None = None) -> TLSSocket:
    """Speak TLS over a connection there is already, as a client: a Socket, or any duplex stream."""
    return connect({**(options or {}), "socket": socket}, callback)


def _check_options(wanted: Mapping[str, Any]) -> None:
    check = wanted.get("checkServerIdentity")
    if check is not None and not callable(check):
        raise wrong_type("options.checkServerIdentity", "of type function", check)
    if not isinstance(wanted.get("servername") or "", str):
        raise wrong_type("options.servername", "of type str", wanted["servername"])
    bits = wanted.get("minDHSize")
    if bits is None:
        return
    if number("options.minDHSize", bits, least=1) > _MIN_DH_BITS:
        raise unavailable("minDHSize", bits, f"it is {_MIN_DH_BITS}; leave it out")


def _protocols(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    return alpn_protocols(wanted.get("ALPNProtocols"))


def alpn_protocols(given: Any) -> tuple[str, ...]:
    """ALPN protocols from a list, or from bytes as they are on the wire. Raises ERR_INVALID_ARG_TYPE."""
    if not given:
        return ()
    if isinstance(given, (bytes, bytearray)):
        names, at = [], 0
        while at < len(given):
            names.append(bytes(given[at + 1 : at + 1 + given[at]]))
            at += 1 + given[at]
    elif isinstance(given, (list, tuple)):
        names = [each.encode() if isinstance(each, str) else bytes(each) for each in given]
    else:
        raise wrong_type("options.ALPNProtocols", "a list of str", given)
    for index, name in enumerate(names):
        if not 0 < len(name) < 256:
            raise out_of_range(f"options.ALPNProtocols[{index}]", "1 to 255 bytes long", name)
    return tuple(name.decode("latin-1") for name in names)


_CIPHER = {"AES128": "AES_128", "AES256": "AES_256", "CCM8": "CCM_8"}


def standard_name(name: str) -> str:
    """IANA's name of a cipher: OpenSSL's older ones, such as ECDHE-RSA-AES128-SHA, leave parts out."""
    if name.startswith("TLS_"):
        return name
    parts = [_CIPHER.get(part, part) for part in name.split("-")]
    exchange, rest = (parts[:2], parts[2:]) if parts[0] in ("ECDHE", "DHE") else (["RSA"], parts)
    if rest[-1] == "POLY1305":
        rest = [*rest, "SHA256"]
    elif len(rest) == 2 and rest[-1].startswith("SHA"):
        rest = [rest[0], "CBC", rest[1]]
    return f"TLS_{'_'.join(exchange)}_WITH_{'_'.join(rest)}"
