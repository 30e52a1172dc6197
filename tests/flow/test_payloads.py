"""Which files are looked into, when, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from periderm.flow import payloads
from periderm.flow.observed import Observed, batch_of
from periderm.flow.payloads import (
    MOST_A_MINUTE,
    MOST_WAITING,
    NOBODY,
    SETTLE_NS,
    UNFINISHED,
    Looks,
    answer_of,
)
from periderm.model.content import ContentMatch, Inspected, Payload, Suspect
from periderm.model.errors import SandboxError
from periderm.model.event import Event, EventBatch, EventFlag, EventKind
from periderm.model.severity import Severity
from tests.flow.conftest import CONTAINER, NODE

BAD = b"bad"
MATCH = ContentMatch(rule="CON-009", title="Find it", severity=Severity.HIGH, techniques=("T1105",), found=("bad",))


def batch(*events: Event) -> EventBatch:
    """As the sensor would give them."""
    return batch_of(NODE, events, 1 << 41)


class Lab:
    """Files by path, an inspector that knows one bad word, and a clock that the test moves."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = files or {}
        self.asked: list[Suspect] = []
        self.inspected: list[bytes] = []
        self.told: list[Event] = []
        self.time = 10**15
        self.breaks = b""
        self.looks = Looks(self, self.inspect, self, self.tell)

    def read(self, suspect: Suspect, limit: int) -> Payload:
        self.asked.append(suspect)
        data = self.files.get(suspect.path, b"")
        return Payload(suspect=suspect, data=data[:limit], size=len(data), digest=data.hex(), missing="" if data else "gone")

    def inspect(self, payloads: Sequence[bytes]) -> Sequence[bytes]:
        if self.breaks and self.breaks in payloads:
            raise SandboxError("it was killed")
        self.inspected.extend(payloads)
        found = [(MATCH,) if BAD in data else () for data in payloads]
        return [answer_of(Inspected(suspect=NOBODY, digest="", size=0, matches=m)) for m in found]

    def tell(self, observed: Observed) -> None:
        self.told.extend(observed.events)

    def now(self) -> int:
        return self.time

    def monotonic(self) -> int:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += int(seconds * 1e9)

    def see(self, kind: EventKind, path: str, **more: object) -> None:
        """One event, offered; then time passes."""
        event = Event(kind=kind, subject=CONTAINER, time=self.time, process=7, pid=70, text=path, **more)  # type: ignore[arg-type] -- fields by name
        self.looks.offer(batch(event))


WORTH = [
    (EventKind.EXEC, "/opt/x", {"flags": EventFlag.UPPER}, "/opt/x"),
    (EventKind.EXEC, "/usr/bin/bash", {"flags": EventFlag.SCRIPT, "raw": "/srv/run"}, "/srv/run"),
    (EventKind.EXEC, "/usr/bin/dash", {"argv": ("sh", "-x", "/tmp/a.sh")}, "/tmp/a.sh"),
    (EventKind.EXEC, "/usr/bin/python3.11", {"argv": ("python3", "/tmp/a.py", "-c")}, "/tmp/a.py"),
    (EventKind.OPEN, "/srv/www/a.php", {"arg0": 0o1101}, "/srv/www/a.php"),
    (EventKind.RENAME, "/srv/www/a.jsp", {"raw": "/tmp/upload"}, "/srv/www/a.jsp"),
    (EventKind.CHMOD, "/tmp/x", {"arg0": 0o755}, "/tmp/x"),
]
IDLE = [
    (EventKind.EXEC, "/usr/bin/ls", {}),
    (EventKind.EXEC, "/usr/bin/dash", {"argv": ("sh", "-c", "/tmp/a.sh")}),
    (EventKind.EXEC, "/usr/bin/dash", {"argv": ("sh", "a.sh")}),
    (EventKind.OPEN, "/srv/www/a.php", {"arg0": 0}),
    (EventKind.OPEN, "/srv/www/a.txt", {"arg0": 0o1101}),
    (EventKind.OPEN, "/srv/www/a.php", {"arg0": 0o1101, "flags": EventFlag.FAILED, "ret": -13}),
    (EventKind.CHMOD, "/tmp/x", {"arg0": 0o644}),
    (EventKind.EXIT, "/tmp/x", {}),
]


