"""Memory, signals, users, names, questions to name servers and what comes with an exec, on the real kernel."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.event import Event, EventFlag, EventKind, Origin
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import drain, of_kind, program

pytestmark = pytest.mark.root


def events_of(live: EbpfSensor, *arguments: str, environment: dict[str, str] | None = None) -> list[Event]:
    """What is told of the caller under a name of its own."""
    return watching.events_of(live, *arguments, environment=environment, fresh=True)


def only(events: list[Event], kind: EventKind) -> Event:
    """The one event of a kind; fails with all that came."""
    found = of_kind(events, kind)
    assert len(found) == 1, [(event.kind.name, event.text, event.raw, event.ret) for event in events]
    return found[0]


def test_capabilities_and_pipes_of_a_program(live: EbpfSensor) -> None:
    """An exec row tells what root may do, and the pipes that the program reads and writes."""
    told = [e for e in of_kind(events_of(live, "exec-piped", "/bin/true"), EventKind.EXEC) if e.text == "/usr/bin/true"]
    mine = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
    assert [event.arg0 for event in told] == [int(mine.split()[1], 16)]
    pipes = told[0].arg1 & (2**64 - 1)
    assert pipes & 0xFFFFFFFF != 0
    assert pipes >> 32 not in (0, pipes & 0xFFFFFFFF)


def test_a_script_is_told_with_its_interpreter(live: EbpfSensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is the interpreter; the script is named beside it, absolute."""
    script = tmp_path / "script"
    script.write_text("#!/bin/true\n")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for name in (str(script), "./script"):
        told = [e for e in of_kind(events_of(live, "exec", name), EventKind.EXEC) if e.text == "/usr/bin/true"]
        assert [(event.raw, event.has(EventFlag.SCRIPT)) for event in told] == [(str(script), True)]
    plain = [e for e in of_kind(events_of(live, "exec", "/bin/true"), EventKind.EXEC) if e.text == "/usr/bin/true"]
    assert [event.has(EventFlag.SCRIPT) for event in plain] == [False]


def test_watched_variables_follow_their_exec(live: EbpfSensor) -> None:
    """Only what changes how programs load; after the exec; also behind a long variable and many others."""
    environment = {"SECRET": "x" * 5000, **{f"V{number}": "y" for number in range(600)}}
    environment |= {"LD_PRELOAD_NOT": "1", "LD_DEBUG": "", "BASH_ENV": "/tmp/b", "ENV": "/tmp/e", "GLIBC_TUNABLES": "a=b"}
    events = events_of(live, "exec", "/bin/true", "variables", environment=environment)
    kinds = [event.kind for event in events if event.kind in (EventKind.EXEC, EventKind.ENVIRONMENT)]
    assert kinds[:2] == [EventKind.EXEC, EventKind.ENVIRONMENT]
    told = {event.text for event in of_kind(events, EventKind.ENVIRONMENT)}
    assert told == {"LD_DEBUG=", "BASH_ENV=/tmp/b", "ENV=/tmp/e", "GLIBC_TUNABLES=a=b"}


def test_a_known_exec_with_other_variables_is_told(live: EbpfSensor) -> None:
    """Folding does not swallow LD_PRELOAD."""
    for value, expected in (("", 0), ("", 0), ("/tmp/evil.so", 1)):
        environment = {"LD_PRELOAD": value} if value else {}
        events = watching.events_of(live, "exec", "/bin/true", "same", environment=environment)
        told = [e for e in of_kind(events, EventKind.ENVIRONMENT) if e.exe == "/usr/bin/true"]
        assert len(told) == expected


