"""Each event kind, in each variant of its call, on the real kernel."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.event import Event, EventFlag, EventKind, Origin
from tests.adapters.sensor_ebpf.watching import call, drain_until, events_of, of_kind, program

pytestmark = pytest.mark.root


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A TCP port on loopback that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def only(events: list[Event], kind: EventKind, text: str | None = None) -> Event:
    """The one event of a kind (and text); fails with all that came."""
    found = [event for event in of_kind(events, kind) if text is None or event.text == text]
    assert len(found) == 1, [(event.kind.name, event.text, event.raw, event.ret) for event in events]
    return found[0]


def test_exec_tells_path_arguments_and_parent(live: EbpfSensor, tmp_path: Path) -> None:
    """An exec row has the resolved path, argv and the identity of the file."""
    link = tmp_path / "alias"
    link.symlink_to(program())
    events = events_of(live, "execveat", str(tmp_path), "alias")
    told = [event for event in of_kind(events, EventKind.EXEC) if event.argv == ("by-descriptor",)]
    assert len(told) == 1
    assert told[0].text == str(program())
    assert told[0].exe == str(program())
    assert told[0].inode == program().stat().st_ino
    assert told[0].device == program().stat().st_dev
    assert told[0].ppid == os.getpid()
    assert told[0].raw.endswith("/alias")


def test_exit_tells_the_status(live: EbpfSensor, tmp_path: Path) -> None:
    """A process that was told of is told to have ended, and how."""
    events = events_of(live, "open", str(tmp_path / "nothing"))
    assert only(events, EventKind.EXIT).ret == 1


@pytest.mark.parametrize("variant", ["open", "openat", "creat", "openat2", "open32", "openat32"])
def test_open_in_all_variants(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """The file is named by its own path, also through a symlink; the caller's string is kept beside it."""
    real = tmp_path / f"file-{variant}"
    real.write_text("x")
    alias = tmp_path / f"alias-{variant}"
    alias.symlink_to(real)
    told = only(events_of(live, variant, str(alias)), EventKind.OPEN, str(real))
    assert told.raw == str(alias)
    assert told.inode == real.stat().st_ino
    assert told.exe == str(program())
    assert told.origin is (Origin.COMPAT32 if variant.endswith("32") else Origin.SYSCALL)
    assert told.arg0 == {"creat": os.O_CREAT | os.O_WRONLY | os.O_TRUNC, "openat2": os.O_WRONLY | os.O_CREAT}.get(variant, 0)


