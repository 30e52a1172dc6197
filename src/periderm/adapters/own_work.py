"""How the product's own commands tell the agent of this machine that they read files because they were asked to: a socket in
the state folder, which only its owner may enter. It says who is there; what follows from that is the agent's.

Who connects is known by the kernel (SO_PEERCRED, unix(7)) and not by what it says; the announcement ends with the
connection, so that a process number that is used again means nothing.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator

_SECONDS = 0.5  # that a command waits for the agent's answer
_MOST = 32  # connections at a time
_CREDENTIALS = struct.Struct("3i")


class OwnWorkListener:
    """Calls `began(pid)` for each command that connects as the same user, and `ended(pid)` when it is gone. A thread of its
    own; both are called by it. `began` raises OSError where the process is gone already."""

    def __init__(self, path: str, began: Callable[[int], None], ended: Callable[[int], None]) -> None:
        self._path = path
        self._began = began
        self._ended = ended
        self._stop = threading.Event()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> bool:
        """False where it cannot listen: then commands are watched as anybody is."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
            listener.bind(self._path)
            os.chmod(self._path, 0o600)
            listener.listen(8)
        except OSError:
            listener.close()
            return False
        listener.setblocking(False)
        self._listener = listener
        self._thread = threading.Thread(target=self._run, args=(listener,), name="own-work", daemon=True)
        self._thread.start()
        return True

    def _run(self, listener: socket.socket) -> None:
        there: dict[socket.socket, int] = {}
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            while not self._stop.is_set():
                for key, _ in selector.select(0.5):
                    connection = key.fileobj
                    if not isinstance(connection, socket.socket):
                        continue
                    if connection is listener:
                        self._take(listener, selector, there)
                    elif not _still_there(connection):
                        selector.unregister(connection)
                        connection.close()
                        self._ended(there.pop(connection))
            for connection, pid in there.items():
                connection.close()
                self._ended(pid)

    def _take(self, listener: socket.socket, selector: selectors.BaseSelector, there: dict[socket.socket, int]) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            pid, uid, _group = _CREDENTIALS.unpack(told)
            if uid != os.geteuid() or pid <= 0 or len(there) >= _MOST:
                connection.close()
                return
            try:
                self._began(pid)
                connection.setblocking(False)
                connection.send(b"seen")
            except OSError:
                connection.close()
                return
            there[connection] = pid
            selector.register(connection, selectors.EVENT_READ)

    def close(self) -> None:
        """Ends the thread and removes the socket; what was announced ends too."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)
        if self._listener is not None:
            self._listener.close()
            with contextlib.suppress(OSError):
                os.unlink(self._path)


def _still_there(connection: socket.socket) -> bool:
    """Nothing is said after the beginning: what can be read is the end."""
    try:
        return bool(connection.recv(16))
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def own_work(path: str) -> Iterator[bool]:
    """What happens inside is announced to the agent that listens at this socket, if one does; says whether one has taken
    it."""
    try:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    except OSError:
        yield False
        return
    with connection:
        connection.settimeout(_SECONDS)
        taken = False
        with contextlib.suppress(OSError):
            connection.connect(path)
            taken = connection.recv(16) == b"seen"
        yield taken
