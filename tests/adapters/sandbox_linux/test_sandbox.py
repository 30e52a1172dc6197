"""The sandbox: what the child can and cannot do, and that the parent outlives whatever happens to it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
from periderm.model.errors import FormatError, SandboxError
from periderm.ports.sandbox import Mate, Sandbox, Tell, Work

MIB = 1 << 20
pytestmark = pytest.mark.skipif(bool(LinuxSandbox().lacks()), reason="this kernel has no Landlock or seccomp")


def run(work: Work, tmp_path: Path, *, tell: Tell = lambda *_: None, memory: int = 512 * MIB, seconds: float = 180) -> bytes:
    """Runs work that may read `in` and write `out` below the test's folder."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir(exist_ok=True)
    sandbox: Sandbox = LinuxSandbox()
    return sandbox.run(
        work,
        tell,
        readable=[str(tmp_path / "in"), str(tmp_path / "not-there")],
        writable=[str(tmp_path / "out")],
        memory=memory,
        file=MIB,
        answer=MIB,
        seconds=seconds,
    )


def tried(what: Callable[[], object]) -> Work:
    """Work that does one thing and says how it went."""

    def work(_tell: Tell, _mate: Mate | None) -> bytes:
        try:
            return repr(what()).encode()
        except OSError as error:
            return f"refused: {error.strerror}".encode()

    return work


def test_an_answer_and_progress(tmp_path: Path) -> None:
    """What the child says arrives, in order."""
    told: list[tuple[str, float | None]] = []

    def work(tell: Tell, _mate: Mate | None) -> bytes:
        tell("half \udce9", 0.5)
        tell("whole", None)
        return b"answer"

    assert run(work, tmp_path, tell=lambda text, done: told.append((text, done))) == b"answer"
    assert told == [("half \\udce9", 0.5), ("whole", None)]


def test_a_child_that_is_not_wanted_any_more_is_ended(tmp_path: Path) -> None:
    """`still` is asked while nothing is heard, and what it raises ends the child at once."""
    asked: list[float] = []

    class NotWantedError(Exception):
        """Whoever asked is gone."""

    def still() -> None:
        asked.append(time.monotonic())
        if len(asked) == 2:
            raise NotWantedError

    def work(_tell: Tell, _mate: Mate | None) -> bytes:
        while True:
            sum(range(1000))

    (tmp_path / "in").mkdir()
    with pytest.raises(NotWantedError):
        LinuxSandbox().run(
            work,
            lambda *_: None,
            still=still,
            readable=[str(tmp_path / "in")],
            writable=[],
            memory=512 * MIB,
            file=MIB,
            answer=MIB,
            seconds=180,
        )
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_the_child_may(tmp_path: Path) -> None:
    """It reads what it was given, writes below its cache, has threads, and loads code that it needs later."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/x").write_text("hello")

    def work(_tell: Tell, _mate: Mate | None) -> bytes:
        import zipfile

        folder = tmp_path / "out" / "deep"
        folder.mkdir()
        (folder / "a").write_text((tmp_path / "in/x").read_text() + zipfile.__name__)
        (folder / "a").rename(folder / "b")
        thread = threading.Thread(target=(folder / "b").unlink)
        thread.start()
        thread.join()
        return str(os.listdir(folder)).encode()

    assert run(work, tmp_path) == b"[]"


def outside(tmp_path: Path) -> dict[str, Callable[[], object]]:
    """Everything that must fail."""
    return {
        "read outside": lambda: open("/etc/passwd", encoding="utf-8").read(),
        "list outside": lambda: os.listdir(tmp_path),
        "write outside": lambda: (tmp_path / "x").write_text("x"),
        "write what may be read": lambda: (tmp_path / "in/x").write_text("x"),
        "remove outside": lambda: os.unlink(tmp_path / "precious"),
        "link outside": lambda: os.symlink("/etc/passwd", tmp_path / "out/link"),
        "device": lambda: os.mknod(tmp_path / "out/dev", 0o600 | 0o020000, os.makedev(1, 3)),
        "socket": socket.socket,
        "unix socket": socket.socketpair,
        "program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 -- it must not start at all
        "fork": os.fork,
        "signal": lambda: os.kill(os.getppid(), signal.SIGTERM),
        "other limits": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 5),
        "large file": lambda: (tmp_path / "out/large").write_bytes(bytes(2 * MIB)),
        "root": lambda: os.chroot(tmp_path / "out"),
        "rights": lambda: os.chmod(tmp_path / "out", 0o700),
        "proc": lambda: os.listdir(f"/proc/{os.getppid()}"),
    }


@pytest.mark.parametrize("what", sorted(outside(Path())))
def test_what_the_child_may_not(tmp_path: Path, what: str) -> None:
    """No reading or writing elsewhere, no network, no program, no signal, no rights."""
    (tmp_path / "precious").write_text("x")
    assert run(tried(outside(tmp_path)[what]), tmp_path).startswith(b"refused: ")
    assert (tmp_path / "precious").read_text() == "x"


def test_links_do_not_lead_outside(tmp_path: Path) -> None:
    """A symbolic link in what may be read leads nowhere that may not."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to("/etc/passwd")
    assert run(tried((tmp_path / "in/link").read_text), tmp_path).startswith(b"refused: ")


