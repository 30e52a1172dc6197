"""What a row of the kernel says as behaviour: one exec is several, most others are one, some are none. Judges nothing.

Parts that change from time to time are taken out here (`algorithms.path_patterns`, `algorithms.argument_shapes`), so that the
same deed is the same behaviour.
"""

from __future__ import annotations

from collections.abc import Callable

from periderm.algorithms.argument_shapes import argument_shape
from periderm.algorithms.path_patterns import generalise
from periderm.engines.baseline.actor import Actor
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import CredentialChange, Event, EventFlag, EventKind
from periderm.model.system_calls import CAPABILITIES, capability_name, system_call_of
from periderm.model.text import encodable

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
_INTERNET = (AF_INET, AF_INET6)
_FAMILIES = {0: "unspec", 1: "unix", 2: "inet", 10: "inet6", 15: "key", 16: "netlink", 17: "packet", 31: "bluetooth",
             38: "alg", 40: "vsock", 44: "xdp"}  # fmt: skip
_TYPES = {1: "stream", 2: "datagram", 3: "raw", 4: "rdm", 5: "seqpacket", 10: "packet"}
_TYPE_BITS = 0xF
O_ACCMODE, O_CREAT, O_EXCL, O_TRUNC, O_PATH = 3, 0o100, 0o200, 0o1000, 0o10000000
_ABSENT = (-2, -20, -40)  # ENOENT, ENOTDIR, ELOOP: nothing was there
_EINPROGRESS = -115
FIRST_CLIENT_PORT = 32_768
_SET_ID = 0o6000
_NAMESPACES = {
    0x80: "time", 0x20000: "mount", 0x2000000: "cgroup", 0x4000000: "uts", 0x8000000: "ipc", 0x10000000: "user",
    0x20000000: "pid", 0x40000000: "net",
}  # fmt: skip
_ACTS = {
    EventKind.PTRACE: "ptrace", EventKind.BPF: "bpf", EventKind.MODULE: "module", EventKind.MEMFD: "memfd",
    EventKind.PROCESS_VM: "process-vm", EventKind.SYSCALL32: "syscall32", EventKind.IO_URING: "io-uring",
    EventKind.KEYCTL: "keyctl", EventKind.USERFAULTFD: "userfaultfd", EventKind.EXEC_MEMORY: "exec-memory",
    EventKind.TTY_INJECT: "tty-inject", EventKind.DUP: "stdio-socket",
}  # fmt: skip
_CHANGES = {
    EventKind.UNLINK: "unlink", EventKind.LINK: "link", EventKind.SYMLINK: "symlink", EventKind.MKDIR: "mkdir",
    EventKind.UTIME: "utime", EventKind.FILE_FLAGS: "chattr", EventKind.TRUNCATE: "truncate", EventKind.CHOWN: "chown",
    EventKind.MOUNT: "mount", EventKind.UMOUNT: "umount", EventKind.RENAME: "rename",
}  # fmt: skip
_NOTHING: tuple[Behaviour, ...] = ()