@pytest.mark.parametrize("variant", ["protect", "protect32", "map-wx", "protect-written"])
def test_memory_that_becomes_code(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """Anonymous memory made executable, writable code, and a file's page that was written."""
    (tmp_path / "file").write_bytes(bytes(4096))
    told = of_kind(events_of(live, variant, str(tmp_path / "file")), EventKind.EXEC_MEMORY)
    assert [event.arg0 for event in told] == [7 if variant == "map-wx" else 5]


def test_a_file_that_is_only_mapped_is_no_new_code(live: EbpfSensor, tmp_path: Path) -> None:
    """What every loader does is not told."""
    (tmp_path / "file").write_bytes(bytes(4096))
    assert of_kind(events_of(live, "protect-file", str(tmp_path / "file")), EventKind.EXEC_MEMORY) == []


def test_libraries_from_elsewhere(live: EbpfSensor, tmp_path: Path) -> None:
    """One outside the system's folders is told, one of the system is not."""
    library = tmp_path / "lib.so"
    library.write_bytes(bytes(4096))
    told = only(events_of(live, "library", str(library)), EventKind.LIBRARY)
    assert (told.text, told.inode) == (str(library), library.stat().st_ino)
    system = next(Path("/usr/lib/x86_64-linux-gnu").glob("libc.so*"))
    assert of_kind(events_of(live, "library", str(system)), EventKind.LIBRARY) == []
    assert of_kind(events_of(live, "exec", "/bin/ls", "/"), EventKind.LIBRARY) == []


def test_userfaultfd(live: EbpfSensor) -> None:
    """With its flags."""
    assert only(events_of(live, "userfaultfd"), EventKind.USERFAULTFD).arg0 == os.O_CLOEXEC | 1


@pytest.mark.parametrize("variant", ["kill", "tkill", "tgkill", "queue", "pidfd", "kill32"])
def test_signals_to_another_process(live: EbpfSensor, variant: str) -> None:
    """By every call; the target is told by its number on the host and its program."""
    events = events_of(live, f"signal-{variant}")
    told = only(events, EventKind.SIGNAL)
    assert told.arg0 == 10
    assert told.text == Path(told.exe).name
    assert told.arg1 != told.pid
    assert told.arg1 in {event.pid for event in events if event.ppid == told.pid} | {told.arg1}


def test_signal_zero_and_signals_to_oneself_are_not_told(live: EbpfSensor) -> None:
    """Only the one real signal of three."""
    told = of_kind(events_of(live, "signal-none"), EventKind.SIGNAL)
    assert {event.arg0 for event in told} <= {10}


@pytest.mark.parametrize(("variant", "group"), [("setgid", 60001), ("setresgid", 60002), ("setgid32", 60003)])
def test_groups(live: EbpfSensor, variant: str, group: int) -> None:
    """The new group and the old one."""
    told = only(events_of(live, variant), EventKind.SETGID)
    assert (told.arg0, told.gid) == (group, 0)


def test_setreuid_capset_and_keyctl(live: EbpfSensor) -> None:
    """Their new values."""
    assert only(events_of(live, "setreuid"), EventKind.SETUID).arg0 == 60004
    told = only(events_of(live, "capset"), EventKind.CAPSET)
    assert (told.arg0, told.arg1) == (1, 1)
    assert only(events_of(live, "keyctl"), EventKind.KEYCTL).arg0 == 1


def test_honest_changes_need_no_explanation(live: EbpfSensor) -> None:
    """Users, capabilities and namespaces that change by calls, in threads and children, make no row; nor do two walks."""
    events = events_of(live, "honest")
    live.walk()
    live.walk()
    events += drain(live)
    assert [(event.exe, event.arg0, event.raw, event.text) for event in of_kind(events, EventKind.CREDENTIALS)] == []


VARIANTS = ("sendto", "sendmsg-to", "send", "write", "writev", "sendmsg", "sendmmsg", "uring", "write32")


@pytest.mark.parametrize("variant", VARIANTS)
def test_questions(live: EbpfSensor, variant: str) -> None:
    """The name in lower case, its type, the size and the server, by every call that sends a datagram."""
    told = only(events_of(live, f"dns-{variant}"), EventKind.DNS)
    assert (told.text, told.arg0, told.raw, told.port) == ("some.example.org", 16, "127.0.0.9", 53)
    assert told.arg1 == 34
    assert told.origin is {"uring": Origin.IO_URING, "write32": Origin.COMPAT32}.get(variant, Origin.SYSCALL)


def test_what_is_no_question_is_not_told(live: EbpfSensor) -> None:
    """Other bytes to that port."""
    assert of_kind(events_of(live, "dns-other"), EventKind.DNS) == []


def test_names_of_processes(live: EbpfSensor) -> None:
    """One that imitates the kernel's, one that is another program's; not the own one."""
    assert only(events_of(live, "name", "[kworker/0:1]"), EventKind.PROCESS_NAME).text == "[kworker/0:1]"
    assert only(events_of(live, "name", "sshd"), EventKind.PROCESS_NAME).text == "sshd"
    assert of_kind(watching.events_of(live, "name", program().name), EventKind.PROCESS_NAME) == []


def test_a_character_pushed_into_a_terminal(live: EbpfSensor) -> None:
    """Whether or not the kernel allows it."""
    assert only(events_of(live, "inject"), EventKind.TTY_INJECT).arg0 == ord("x")