@pytest.mark.parametrize(("kind", "path", "more", "expected"), WORTH)
def test_what_is_worth_a_look(kind: EventKind, path: str, more: dict[str, object], expected: str) -> None:
    """Executed from the upper layer, scripts however they are started, and what is written where it may be run."""
    lab = Lab({expected: BAD})
    lab.see(kind, path, **more)
    assert lab.looks.step() == 0  # it may still be written
    lab.time += SETTLE_NS
    assert lab.looks.step() == 1
    (event,) = lab.told
    assert (event.kind, event.text, event.raw, event.process, event.subject) == (
        EventKind.CONTENT,
        expected,
        "CON-009",
        7,
        CONTAINER,
    )
    assert event.argv == (BAD.hex(), "high", "T1105", "Find it", "", "bad")


@pytest.mark.parametrize(("kind", "path", "more"), IDLE)
def test_what_is_not(kind: EventKind, path: str, more: dict[str, object]) -> None:
    """The image's own programs, plain files, and what failed cost nothing."""
    lab = Lab()
    lab.see(kind, path, **more)
    lab.time += SETTLE_NS
    assert lab.looks.step() == 0
    assert lab.asked == []


def test_programs_in_memory_are_taken_at_once() -> None:
    """They are gone when the process is; it is the process's own program that is read."""
    lab = Lab({"memfd:x": BAD})
    lab.see(EventKind.EXEC, "memfd:x", flags=EventFlag.MEMORY_BACKED)
    assert lab.looks.step() == 1
    assert lab.asked[0].memory
    assert lab.asked[0].pid == 70
    assert lab.told[0].has(EventFlag.MEMORY_BACKED)


def test_the_same_bytes_are_looked_at_once() -> None:
    """A thousand copies cost one look, and each is told."""
    lab = Lab({f"/tmp/{n}": BAD for n in range(20)})
    for n in range(20):
        lab.see(EventKind.CHMOD, f"/tmp/{n}", arg0=0o755)
    lab.time += SETTLE_NS
    lab.looks.step()
    assert lab.inspected == [BAD]
    assert len(lab.told) == 20
    lab.looks.forget()
    lab.see(EventKind.CHMOD, "/tmp/1", arg0=0o755)
    lab.time += SETTLE_NS
    lab.looks.step()
    assert lab.inspected == [BAD, BAD]


def test_answers_that_go_while_it_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old answer that is pushed out, or forgotten because the rules changed, by the very look that needs it is still
    told, and the next look goes on."""
    monkeypatch.setattr(payloads, "MOST_REMEMBERED", 1)
    lab = Lab({"/tmp/old": BAD, "/tmp/new": BAD + b"2"})
    lab.see(EventKind.CHMOD, "/tmp/old", arg0=0o755)
    lab.time += SETTLE_NS
    lab.looks.step()
    lab.see(EventKind.CHMOD, "/tmp/old", arg0=0o755)
    lab.see(EventKind.CHMOD, "/tmp/new", arg0=0o755)
    lab.time += SETTLE_NS
    assert lab.looks.step() == 2
    assert [event.text for event in lab.told] == ["/tmp/old", "/tmp/old", "/tmp/new"]


def test_one_that_breaks_the_rules_hides_no_other() -> None:
    """The child died of one file: the others are looked at alone, and that one is told as unfinished."""
    lab = Lab({"/tmp/a": b"breaks", "/tmp/b": BAD})
    lab.breaks = b"breaks"
    lab.see(EventKind.CHMOD, "/tmp/a", arg0=0o755)
    lab.see(EventKind.CHMOD, "/tmp/b", arg0=0o755)
    lab.time += SETTLE_NS
    lab.looks.step()
    assert [(e.text, e.raw) for e in lab.told] == [("/tmp/a", UNFINISHED), ("/tmp/b", "CON-009")]


def test_a_flood_is_bounded_and_counted() -> None:
    """More files than fit are skipped, and how many is known; a minute later there is room again."""
    lab = Lab({"/tmp/late": BAD})
    for n in range(MOST_WAITING + 10):
        lab.see(EventKind.CHMOD, f"/tmp/{n}", arg0=0o755)
    assert lab.looks.skipped == 10
    lab.time += SETTLE_NS
    assert lab.looks.step() == MOST_A_MINUTE
    assert lab.looks.skipped == 10 + MOST_WAITING - MOST_A_MINUTE
    lab.time += 61 * 10**9
    lab.see(EventKind.CHMOD, "/tmp/late", arg0=0o755)
    lab.time += SETTLE_NS
    assert lab.looks.step() == 1
    assert [e.text for e in lab.told] == ["/tmp/late"]
