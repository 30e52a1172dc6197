"""Cuts what strace recorded into traces like those of public corpora: one file a trace, numbers of system calls, no more.

Four corpora of one recording: by process or by whole session (all its processes interleaved, as an audit log has them), with
the numbers of x86-64 or those that a 32-bit machine of 2011 would have used (one number for all calls on sockets, and so on),
because a detector must not depend on either.
"""

from __future__ import annotations

import collections
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Cut = Callable[[Path, str], Iterator[tuple[str, list[int]]]]
CALL = re.compile(r"^(\d+) +\[ *(\d+)\] (?!<)", re.MULTILINE)
SHORTEST, LONGEST, PIECES, WINDOWS = 75, 2800, 4, 60
COUNTS = {"training": 833, "normal": 4372, "attack": 746}
SERVICES = (  # that attackers reach
    *("d.sshd", "d.vsftpd", "d.apache"),
    *("d.node", "d.haproxy", "d.postgres"),
    *("d.dropbear", "d.proftpd", "d.lighttpd", "d.dovecot"),
)
SOCKETS = """socket bind connect listen accept accept4 getsockname getpeername socketpair sendto recvfrom shutdown setsockopt
getsockopt sendmsg recvmsg"""
# Where a 32-bit machine of 2011 used another call for the same.
OLD = """stat=195 newfstatat=195 lstat=196 fstat=197 mmap=192 openat=5 unlinkat=10 mkdirat=39 getdents64=220 pselect6=142
renameat=38 renameat2=38 faccessat=33 faccessat2=33 fchmodat=15 fcntl=221 lseek=19 getuid=199 getgid=200 geteuid=201 getegid=202
setuid=213 setgid=214 vfork=190 clone3=120 dup3=63 pipe2=42 epoll_pwait=256 semget=117 semop=117 shmget=117 shmat=117 shmctl=117
prlimit64=191 getrlimit=191 setresuid=208 setresgid=210"""


def old_numbers() -> dict[int, int]:
    """From numbers of x86-64 to those of a 32-bit machine."""
    headers = Path("/usr/include/x86_64-linux-gnu/asm")
    pairs = re.compile(r"__NR_(\w+) (\d+)")
    new = {name: int(number) for name, number in pairs.findall((headers / "unistd_64.h").read_text())}
    old = {name: int(number) for name, number in pairs.findall((headers / "unistd_32.h").read_text())}
    old |= dict.fromkeys(SOCKETS.split(), 102)
    old |= {name: int(number) for name, number in (each.split("=") for each in OLD.split())}
    return {number: old[name] for name, number in new.items() if name in old}


def calls(path: Path) -> list[tuple[int, int]]:
    """(process, number) of each call in a recording, in the order of their begin."""
    return [(int(process), int(number)) for process, number in CALL.findall(path.read_text(errors="replace"))]


def pieces(name: str, numbers: list[int]) -> Iterator[tuple[str, list[int]]]:
    """A trace, or some pieces of unlike length of a long one."""
    if len(numbers) <= LONGEST:
        if len(numbers) >= SHORTEST:
            yield name, numbers
        return
    chance = random.Random(name)  # noqa: S311 - the same cuts each time, no secret
    for piece in range(min(PIECES, len(numbers) // 1000 + 1)):
        length = int(SHORTEST * (LONGEST / SHORTEST) ** chance.random())
        start = chance.randrange(len(numbers) - length)
        yield f"{name}.{piece}", numbers[start : start + length]


def by_process(path: Path, kind: str) -> Iterator[tuple[str, list[int]]]:
    """Each process alone. Of services under attack only what came after their first process."""
    processes: dict[int, list[int]] = collections.defaultdict(list)
    for process, number in calls(path):
        processes[process].append(number)
    skipped = next(iter(processes), None) if kind == "attack" and path.name in SERVICES else None
    for process, numbers in processes.items():
        if process != skipped:
            yield from pieces(f"{path.name}.{process}", numbers)


def by_session(path: Path, kind: str) -> Iterator[tuple[str, list[int]]]:
    """All processes of a task interleaved, in windows of unlike length."""
    numbers = [number for _, number in calls(path)]
    if kind == "attack" and path.name in SERVICES:
        numbers = numbers[len(numbers) // 10 :]  # their start is nobody's attack
    chance = random.Random(path.name)  # noqa: S311 - the same cuts each time
    start = piece = 0
    while len(numbers) - start >= SHORTEST and piece < WINDOWS:
        length = int(SHORTEST * (LONGEST / SHORTEST) ** chance.random())
        yield f"{path.name}.{piece}", numbers[start : start + length]
        start, piece = start + length, piece + 1


def write(recorded: Path, out: Path, host: str = "") -> None:
    """All corpora of one recording, below `out`."""
    old = old_numbers()
    for shape, cut in (("process", by_process), ("session", by_session)):
        found = {kind: list(of_kind(recorded, kind, cut)) for kind in ("normal", "attack")}
        chance = random.Random(7)  # noqa: S311 - the same parts each time
        for traces in found.values():
            chance.shuffle(traces)
        room = min(1.0, len(found["normal"]) / (COUNTS["training"] + COUNTS["normal"]))
        training = int(COUNTS["training"] * room)
        parts = {"training": found["normal"][:training], "normal": found["normal"][training : training + COUNTS["normal"]]}
        parts["attack"] = found["attack"][: COUNTS["attack"]]
        for numbering in ("new", "old"):
            for part, traces in parts.items():
                folder = out / f"{shape}-{numbering}{host}" / part
                folder.mkdir(parents=True, exist_ok=True)
                for name, numbers in traces:
                    said = [old.get(number, number) for number in numbers] if numbering == "old" else numbers
                    (folder / f"{name}.txt").write_text(" ".join(map(str, said)) + "\n")


def of_kind(recorded: Path, kind: str, cut: Cut) -> Iterator[tuple[str, list[int]]]:
    """The traces of all rounds of a kind: folders `normal`, `normal2` …"""
    for path in sorted(recorded.glob(f"{kind}*/*")):
        if path.name.startswith("t.") or (path.name.startswith("d.") and (kind == "normal" or path.name in SERVICES)):
            for name, numbers in cut(path, kind):
                yield f"{path.parent.name}.{name}", numbers