def test_descriptors_do_not_pass(tmp_path: Path) -> None:
    """A file that the parent has open is not the child's."""
    with open("/etc/passwd", "rb") as file:
        assert run(tried(lambda: os.read(file.fileno(), 1)), tmp_path).startswith(b"refused: ")


def bomb(_tell: Tell, _mate: Mate | None) -> bytes:
    """Takes memory until there is none."""
    held = []
    while True:
        held.append(bytearray(MIB))


def sleeper(_tell: Tell, _mate: Mate | None) -> bytes:
    """Does nothing for long."""
    time.sleep(60)
    return b""


def test_a_bomb_hurts_only_the_child(tmp_path: Path) -> None:
    """Memory beyond the limit is an error that says so, and the parent goes on."""
    with pytest.raises(SandboxError, match="needed more than 200 MiB"):
        run(bomb, tmp_path, memory=200 * MIB)
    assert run(lambda *_: b"alive", tmp_path) == b"alive"


def test_how_a_child_ended(tmp_path: Path) -> None:
    """A crash, a status, a defect and a silence are told apart, each with what to do."""
    with pytest.raises(SandboxError, match="signal 6") as caught:
        run(lambda *_: os.abort(), tmp_path)
    assert caught.value.next_step
    with pytest.raises(SandboxError, match="status 3 and no answer"):
        run(lambda *_: os._exit(3), tmp_path)
    with pytest.raises(SandboxError, match=r"ZeroDivisionError in test_sandbox.py:\d+"):
        run(lambda *_: bytes(1 // 0), tmp_path)
    with pytest.raises(SandboxError, match="took longer"):
        run(sleeper, tmp_path, seconds=0.2)
    with pytest.raises(SandboxError, match="more than the"):
        run(lambda *_: bytes(2 * MIB), tmp_path)


def test_a_child_that_only_sleeps_is_ended(tmp_path: Path) -> None:
    """A deadlock is noticed long before the time is over; a child that computes is left alone."""
    (tmp_path / "in").mkdir()

    def busy(_tell: Tell, _mate: Mate | None) -> bytes:
        until = time.process_time() + 0.5
        while time.process_time() < until:
            pass
        return b"done"

    def run_with(work: Work) -> bytes:
        sandbox = LinuxSandbox(stall=0.1)
        return sandbox.run(work, lambda *_: None, readable=[], writable=[], memory=512 * MIB, file=MIB, answer=MIB, seconds=180)

    with pytest.raises(SandboxError, match="done nothing"):
        run_with(sleeper)
    assert run_with(busy) == b"done"


def test_errors_of_the_work_are_its_own(tmp_path: Path) -> None:
    """A damaged image is the same error as without a sandbox."""

    def work(_tell: Tell, _mate: Mate | None) -> bytes:
        raise FormatError("damaged.", "Fetch it again.", where="layer 1")

    with pytest.raises(FormatError) as caught:
        run(work, tmp_path)
    assert (caught.value.what, caught.value.next_step, caught.value.where) == (
        "layer 1: damaged.",
        "Fetch it again.",
        "layer 1",
    )


def test_nothing_stays_behind(tmp_path: Path) -> None:
    """No process and no descriptor of a child is left, however it ended."""
    before = set(os.listdir("/proc/self/fd"))
    for work in (lambda *_: b"", lambda *_: os.abort()):
        with contextlib.suppress(SandboxError):
            run(work, tmp_path)
    assert set(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_the_parent_does_meanwhile(tmp_path: Path) -> None:
    """It runs here and not in the child; its error ends the run, and no child is left."""
    done: list[int] = []

    def meanwhile() -> None:
        done.append(os.getpid())

    def fails() -> None:
        raise FormatError("it is damaged.")

    def go(what: Callable[[], object], work: Work) -> bytes:
        return LinuxSandbox().run(
            work,
            lambda *_: None,
            meanwhile=what,
            readable=[],
            writable=[],
            memory=512 * MIB,
            file=MIB,
            answer=MIB,
            seconds=180,
        )

    child = int(go(meanwhile, lambda *_: str(os.getpid()).encode()))
    assert done == [os.getpid()] != [child]

    def sleeps(_tell: Tell, _mate: Mate | None) -> bytes:
        time.sleep(600)
        return b""

    with pytest.raises(FormatError, match="damaged"):  # and not SandboxError: it was not waited for
        go(fails, sleeps)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_the_parent_holds_is_not_the_child_s(tmp_path: Path) -> None:
    """A parent that grew beyond the child's limit still has children that begin threads and take what they may."""
    held = bytearray(os.urandom(64)) * (4 * MIB)  # 256 MiB

    def work(_tell: Tell, _mate: Mate | None) -> bytes:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        return b"%d" % len(bytearray(64 * MIB))

    assert run(work, tmp_path, memory=128 * MIB) == b"67108864"
    assert len(held) == 256 * MIB
