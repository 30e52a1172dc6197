"""The process that carries out what needs privileges which the agent has given up: it takes effects over a socket that only
the agent holds, and ends with it. Nothing else reaches it, and it decides nothing."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Sequence

import msgspec

from periderm.model.effect import (
    CaptureForensics,
    Effect,
    IsolateContainer,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
    Target,
)
from periderm.model.errors import ResponderError
from periderm.model.text import Text
from periderm.ports.responder import Responder

MOST_BYTES = 64 << 20
SECONDS = 180.0
GONE = "The process that carries out responses has ended."
NEXT = "Restart the agent: it starts with it."


class Request(msgspec.Struct, frozen=True):
    """One effect to carry out; `events` for a capture."""

    effect: Effect
    events: bytes = b""


class Answer(msgspec.Struct, frozen=True):
    """What came of it, or why not (`what`, `next_step`)."""

    text: Text | None = None
    what: str = ""
    next_step: str = ""


_REQUESTS = msgspec.msgpack.Decoder(Request)
_ANSWERS = msgspec.msgpack.Decoder(Answer)


def send(stream: socket.socket, data: bytes) -> None:
    """A length and the bytes."""
    stream.sendall(struct.pack("<I", len(data)) + data)


def receive(stream: socket.socket) -> bytes:
    """The next message; EOFError at the end, or where the length is out of all bounds."""
    head = _exactly(stream, 4)
    length = struct.unpack("<I", head)[0]
    if length > MOST_BYTES:
        raise EOFError
    return _exactly(stream, length)


def _exactly(stream: socket.socket, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        part = stream.recv(min(length - len(found), 1 << 20))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


def carry_out(responder: Responder, request: Request) -> Answer:
    """The effect's own call."""
    effect = request.effect
    try:
        match effect:
            case KillTree():
                text = responder.kill_tree(effect)
            case KillContainer():
                text = responder.kill_container(effect)
            case IsolateContainer():
                text = responder.isolate_container(effect)
            case ReconnectContainer():
                text = responder.reconnect_container(effect)
            case QuarantineFile():
                text = responder.quarantine_file(effect)
            case RestoreFile():
                text = responder.restore_file(effect)
            case CaptureForensics():
                text = responder.capture_forensics(effect, request.events)
            case _:
                return Answer(what="The agent does this itself.")
    except ResponderError as error:
        return Answer(what=error.what, next_step=error.next_step)
    return Answer(text)


def serve(streams: Sequence[socket.socket], responder: Responder) -> None:
    """Answers on each stream, one thread each, until all are closed."""
    threads = [threading.Thread(target=_serve_one, args=(stream, responder)) for stream in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _serve_one(stream: socket.socket, responder: Responder) -> None:
    with contextlib.suppress(EOFError, OSError, msgspec.DecodeError), stream:
        while True:
            request = _REQUESTS.decode(receive(stream))
            send(stream, msgspec.msgpack.encode(carry_out(responder, request)))


class HandedResponder:
    """`ports.responder.Responder` in the agent: what its own privileges allow it does through `own`, at once; the rest is
    handed over, captures on a stream of their own, since they take long. `helpers` are the pids of who does it."""

    def __init__(
        self,
        own: Responder,
        acting: socket.socket,
        capturing: socket.socket,
        helpers: frozenset[int] = frozenset(),
        end: Callable[[], None] = lambda: None,
    ) -> None:
        self._own = own
        self._end = end
        self.helpers = helpers
        self._streams = {False: acting, True: capturing}
        self._locks = {False: threading.Lock(), True: threading.Lock()}
        for stream in (acting, capturing):
            stream.settimeout(SECONDS)

    def targets(self, effect: Effect) -> Sequence[Target]:
        """Looks itself."""
        return self._own.targets(effect)

    def kill_process(self, effect: KillProcess) -> None:
        """Does it itself."""
        self._own.kill_process(effect)

    def pause_container(self, effect: PauseContainer) -> None:
        """Does it itself."""
        self._own.pause_container(effect)

    def resume_container(self, effect: ResumeContainer) -> None:
        """Does it itself."""
        self._own.resume_container(effect)

    def kill_tree(self, effect: KillTree) -> Text:
        """Does it itself: signals are among the privileges that it keeps."""
        return self._own.kill_tree(effect)

    def kill_container(self, effect: KillContainer) -> Text:
        """Does it itself: the cgroup's files belong to root."""
        return self._own.kill_container(effect)

    def isolate_container(self, effect: IsolateContainer) -> Text:
        """Handed over."""
        return self._ask(effect)

    def reconnect_container(self, effect: ReconnectContainer) -> Text:
        """Handed over."""
        return self._ask(effect)

    def quarantine_file(self, effect: QuarantineFile) -> Text:
        """Handed over."""
        return self._ask(effect)

    def restore_file(self, effect: RestoreFile) -> Text:
        """Handed over."""
        return self._ask(effect)

    def capture_forensics(self, effect: CaptureForensics, events: bytes) -> Text:
        """Handed over."""
        return self._ask(effect, events)

    def _ask(self, effect: Effect, events: bytes = b"") -> Text:
        capture = isinstance(effect, CaptureForensics)
        with self._locks[capture]:
            try:
                send(self._streams[capture], msgspec.msgpack.encode(Request(effect, events)))
                answer = _ANSWERS.decode(receive(self._streams[capture]))
            except TimeoutError as error:
                self._streams[capture].close()  # a late answer must not be taken for the next one's
                raise ResponderError(f"The response was not done within {SECONDS:.0f} s.", NEXT) from error
            except (EOFError, OSError, msgspec.DecodeError) as error:
                raise ResponderError(GONE, NEXT) from error
        if answer.what:
            raise ResponderError(answer.what, answer.next_step)
        return answer.text or Text("", "")

    def close(self) -> None:
        """Ends the other process."""
        for stream in self._streams.values():
            stream.close()
        self._end()
