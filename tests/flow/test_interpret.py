"""Effects become port calls, behind guards."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.programs import CONTAINER_RUNTIMES
from periderm.flow.interpret import Interpreter
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    EffectState,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
    Target,
)
from periderm.model.errors import ResponderError
from periderm.model.text import Text

BASE = {
    "id": "eff-1",
    "node_id": "node-1",
    "asset_id": "ctr-1",
    "reason": Text("r", "r"),
    "blast_radius": Text("one process", "一个进程"),
    "decided_by": "user:a",
    "decided_at": 5,
}


class Clock:
    """Stands still."""

    def now(self) -> int:
        return 1000

    def monotonic(self) -> int:
        return 1000

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


class Noting:
    """Notes what it was told to do; fails if told to."""

    def __init__(self, failure: str = "", hits: tuple[Target, ...] = ()) -> None:
        self.done: list[Effect] = []
        self.failure = failure
        self.hits = hits
        self.events = b""

    def _do(self, effect: Effect) -> Text:
        if self.failure:
            raise ResponderError(self.failure)
        self.done.append(effect)
        return Text("it was done", "已完成")

    def targets(self, effect: Effect) -> Sequence[Target]:
        return self.hits

    def kill_tree(self, effect: KillTree) -> Text:
        return self._do(effect)

    def kill_container(self, effect: KillContainer) -> Text:
        return self._do(effect)

    def isolate_container(self, effect: IsolateContainer) -> Text:
        return self._do(effect)

    def reconnect_container(self, effect: ReconnectContainer) -> Text:
        return self._do(effect)

    def quarantine_file(self, effect: QuarantineFile) -> Text:
        return self._do(effect)

    def restore_file(self, effect: RestoreFile) -> Text:
        return self._do(effect)

    def capture_forensics(self, effect: CaptureForensics, events: bytes) -> Text:
        self.events = events
        return self._do(effect)

    def kill_process(self, effect: KillProcess) -> None:
        self._do(effect)

    def pause_container(self, effect: PauseContainer) -> None:
        self._do(effect)

    def resume_container(self, effect: ResumeContainer) -> None:
        self._do(effect)


def kill(pid: int, **more: int) -> KillProcess:
    """An order to kill a process."""
    return KillProcess(**BASE, **more, process_key=7, pid=pid, started=1)  # type: ignore[arg-type]


def every() -> list[Effect]:
    """One effect of each kind that touches or reads something."""
    box = {**BASE, "container_id": "c", "runtime": "podman"}
    return [
        kill(4242),
        PauseContainer(**box),
        ResumeContainer(**box, undoes="eff-0"),
        KillTree(**BASE, process_key=7, pid=4242, started=1),
        KillContainer(**box),
        IsolateContainer(**box, keep=("10.0.0.7",)),
        ReconnectContainer(**box, undoes="eff-0"),
        QuarantineFile(**BASE, path="/tmp/x", container_id="c"),
        RestoreFile(**BASE, undoes="eff-0"),
        CaptureForensics(**BASE, pid=4242, container_id="c"),
    ]


HARMLESS = (ResumeContainer, ReconnectContainer, RestoreFile, CaptureForensics)


def test_each_effect_reaches_its_call() -> None:
    """Every response that touches something is carried out once and recorded as applied."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock(), events=lambda effect: b"{}" if effect.minutes == 10 else b"")
    records = [interpreter.carry_out(e) for e in every()]
    assert responder.done == every()
    assert {r.state for r in records} == {EffectState.APPLIED}
    assert responder.events == b"{}"


