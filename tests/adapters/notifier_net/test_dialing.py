"""Connections to hosts that somebody named: only where they may go, and over within a time."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from periderm.adapters.notifier_net.dialing import Found, addresses, connected, tls_context
from periderm.model.errors import NotifierError
from periderm.model.networks import network_of
from tests.told import LOOPBACK, place


def names(*found: str) -> object:
    """A resolver that answers so; each time it is asked with the next."""
    answers = list(found)

    def find(_host: str, port: int, kind: int) -> Found:
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, kind, 0, "", (address, port))]

    return find


def told(line: AbstractContextManager[socket.socket], speak: Callable[[socket.socket], object] = lambda _: None) -> None:
    """Connects and speaks."""
    with line as connection:
        speak(connection)


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:127.0.0.1", "0.0.0.0"],  # noqa: S104
)
def test_a_name_for_an_inner_address_is_refused(inside: str) -> None:
    """And it is said how to allow it."""
    with pytest.raises(NotifierError, match="not an address that may be spoken to") as refused:
        addresses("evil.test", 443, (), find=names(inside))
    assert "--network" in refused.value.next_step


def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    """It is asked once, and the address that was looked at is the one that is spoken to."""
    asked: list[str] = []

    def find(host: str, port: int, kind: int) -> Found:
        asked.append(host)
        address = "203.0.113.9" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, kind, 0, "", (address, port))]

    # 203.0.113.0/24 is for documentation: allowed here, reached by nobody.
    allowed = (network_of("203.0.113.0/24"),)
    with place() as there, pytest.raises(NotifierError):
        told(connected("evil.test", there.port, allowed, find=find, seconds=0.5))
    assert asked == ["evil.test"]
    assert there.asked == []


def test_of_several_addresses_only_those_that_may_be() -> None:
    """A public one beside an inner one is used alone."""

    def find(_host: str, port: int, kind: int) -> Found:
        return [(socket.AF_INET, kind, 0, "", (a, port)) for a in ("10.0.0.1", "198.51.100.7", "8.8.8.8")]

    assert [place[1][0] for place in addresses("both.test", 1, (), find=find)] == ["8.8.8.8"]


def test_without_tls_only_what_was_allowed() -> None:
    """Nothing goes over the internet that everybody can read."""
    with pytest.raises(NotifierError, match="without TLS"):
        addresses("x.test", 1, LOOPBACK, public=False, find=names("8.8.8.8"))
    assert addresses("x.test", 1, LOOPBACK, public=False, find=names("127.0.0.1"))


@contextlib.contextmanager
def listener(speak: object) -> Iterator[int]:
    """A place on loopback that does this with its first connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                line, _ = server.accept()
                with line:
                    speak(line)  # type: ignore[operator]

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.close()
        thread.join(180)


def test_one_that_drips_is_cut_off() -> None:
    """However it speeds its bytes: what counts is the whole."""
    over = threading.Event()

    def drip(line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not over.wait(0.01):
                line.sendall(b"x")

    def read_all(line: socket.socket) -> None:
        while line.recv(10):
            pass
        raise OSError("the connection ended")

    with listener(drip) as port, pytest.raises(NotifierError, match="it took too long"):
        told(connected("127.0.0.1", port, LOOPBACK, seconds=0.3), read_all)
    over.set()


def test_nobody_there_is_said() -> None:
    """In words, with a next step."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotifierError, match="cannot be told: Connection refused"), connected("127.0.0.1", port, LOOPBACK):
        pass
    with pytest.raises(NotifierError, match="cannot be resolved"), connected("no-such-name.invalid", 1, LOOPBACK):
        pass


def test_a_certificate_that_nobody_vouches_for_is_refused(certificates: tuple[Path, Path]) -> None:
    """And taken with its authority's."""
    ca, server = certificates
    with place(certificate=server) as there:
        with pytest.raises(NotifierError, match="is not trusted"):
            told(connected("127.0.0.1", there.port, LOOPBACK, tls=tls_context()))
        told(connected("127.0.0.1", there.port, LOOPBACK, tls=tls_context(str(ca))))


def test_files_that_are_no_certificates_are_said(tmp_path: Path) -> None:
    """Which one."""
    with pytest.raises(NotifierError, match=r"nothing\.pem"):
        tls_context(str(tmp_path / "nothing.pem"))
