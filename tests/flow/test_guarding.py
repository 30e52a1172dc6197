"""Policies become what guards refuse, refusals become events, problems become gaps."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.engines.runtime.scene import HOST, SHOP
from periderm.flow.guarding import Guarding, guard_policy
from periderm.model.event import EventFlag, EventKind
from periderm.model.gap import GapKind
from periderm.model.policy import Policy, PolicyMode
from periderm.ports.guard import GuardNews, GuardPolicy, Refusal
from tests.flow.test_interpret import Clock

LIVE = msgspec.structs.replace(SHOP, pid=42, running=True)
POLICY = Policy(
    id="p",
    name="p",
    mode=PolicyMode.ENFORCE,
    kill_drift=True,
    kill_executables=("/bad",),
    refuse_open=("/job",),
    refuse_mount=True,
    fanotify=True,
)


class Paper:
    """A guard that notes what it is told."""

    def __init__(self, name: str, missing: str = "") -> None:
        self._name, self._missing = name, missing
        self.programmed: list[Sequence[GuardPolicy]] = []
        self.told = GuardNews()
        self.beats = 0
        self.closed = False

    def name(self) -> str:
        return self._name

    def missing(self) -> str:
        return self._missing

    def program(self, policies: Sequence[GuardPolicy]) -> None:
        self.programmed.append(tuple(policies))

    def heartbeat(self) -> None:
        self.beats += 1

    def news(self) -> GuardNews:
        told, self.told = self.told, GuardNews()
        return told

    def close(self) -> None:
        self.closed = True


def inodes(_: object, paths: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """One for each path."""
    return tuple((1, len(path)) for path in paths)


def test_only_enforce_refuses_and_observe_wants_nothing() -> None:
    """Alert wants to know; an exempt workload wants nothing either."""
    assert guard_policy(LIVE, POLICY, inodes).enforce
    alert = guard_policy(LIVE, msgspec.structs.replace(POLICY, mode=PolicyMode.ALERT), inodes)
    assert (alert.enforce, alert.drift, alert.exec_inodes, alert.open_inodes) == (False, True, ((1, 4),), ((1, 4),))
    for other in (msgspec.structs.replace(POLICY, mode=PolicyMode.OBSERVE), msgspec.structs.replace(POLICY, exempt=True)):
        assert not guard_policy(LIVE, other, inodes).drift


def test_a_guard_gets_those_whose_policy_switches_it_on() -> None:
    """Never the machine itself, and nothing where it does not work: then that is told once."""
    fanotify, lsm = Paper("fanotify"), Paper("lsm", "no BPF LSM here")
    guarding = Guarding(HOST, [fanotify, lsm], inodes, Clock())
    guarding.program([(HOST, POLICY), (LIVE, POLICY)])
    guarding.program([(HOST, POLICY), (LIVE, POLICY)])
    assert [p.subject_id for p in fanotify.programmed[-1]] == [LIVE.id]
    assert lsm.programmed[-1] == ()
    assert guarding.look() == ([], [])
    guarding.program([(LIVE, msgspec.structs.replace(POLICY, lsm=True))])
    guarding.program([(LIVE, msgspec.structs.replace(POLICY, lsm=True))])
    _, gaps = guarding.look()
    assert [(g.kind, "no BPF LSM here" in g.message.en) for g in gaps] == [(GapKind.ENFORCEMENT_FAILED, True)]
    assert (fanotify.beats, guarding.look()[1]) == (2, [])


def test_refusals_become_events_of_their_container() -> None:
    """With what was refused, and whether it was."""
    fanotify = Paper("fanotify")
    guarding = Guarding(HOST, [fanotify], inodes, Clock())
    guarding.program([(LIVE, POLICY)])
    one = Refusal(kind=EventKind.EXEC, subject_id=LIVE.id, time=7, pid=99, cause="drift", refused=True, path="/tmp/x", inode=5)
    other = msgspec.structs.replace(one, cause="open", kind=EventKind.OPEN, refused=False)
    gone = msgspec.structs.replace(one, subject_id="ctr-gone")
    fanotify.told = GuardNews(refusals=(one, other, gone), problems=("the handler was ended",))
    events, gaps = guarding.look()
    assert [(e.kind, e.text, e.pid, e.subject) for e in events] == [
        (EventKind.EXEC, "/tmp/x", 99, LIVE),
        (EventKind.OPEN, "/tmp/x", 99, LIVE),
    ]
    assert events[0].flags == EventFlag.REFUSED | EventFlag.UPPER | EventFlag.FAILED
    assert events[1].flags == EventFlag.WOULD_REFUSE
    assert [g.kind for g in gaps] == [GapKind.ENFORCEMENT_FAILED]
    guarding.close()
    assert fanotify.closed