GUARDED = st.one_of(
    st.builds(Target, pid=st.integers(max_value=2), started=st.integers(), on_host=st.booleans()),
    st.builds(Target, pid=st.integers(3), kernel_thread=st.just(True), on_host=st.booleans()),
    st.builds(Target, pid=st.sampled_from([77, os.getpid(), os.getppid()]), on_host=st.booleans(), executable=st.text()),
    st.builds(
        Target,
        pid=st.integers(3),
        executable=st.builds(
            lambda d, n, e: f"{d}/{n}{e}",
            st.text(),
            st.sampled_from(sorted(CONTAINER_RUNTIMES)),
            st.sampled_from(["", " (deleted)"]),
        ),
    ),
    st.builds(Target, pid=st.integers(3), argv=st.builds(lambda *more: ("python", "-m", "periderm", *more), st.text())),
    st.builds(
        Target, pid=st.integers(3), parent=st.just(0), executable=st.sampled_from(["/sbin/init", "/lib/systemd/systemd"])
    ),
)
ORDINARY = st.builds(
    Target, pid=st.integers(100, 4_000_000), on_host=st.just(False), executable=st.text(), argv=st.just(("x",))
)


@given(st.lists(ORDINARY, max_size=4), GUARDED, st.lists(ORDINARY, max_size=4), st.sampled_from(range(len(every()))))
def test_no_input_makes_a_guarded_target_be_hit(before: list[Target], never: Target, after: list[Target], which: int) -> None:
    """Wherever it stands among what a response would hit, and whichever response it is."""
    responder = Noting(hits=(*before, never, *after))
    effect = every()[which]
    record = Interpreter(responder, Clock(), frozenset({77})).carry_out(effect)
    if isinstance(effect, HARMLESS):
        assert record.state is EffectState.APPLIED
    else:
        assert record.state is EffectState.REFUSED
        assert responder.done == []


@pytest.mark.parametrize("effect", every(), ids=lambda e: str(type(e).__name__))
def test_an_exempt_workload_is_never_hit(effect: Effect) -> None:
    """By no response and nobody; what was done before can still be taken back, and looking is allowed."""
    responder = Noting()
    why = Text("It is exempt.", "已豁免。")
    record = Interpreter(responder, Clock(), held_back=lambda _: why).carry_out(effect)
    assert (record.state is EffectState.APPLIED) is isinstance(effect, HARMLESS)
    assert record.detail == why or isinstance(effect, HARMLESS)


def test_what_takes_long_is_handed_on_and_judged_again() -> None:
    """A guard that holds when it is carried out holds, even if it did not when it was taken over."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock())
    interpreter.later = lambda _: True
    effect = every()[4]
    assert interpreter.carry_out(effect).state is EffectState.ORDERED
    assert responder.done == []
    responder.hits = (Target(pid=1),)
    assert interpreter.act(effect).state is EffectState.REFUSED
    responder.hits = ()
    assert interpreter.act(effect).state is EffectState.APPLIED


def test_kernel_kill_is_only_recorded() -> None:
    """What the kernel did is told as done, what it would have done as a dry run; nothing is killed twice."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock())
    effect = KillAtExec(**BASE, process_key=7, pid=4242, executable="/tmp/x")  # type: ignore[arg-type]
    assert interpreter.carry_out(effect, killed=True).state is EffectState.APPLIED
    assert interpreter.carry_out(effect, killed=False).state is EffectState.DRY_RUN
    assert responder.done == []


def test_guards_hold_for_everyone() -> None:
    """Nothing, not even a person's order, kills pid 1, the agent, or its supervisor."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock(), frozenset({77}))
    for pid in (1, os.getpid(), os.getppid(), 77):
        assert interpreter.carry_out(kill(pid)).state is EffectState.REFUSED
    assert responder.done == []


def test_dry_run_touches_nothing() -> None:
    """A dry run says what it would hit."""
    responder = Noting()
    record = Interpreter(responder, Clock()).carry_out(kill(4242), dry_run=True)
    assert (record.state, record.detail.en) == (EffectState.DRY_RUN, "one process")
    assert responder.done == []


def test_old_orders_are_refused() -> None:
    """An order that waited past its time to live is refused, not carried out late."""
    responder = Noting()
    assert Interpreter(responder, Clock()).carry_out(kill(4242, expires=999)).state is EffectState.REFUSED
    assert responder.done == []


def test_failure_is_a_record() -> None:
    """A response that fails is told with its reason, and stops nothing else."""
    record = Interpreter(Noting("the process has ended"), Clock()).carry_out(kill(4242))
    assert record.state is EffectState.FAILED
    assert "has ended" in record.detail.en
