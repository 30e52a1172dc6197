"""`ports.sample_parts.Visitor`: sockets made inside a container's network namespace, and nothing else of the container entered.

A socket stays in the namespace in which it was made, so one thread enters it, makes the sockets, and all other work is
done outside. The namespace has no way out: nothing that is sent can leave the machine.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import os
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from periderm.model.errors import ConnectError
from periderm.ports.sample_parts import Answer

_CLONE_NEWNET = 0x40000000  # <linux/sched.h>
_SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCSIFNETMASK = 0x8914, 0x8916, 0x891C  # <linux/sockios.h>
_BODY = 64 * 1024
_TIMEOUT = 30.0


def _enter(pid: int) -> None:
    """Puts the calling thread into the network namespace of `pid`."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(descriptor, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)


def _request(name: str, address: str = "0.0.0.0") -> bytes:  # noqa: S104 -- the empty address of an ifreq, nothing binds
    """A struct ifreq (netdevice(7)): the interface's name and a sockaddr_in."""
    return struct.pack("16sHH4s16x", name.encode(), socket.AF_INET, 0, socket.inet_aton(address))


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket that is made elsewhere."""

    def __init__(self, made: socket.socket) -> None:
        super().__init__("shop.internal", timeout=_TIMEOUT)
        self._made = made

    def connect(self) -> None:
        """Connects the given socket."""
        self._made.settimeout(_TIMEOUT)
        self._made.connect(("127.0.0.1", 80))
        self.sock = self._made


class NamespaceListener:
    """Takes one call at a time, keeps its first bytes, and answers as a pool would."""

    def __init__(self, made: socket.socket, remove: ThreadPoolExecutor, name: str) -> None:
        self._socket = made
        self._executor = remove
        self._name = name
        self._heard = b""
        self._came = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="sample-listener", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(_TIMEOUT)
                try:
                    self._heard = peer.recv(4096)
                    peer.sendall(b'{"id":1,"result":[[],"00000000",4],"error":null}\n')
                except OSError:
                    pass
                finally:
                    self._came.set()

    def heard(self, timeout: float) -> bytes:
        """The first bytes of the latest caller."""
        self._came.wait(timeout)
        return self._heard

    def close(self) -> None:
        """Stops listening and takes the address away."""
        with _Quietly():
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(_TIMEOUT)
        with _Quietly():
            self._executor.submit(_set_address, self._name, None).result(_TIMEOUT)


class _Quietly:
    """A namespace that has gone took its sockets and addresses with it: nothing is left to undo."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        return isinstance(error, OSError)


def _set_address(name: str, address: str | None) -> None:
    """Gives an alias of the loopback interface an address, or takes the alias away. Runs in the namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        if address is None:
            fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", name.encode(), 0))
        else:
            fcntl.ioctl(control, _SIOCSIFADDR, _request(name, address))
            fcntl.ioctl(control, _SIOCSIFNETMASK, _request(name, "255.255.255.255"))


class NamespaceVisitor:
    """A visitor of the container whose first process is `pid`. Needs root."""

    def __init__(self, pid: int) -> None:
        self._inside = ThreadPoolExecutor(1, "sample-visitor", initializer=partial(_enter, pid))
        self._listeners: list[NamespaceListener] = []

    def _socket(self) -> socket.socket:
        try:
            return self._inside.submit(socket.socket, socket.AF_INET, socket.SOCK_STREAM).result(_TIMEOUT)
        except (OSError, RuntimeError) as error:  # BrokenThreadPool is a RuntimeError
            raise ConnectError(
                "The sample container's network cannot be entered.", "Run as root, while the sample runs."
            ) from error

    def get(self, target: str) -> Answer:
        """One request on a connection of its own."""
        made = self._socket()
        connection = _Connection(made)
        try:
            connection.request("GET", target, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"})
            response = connection.getresponse()
            return Answer(response.status, response.read(_BODY))
        except (OSError, http.client.HTTPException) as error:
            raise ConnectError(f"The sample's web server does not answer: {error}") from error
        finally:
            connection.close()
            made.close()  # the connection does not own what it could not connect

    def listen(self, address: str, port: int) -> NamespaceListener:
        """Adds `address` to the namespace's loopback interface and listens there."""
        name = f"lo:{len(self._listeners) + 1}"
        try:
            self._inside.submit(_set_address, name, address).result(_TIMEOUT)
            made = self._socket()
        except (OSError, RuntimeError) as error:
            raise ConnectError(f"{address} cannot be added to the sample's network: {error}") from error
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((address, port))
            made.listen(4)
        except OSError as error:
            made.close()
            raise ConnectError(f"{address}:{port} cannot be offered inside the sample's network: {error}") from error
        listener = NamespaceListener(made, self._inside, name)
        self._listeners.append(listener)
        return listener

    def close(self) -> None:
        """Closes what listens and ends the thread in the namespace."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        self._inside.shutdown(wait=True)