def observe(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    """What `actor` did by this row, most telling first; empty where nothing happened or the row is of no dimension."""
    how = _BY_KIND.get(event.kind)
    return _NOTHING if how is None else how(event, actor)


def _exec(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.flags & EventFlag.FAILED and event.ret < 0:
        return _NOTHING
    name = program_pattern(actor.program)
    found = [
        Behaviour(Aspect.PROGRAM, name),
        Behaviour(Aspect.USER, name, str(actor.uid)),
        Behaviour(Aspect.PARENT, name, actor.above),
        Behaviour(Aspect.ARGUMENTS, name, encodable(argument_shape(event.argv))),
    ]
    if actor.chain:
        found.append(Behaviour(Aspect.CHAIN, name, actor.chain))
    return tuple(found)


def program_pattern(program: str) -> str:
    """A program in a place where names are made up is one with all others there; elsewhere a program is itself."""
    if not program.startswith(("/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/proc/", "/memfd:")):  # noqa: S108 -- compared
        return program
    return generalise(program)


def _open(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.ret in _ABSENT or event.arg0 & O_PATH or not event.text.startswith("/"):
        return _NOTHING
    mode = event.arg0 & O_ACCMODE
    if event.arg0 & O_CREAT and event.arg0 & O_EXCL:
        aspect = Aspect.CREATE
    else:
        aspect = Aspect.WRITE if mode or event.arg0 & O_TRUNC else Aspect.READ
    return _one(aspect, actor, _path(event.text, actor))


def _path(text: str, actor: Actor) -> str:
    """Its own folder in /proc is 'self', whatever its number."""
    own = f"/proc/{actor.pid}/"
    if text.startswith(own):
        text = "/proc/self/" + text[len(own) :]
    return generalise(encodable(text))


def _library(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    return _one(Aspect.EXECUTE, actor, _path(event.text, actor)) if event.text else _NOTHING


def _connect(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.family == AF_UNIX:
        absent = event.ret in _ABSENT or event.ret == -111
        return _NOTHING if absent or not event.text else _one(Aspect.CONNECT, actor, f"unix {_path(event.text, actor)}")
    if event.family not in _INTERNET:
        return _NOTHING
    protocol = _protocol(event.arg0)
    if not event.port and protocol != "raw":
        return _NOTHING  # a resolver asks the kernel for a route
    return _one(Aspect.CONNECT, actor, f"{protocol}/{event.port} {encodable(event.text)}")


def _protocol(kind: int) -> str:
    return {1: "tcp", 2: "udp", 3: "raw"}.get(kind & _TYPE_BITS, "tcp")


def _accept(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    """Who comes is nobody's choice: only where it comes in, and whether from the same machine."""
    if event.ret < 0:
        return _NOTHING
    if event.family not in _INTERNET:
        return _NOTHING
    return _one(Aspect.ACCEPT, actor, f"tcp/{_port(event.port)} *")


def _port(port: int) -> str:
    """Ports that the kernel chose are one."""
    return "*" if port >= FIRST_CLIENT_PORT else str(port)


def _listen(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.ret < 0:
        return _NOTHING
    if event.family == AF_UNIX:
        return _one(Aspect.LISTEN, actor, f"unix {_path(event.text, actor)}") if event.text else _NOTHING
    if event.family not in _INTERNET:
        return _NOTHING
    return _one(Aspect.LISTEN, actor, f"tcp/{_port(event.port)}")


def _bind(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    """Only of what needs no listen(2)."""
    if event.ret < 0 or event.family not in _INTERNET or event.arg0 & _TYPE_BITS != 2 or not event.port:
        return _NOTHING
    return _one(Aspect.LISTEN, actor, f"udp/{_port(event.port)}")


def _dns(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    return _one(Aspect.RESOLVE, actor, encodable(event.text.rstrip("."))) if event.text else _NOTHING


def _socket(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    domain, kind = event.arg0, event.arg1 & _TYPE_BITS
    if domain == AF_UNIX or (domain in _INTERNET and kind in (1, 2)):
        return _NOTHING
    family = _FAMILIES.get(domain, str(domain))
    return _one(Aspect.SOCKET, actor, f"{family}/{_TYPES.get(kind, str(kind))}")


def _namespace(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    """`unshare` also takes flags of clone(2) that are no namespaces; 0 of setns is whatever the descriptor is."""
    names = [name for bit, name in _NAMESPACES.items() if event.arg0 & bit]
    verb = "setns" if event.kind is EventKind.SETNS else "unshare"
    if not names:
        return _one(Aspect.NAMESPACE, actor, verb) if event.kind is EventKind.SETNS else _NOTHING
    return tuple(Behaviour(Aspect.NAMESPACE, program_pattern(actor.program), f"{verb} {name}") for name in names)


def _chroot(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    return _one(Aspect.NAMESPACE, actor, "chroot" if event.kind is EventKind.CHROOT else "pivot-root")


def _become(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.ret < 0:
        return _NOTHING
    if event.kind is EventKind.CAPSET:
        names = [name for bit, name in enumerate(CAPABILITIES) if event.arg0 >> bit & 1]
        value = "all" if len(names) == len(CAPABILITIES) else " ".join(names) or "none"
        return _one(Aspect.BECOME, actor, f"capabilities {value}")
    if event.kind is EventKind.SETUID and event.arg0 == event.uid:
        return _NOTHING
    if event.kind is EventKind.SETGID and event.arg0 == event.gid:
        return _NOTHING
    return _one(Aspect.BECOME, actor, f"{'user' if event.kind is EventKind.SETUID else 'group'} {event.arg0}")


def _credentials(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    names = [str(change.name).lower() for change in CredentialChange if event.arg0 & change]
    return _one(Aspect.ACT, actor, f"credentials {' '.join(names)}".rstrip())


def _act(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.kind is EventKind.DUP and event.family not in _INTERNET:
        return _NOTHING
    return _one(Aspect.ACT, actor, _ACTS[event.kind])


def _signal(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if not event.arg0 or event.ret < 0:
        return _NOTHING
    return _one(Aspect.ACT, actor, f"signal {generalise(encodable(event.text))}".rstrip())


def _change(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.ret in _ABSENT or not event.text:
        return _NOTHING
    return _one(Aspect.CHANGE, actor, f"{_CHANGES[event.kind]} {_path(event.text, actor)}")


def _chmod(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.ret in _ABSENT or not event.text:
        return _NOTHING
    verb = "chmod+s" if event.arg0 & _SET_ID else "chmod"
    return _one(Aspect.CHANGE, actor, f"{verb} {_path(event.text, actor)}")


def _environment(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    """A variable that changes what programs load."""
    name, _, value = encodable(event.text).partition("=")
    return _one(Aspect.ACT, actor, f"environment {name}={generalise(value)}")


def _system_call(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    if event.flags & EventFlag.FAILED:
        return _NOTHING
    del actor
    return (Behaviour(Aspect.SYSCALL, "", system_call_of(event)),)


def _capability(event: Event, actor: Actor) -> tuple[Behaviour, ...]:
    return _NOTHING if event.flags & EventFlag.FAILED else _one(Aspect.CAPABILITY, actor, capability_name(event.arg0))


def _one(aspect: Aspect, actor: Actor, value: str) -> tuple[Behaviour, ...]:
    return (Behaviour(aspect, program_pattern(actor.program), value),)


_BY_KIND: dict[EventKind, Callable[[Event, Actor], tuple[Behaviour, ...]]] = {
    EventKind.EXEC: _exec,
    EventKind.OPEN: _open,
    EventKind.LIBRARY: _library,
    EventKind.CONNECT: _connect,
    EventKind.ACCEPT: _accept,
    EventKind.LISTEN: _listen,
    EventKind.BIND: _bind,
    EventKind.DNS: _dns,
    EventKind.SOCKET: _socket,
    EventKind.SETNS: _namespace,
    EventKind.UNSHARE: _namespace,
    EventKind.CHROOT: _chroot,
    EventKind.PIVOT_ROOT: _chroot,
    EventKind.SETUID: _become,
    EventKind.SETGID: _become,
    EventKind.CAPSET: _become,
    EventKind.CREDENTIALS: _credentials,
    EventKind.SIGNAL: _signal,
    EventKind.CHMOD: _chmod,
    EventKind.ENVIRONMENT: _environment,
    EventKind.SYSCALL_USED: _system_call,
    EventKind.CAPABILITY_USED: _capability,
    **dict.fromkeys(_ACTS, _act),
    **dict.fromkeys(_CHANGES, _change),
}
KINDS = frozenset(_BY_KIND)
