"""One request on a socket: what comes back becomes its response.

Source: Node's lib/_http_client.js
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .diagnostics import CLIENT_RESPONSE_FINISH
from .errors import ParseError, connection_reset, report
from .headers import IncomingHeaders, pairs_of
from .incoming import IncomingMessage
from .net import Socket
from .record import Record
from .wire import ResponseHead, ResponseReader, latin1

if TYPE_CHECKING:
    from .client_request import ClientRequest


class ClientConnection:
    """Takes the bytes of a socket for the request that owns it."""

    def __init__(self, request: ClientRequest, socket: Socket) -> None:
        self.request = request
        self.socket = socket
        self.response: IncomingMessage | None = None
        limits = request.maxHeaderSize or 0, request.maxHeadersCount
        self.reader = ResponseReader(self, socket._home.loop, request.method, *limits, request._lenient)
        self._had_error = False
        self._upgrade: str | None = None
        # The socket is free, or on its way to be.
        self._over = False
        socket._handler = self
        socket.parser = self.reader
        socket._httpMessage = request

    # --- what the socket tells

    def data(self, data: bytes) -> None:
        idle = self.socket._idle
        if idle.deadline is not None:
            idle.restart()
        try:
            self.reader.feed(data)
        except ParseError as err:
            self._broken(err)
            return
        if self._upgrade is not None:
            self._hand_over(self._upgrade)

    def eof(self) -> None:
        # A message cut short is told by `closed`, as any lost connection is.
        with suppress(ParseError):
            self.reader.eof()
        if self.response is None:
            self._fail(connection_reset("socket hang up"))
        self.socket.destroy()

    def drained(self) -> None:
        self.request._socket_drained()

    def timed_out(self) -> None:
        request = self.request
        if request._ended:
            return
        heard = False
        if request._hears_timeout and not request._timeout_told:
            request._timeout_told = True
            heard = request._emit_safely("timeout")
        if self.response is not None:
            heard = self.response._emit_safely("timeout") or heard
        if not heard and request.timeout is not None:
            request._give_up_waiting()

    def closed(self, err: BaseException | None) -> None:
        request, response = self.request, self.response
        request.destroyed = True
        if err is not None and (response is None or err is request._reason):
            self._fail(err)
        if response is None:
            self._fail(connection_reset("socket hang up"))
        elif not response.complete:
            response._abort()
        request._emit_close()

    def _broken(self, err: ParseError) -> None:
        self._fail(err)
        self.socket.destroy()

    def _fail(self, err: BaseException) -> None:
        if not self._had_error:
            self._had_error = True
            self.request._fail(err)

    # --- what the reader finds

    def head(self, message: ResponseHead, has_body: bool) -> bool:
        request = self.request
        if self.response is not None:
            # A second response to one request: nobody asked for it.
            self.socket.destroy()
            return True
        if 100 <= message.code < 200 and message.code != 101:
            self._tell_information(message)
            return False
        res = self._response(message)
        request.res = self.response = res
        if request.method == "CONNECT" or (message.code == 101 and message.upgrade):
            res.upgrade = True
            self._upgrade = "connect" if request.method == "CONNECT" else "upgrade"
            return True
        if message.should_close:
            request.shouldKeepAlive = False
        request._got_response(res)
        if not has_body:
            res._received()
            self._free_if_held()
        return False

    def body(self, chunk: bytes) -> None:
        response = self.response
        if response is None or response.destroyed or response.push(chunk):
            return
        where = self.socket._home
        may_be_asked_for = response._happened is not None and not where.main_thread_ended
        if self._is_unheard() and not may_be_asked_for:
            # More than the buffer holds: as in Node, what nobody listens for is thrown away.
            response._dump()
        else:
            self.socket.stop_reading()

    def _is_unheard(self) -> bool:
        """Whether nobody has asked for the response yet."""
        response = self.response
        return response in self.socket._home.unread and response is not None and response.readableFlowing is None

    def end(self, trailers: list[tuple[bytes, bytes]]) -> None:
        # The body may still wait in its buffer; what follows it on the socket need not.
        self.socket.start_reading()
        if self.response is not None:
            self.response._received(trailers)
            self._free_if_held()

    def _free_if_held(self) -> None:
        """A response that waits for somebody to ask waits without its socket, once all of it is here."""
        if self._is_unheard():
            self.request._ended = True
            self.finish_if_done()

    def _response(self, message: ResponseHead) -> IncomingMessage:
        request = self.request
        res = IncomingMessage(self.socket)
        res.statusCode = message.code
        res.statusMessage = latin1(message.reason or "")
        res.httpVersion = f"{message.version[0]}.{message.version[1]}"
        res._pairs = message.raw_headers
        res._connection = self
        res.req = request
        res.joinDuplicateHeaders = request.joinDuplicateHeaders
        if request._happened is not None:
            res._happened = {}
        return res

    def _tell_information(self, message: ResponseHead) -> None:
        major, minor = message.version
        raw = [text.decode("latin-1") for pair in message.raw_headers for text in pair]
        information = Record(
            statusCode=message.code,
            statusMessage=latin1(message.reason or ""),
            httpVersion=f"{major}.{minor}",
            httpVersionMajor=major,
            httpVersionMinor=minor,
            headers=IncomingHeaders.joined(pairs_of(raw)),
            rawHeaders=raw,
        )
        if message.code == 100:
            self.request._emit_safely("continue")
        self.request._emit_safely("information", information)

    # --- the end of an exchange

    def _hand_over(self, event: str) -> None:
        """Give the socket, and the bytes behind the head, to the 'upgrade' or 'connect' listener."""
        request, socket, response = self.request, self.socket, self.response
        assert response is not None
        response._received()
        self._release()
        request.upgradeOrConnect = True
        where = socket._home
        taken = request._settle(response) or bool(request.listenerCount(event))
        if not taken and request._happened is not None and not where.main_thread_ended:
            # Another thread may still ask for it: until then it waits.
            where.unread.add(request)
            taken = True
        if taken:
            socket.emit("agentRemove")
        try:
            request.emit(event, response, socket, self.reader.rest)
        except Exception as exc:  # noqa: BLE001 - reported; nobody takes care of the socket
            report(exc)
            taken = False
        if not taken:
            socket.destroy()
        request._emit_close()

    def _release(self) -> None:
        if self.socket._handler is self:
            self.socket._handler = self.socket.parser = None

    def finish_if_done(self) -> None:
        """The response was read to its end; once the request is out as well the socket is free."""
        request, socket = self.request, self.socket
        if not request._ended or socket.destroyed or self._over:
            return
        if not request.shouldKeepAlive:
            if socket.writable:
                socket.destroySoon()
        elif self.reader.has_begun:
            # More than was asked for: what follows would be taken for the answer to the next request.
            socket.destroy()
        elif request.writableFinished:
            self._over = True
            request.destroyed = True
            if self.response is not None and not self._is_unheard():
                # As in Node. One that waits for somebody to ask still says over which socket it came.
                self.response.socket = None
            self._release()
            socket._home.next_tick(self._free)

    def _free(self) -> None:
        self.request._emit_close()
        self.socket._emit_safely("free")

    # --- messages that ask

    def incoming_wants_more(self, message: IncomingMessage) -> None:
        self.socket.start_reading()

    def incoming_ended(self, message: IncomingMessage) -> None:
        self.request._ended = True
        if CLIENT_RESPONSE_FINISH.subscribers:
            CLIENT_RESPONSE_FINISH.publish({"request": self.request, "response": message})
        self.finish_if_done()

    def incoming_destroyed(self, message: IncomingMessage, err: BaseException | None) -> None:
        """A response that is given up cannot be read past: its socket is of no more use."""
        if not self.socket.destroyed and message.socket is not None and not self._over:
            # Once it is over, the socket is no longer the response's to destroy.
            if err is not None:
                self.socket._home.next_tick(self._fail, err)
            self.socket.destroy()

    def listener_raised(self, message: IncomingMessage, exc: Exception) -> None:
        report(exc)
