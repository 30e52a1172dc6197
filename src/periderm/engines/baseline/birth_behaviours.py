"""What a fact of an image means as behaviour: a file that a service keeps is also made, renamed and removed by it. Data in,
data out; it knows no image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from periderm.algorithms.path_patterns import generalise
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.start_facts import FactKind

_KEPT = ("unlink", "rename", "truncate", "mkdir")  # what is done to what a program keeps
_FIRST_FREE_PORT = 1024


def behaviours(kind: FactKind, program: str, value: str) -> Iterator[Behaviour]:
    """All that a fact makes normal."""
    how = _BY_KIND.get(kind)
    if how is None:
        yield Behaviour(Aspect(kind.value), program, value)
    else:
        yield from how(program, value)


def owning(program: str, path: str) -> Iterator[Behaviour]:
    """What a service does besides, that starts as root and gives its files to another user."""
    for verb in ("chown", "chmod"):
        yield Behaviour(Aspect.CHANGE, program, f"{verb} {generalise(path)}")


def _read(program: str, value: str) -> Iterator[Behaviour]:
    yield Behaviour(Aspect.READ, program, generalise(value))
    if value.endswith("/**"):
        yield Behaviour(Aspect.READ, program, generalise(value[:-3]))


def _execute(program: str, value: str) -> Iterator[Behaviour]:
    """The loader opens a library as any file, before it maps it."""
    yield Behaviour(Aspect.READ, program, generalise(value))
    yield Behaviour(Aspect.EXECUTE, program, generalise(value))


def _write(program: str, value: str) -> Iterator[Behaviour]:
    path = generalise(value)
    for aspect in (Aspect.WRITE, Aspect.CREATE, Aspect.READ):
        yield Behaviour(aspect, program, path)
    for verb in _KEPT:
        yield Behaviour(Aspect.CHANGE, program, f"{verb} {path}")
    folder, _, last = path.rpartition("/")
    if folder and "*" in last:  # it looks which there are
        yield Behaviour(Aspect.READ, program, folder)
        yield Behaviour(Aspect.CHANGE, program, f"mkdir {folder}")


def _listen(program: str, value: str) -> Iterator[Behaviour]:
    protocol, _, port = value.partition("/")
    if value.startswith("unix "):
        path = generalise(value[5:])
        yield Behaviour(Aspect.LISTEN, program, f"unix {path}")
        for verb in ("unlink", "chmod", "chown"):
            yield Behaviour(Aspect.CHANGE, program, f"{verb} {path}")
        return
    yield Behaviour(Aspect.LISTEN, program, value)
    if protocol == "tcp":
        yield Behaviour(Aspect.ACCEPT, program, f"{value} *")
        # getaddrinfo asks the kernel for a route to what it is to listen on.
        for address in ("0.0.0.0", "::"):  # noqa: S104 -- text that is compared; nothing is bound
            yield Behaviour(Aspect.CONNECT, program, f"udp/{port} {address}")
    if port.isdigit() and int(port) < _FIRST_FREE_PORT:
        yield Behaviour(Aspect.CAPABILITY, program, "CAP_NET_BIND_SERVICE")


def _connect(program: str, value: str) -> Iterator[Behaviour]:
    head, _, path = value.partition(" ")
    yield Behaviour(Aspect.CONNECT, program, f"unix {generalise(path)}" if head == "unix" else value)


def _become(program: str, value: str) -> Iterator[Behaviour]:
    yield Behaviour(Aspect.BECOME, program, value)
    yield Behaviour(Aspect.CAPABILITY, program, "CAP_SETUID" if value.startswith("user") else "CAP_SETGID")


def _resolve(program: str, value: str) -> Iterator[Behaviour]:
    """Whom it asks is the container's matter."""
    yield Behaviour(Aspect.RESOLVE, program, value)
    yield Behaviour(Aspect.CONNECT, program, "udp/53 *")


def _change(program: str, value: str) -> Iterator[Behaviour]:
    verb, _, path = value.partition(" ")
    yield Behaviour(Aspect.CHANGE, program, f"{verb} {generalise(path)}")


_BY_KIND: dict[FactKind, Callable[[str, str], Iterator[Behaviour]]] = {
    FactKind.READ: _read,
    FactKind.EXECUTE: _execute,
    FactKind.WRITE: _write,
    FactKind.LISTEN: _listen,
    FactKind.CONNECT: _connect,
    FactKind.BECOME: _become,
    FactKind.RESOLVE: _resolve,
    FactKind.CHANGE: _change,
}