@pytest.mark.parametrize("variant", ["open-below", "open-here"])
def test_open_relative(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """A relative name is resolved by the file that was opened."""
    (tmp_path / "name").write_text("x")
    told = only(events_of(live, variant, str(tmp_path), "./name"), EventKind.OPEN, str(tmp_path / "name"))
    assert told.raw == "./name"


@pytest.mark.parametrize("variant", ["open-below", "open-here"])
def test_failed_open_is_told_absolute(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """A failed open carries the error, and an absolute path even if the caller's was relative."""
    told = only(events_of(live, variant, str(tmp_path), "../gone"), EventKind.OPEN, str(tmp_path.parent / "gone"))
    assert told.has(EventFlag.FAILED)
    assert (told.ret, told.raw) == (-2, "../gone")


def test_long_paths_and_names_are_whole(live: EbpfSensor, tmp_path: Path) -> None:
    """A path longer than one record comes in parts and is put together."""
    folder = tmp_path
    for _ in range(3):
        folder = folder / ("d" * 200)
    folder.mkdir(parents=True)
    target = folder / "end"
    target.write_text("x")
    told = only(events_of(live, "openat", str(target)), EventKind.OPEN, str(target))
    assert not told.has(EventFlag.TRUNCATED)


def test_a_path_over_the_limit_keeps_its_end(live: EbpfSensor, tmp_path: Path) -> None:
    """What is too long is cut at its beginning, and says so."""
    folder = tmp_path
    for _ in range(6):
        folder = folder / ("e" * 200)
    folder.mkdir(parents=True)
    target = folder / "secret-end"
    target.write_text("x")
    told = [e for e in of_kind(events_of(live, "openat", str(target)), EventKind.OPEN) if e.text.endswith("/secret-end")]
    assert len(told) == 1
    assert told[0].has(EventFlag.TRUNCATED)
    assert len(told[0].text) == 1023


def test_names_that_are_not_text(live: EbpfSensor, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 become printable."""
    name = os.fsencode(tmp_path) + b"/\xff\xfe"
    Path(os.fsdecode(name)).write_text("x")
    told = only(events_of(live, "openat", os.fsdecode(name)), EventKind.OPEN, f"{tmp_path}/\\xff\\xfe")
    assert told.ret == 0


@pytest.mark.parametrize("variant", ["uring-openat", "uring-openat2"])
def test_open_by_io_uring(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """A submission is told with the caller's path, since the file is not open yet."""
    target = tmp_path / variant
    target.write_text("x")
    told = only(events_of(live, variant, str(target)), EventKind.OPEN, str(target))
    assert told.origin is Origin.IO_URING


def test_io_uring_that_is_not_decoded_is_told_and_counted(live: EbpfSensor, tmp_path: Path) -> None:
    """An opcode that is only seen as a submission is one event for the process, and a counter."""
    (tmp_path / "x").write_text("x")
    told = only(events_of(live, "uring-other", str(tmp_path / "x")), EventKind.IO_URING)
    assert told.arg0 == 17  # IORING_OP_FALLOCATE
    assert live.counters().other["io_uring-opcode-17"] >= 1


def test_first_32_bit_call_is_told(live: EbpfSensor, tmp_path: Path) -> None:
    """A process that uses the 32-bit entry says so once."""
    told = only(events_of(live, "open32", str(tmp_path)), EventKind.SYSCALL32)
    assert told.arg0 == 5
    assert told.origin is Origin.COMPAT32


@pytest.mark.parametrize("variant", ["connect", "connect-mapped", "connect32", "uring-connect"])
def test_connect(live: EbpfSensor, listener: socket.socket, variant: str) -> None:
    """The peer is told, by whatever way, and in IPv6 clothes as the IPv4 address that it is."""
    port = listener.getsockname()[1]
    told = only(events_of(live, variant, str(port)), EventKind.CONNECT, "127.0.0.1")
    assert told.port == port
    assert told.family == (10 if variant == "connect-mapped" else 2)
    assert told.arg0 == 1  # SOCK_STREAM


@pytest.mark.parametrize("variant", ["sendto", "sendmsg"])
def test_datagrams_are_connections_too(live: EbpfSensor, variant: str) -> None:
    """A datagram to an address is told as a connection of a datagram socket."""
    told = only(events_of(live, variant, "9"), EventKind.CONNECT, "127.0.0.1")
    assert (told.port, told.arg0) == (9, 2)


def test_failed_connect6(live: EbpfSensor) -> None:
    """A refused connection is told as failed."""
    told = only(events_of(live, "connect6", "1"), EventKind.CONNECT, "::1")
    assert told.has(EventFlag.FAILED)
    assert (told.port, told.family) == (1, 10)


def test_connect_to_unix_sockets(live: EbpfSensor, tmp_path: Path) -> None:
    """Paths and abstract names."""
    path = str(tmp_path / "s")
    assert only(events_of(live, "connect-unix", path), EventKind.CONNECT, path).family == 1
    assert only(events_of(live, "connect-abstract", "hidden"), EventKind.CONNECT, "@hidden").ret < 0


def test_bind_listen_accept(live: EbpfSensor) -> None:
    """A server's life: the port that the kernel gave, and who came."""
    events = events_of(live, "serve", "0")
    bound = only(events, EventKind.BIND)
    assert bound.port > 0
    assert only(events, EventKind.LISTEN).port == bound.port
    taken = only(events, EventKind.ACCEPT)
    assert (taken.text, taken.port) == ("127.0.0.1", bound.port)
    assert taken.arg1 > 0


@pytest.mark.parametrize("variant", ["dup2", "dup3", "fcntl"])
def test_socket_as_stdin(live: EbpfSensor, listener: socket.socket, variant: str) -> None:
    """A socket that becomes descriptor 0 is told with its peer."""
    port = listener.getsockname()[1]
    told = only(events_of(live, variant, str(port)), EventKind.DUP)
    assert (told.arg0, told.text, told.port) == (0, "127.0.0.1", port)


def test_exec_with_a_socket_as_stdin(live: EbpfSensor, listener: socket.socket) -> None:
    """A program whose standard input is a socket carries the flag, however the socket came there."""
    events = events_of(live, "stdio-exec", str(listener.getsockname()[1]), "/bin/true")
    told = only(events, EventKind.EXEC, "/usr/bin/true")
    assert told.has(EventFlag.STDIO_SOCKET)


@pytest.mark.parametrize(("variant", "domain", "kind"), [("packet", 17, 3), ("raw", 2, 3)])
def test_sockets_that_see_others(live: EbpfSensor, variant: str, domain: int, kind: int) -> None:
    """Packet and raw sockets are told; ordinary ones are not."""
    told = only(events_of(live, variant), EventKind.SOCKET)
    assert (told.arg0, told.arg1) == (domain, kind)


def test_namespaces(live: EbpfSensor) -> None:
    """setns by descriptor tells the kind; unshare and clone3 tell their flags."""
    assert only(events_of(live, "setns"), EventKind.SETNS).arg0 == 0x04000000
    unshared = of_kind(events_of(live, "unshare"), EventKind.UNSHARE)
    assert [event.arg0 for event in unshared if event.exe == str(program())] == [0x04000000]
    forks = of_kind(events_of(live, "clone3"), EventKind.FORK)
    assert any(fork.arg0 & 0x04000000 for fork in forks)


def test_mounts(live: EbpfSensor, tmp_path: Path) -> None:
    """Both ways of mounting."""
    told = only(events_of(live, "mount", str(tmp_path)), EventKind.MOUNT, str(tmp_path))
    assert (told.raw, told.argv, told.arg0) == ("nothing", ("tmpfs",), 8)
    opened = [event for event in of_kind(events_of(live, "fsopen"), EventKind.MOUNT) if event.exe == str(program())]
    assert [event.argv for event in opened] == [("tmpfs",)]


def test_tracing_and_the_kernel(live: EbpfSensor, tmp_path: Path) -> None:
    """ptrace, bpf, module loading and process_vm."""
    module = tmp_path / "evil.ko"
    module.write_text("no module")
    assert only(events_of(live, "ptrace"), EventKind.PTRACE).arg0 == 0
    assert only(events_of(live, "bpf"), EventKind.BPF).arg0 == 1
    assert only(events_of(live, "init_module"), EventKind.MODULE).has(EventFlag.FAILED)
    assert only(events_of(live, "finit_module", str(module)), EventKind.MODULE).text == str(module)
    assert {e.arg0 for e in of_kind(events_of(live, "process_vm"), EventKind.PROCESS_VM)} == {0, 1}


def test_memfd_and_execution_from_it(live: EbpfSensor) -> None:
    """The name of a memfd, and a program that has no place in a file system."""
    assert only(events_of(live, "memfd"), EventKind.MEMFD).text == "hidden"
    events = events_of(live, "memfd-exec", "/bin/true")
    told = [event for event in of_kind(events, EventKind.EXEC) if event.has(EventFlag.MEMORY_BACKED)]
    assert [(event.text, event.argv) for event in told] == [("/memfd:payload", ("innocent", "argument"))]


@pytest.mark.parametrize(("variant", "mode"), [("chmod", 0o4755), ("fchmod", 0o711), ("fchmodat", 0o700), ("fchmodat2", 0o701)])
def test_chmod(live: EbpfSensor, tmp_path: Path, variant: str, mode: int) -> None:
    """All four calls."""
    target = tmp_path / "file"
    target.write_text("x")
    assert only(events_of(live, variant, str(target)), EventKind.CHMOD, str(target)).arg0 == mode


@pytest.mark.parametrize(("variant", "user"), [("setuid", 65534), ("setresuid", 65533)])
def test_setuid(live: EbpfSensor, variant: str, user: int) -> None:
    """The new user and the old one."""
    told = only(events_of(live, variant), EventKind.SETUID)
    assert (told.arg0, told.uid) == (user, 0)


def test_chroot(live: EbpfSensor, tmp_path: Path) -> None:
    """The new root."""
    assert only(events_of(live, "chroot", str(tmp_path)), EventKind.CHROOT).text == str(tmp_path)


def test_setuid_program(live: EbpfSensor, tmp_path: Path) -> None:
    """A program with the set-user-id bit carries the flag."""
    target = tmp_path / "su"
    target.write_bytes(program().read_bytes())
    target.chmod(0o4755)
    told = only(events_of(live, "execveat", str(tmp_path), "su"), EventKind.EXEC, str(target))
    assert told.has(EventFlag.SETUID_FILE)


def test_a_child_that_acts_without_exec_keeps_its_ancestors(live: EbpfSensor, tmp_path: Path) -> None:
    """Its fork is told before it acts, with the parent that it had even though that one is gone."""
    target = tmp_path / "late"
    target.write_text("x")
    parent = call("fork-open", str(target))
    events = drain_until(live, lambda found: [e for e in of_kind(found, EventKind.OPEN) if e.text == str(target)])
    act = only(events, EventKind.OPEN, str(target))
    fork = [event for event in of_kind(events, EventKind.FORK) if event.process == act.process]
    assert [event.ppid for event in fork] == [parent.pid]
    assert any(event.process == fork[0].parent for event in of_kind(events, EventKind.EXEC))
