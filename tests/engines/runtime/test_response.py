"""Which responses follow, and what is never hit."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors import drift, server_shell
from periderm.engines.runtime.response import decide, holding_policy, refusal
from periderm.engines.runtime.scene import HOST, SHOP, runs, scene
from periderm.model.alert import Alert
from periderm.model.effect import (
    CaptureForensics,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
)
from periderm.model.event import EventFlag, Subject
from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode, ResponseKind
from periderm.model.severity import Maturity


def shell(*, on: Subject = SHOP, exe: str = "/usr/bin/bash", argv: tuple[str, ...] = ("bash",)) -> Alert:
    """A server's shell."""
    events = (runs(11, 10, "/usr/sbin/nginx", "nginx", on=on), runs(12, 11, "/usr/bin/bash", "bash", on=on))
    alert = run_example(server_shell.DETECTOR, scene(*events))[0]
    return msgspec.structs.replace(alert, process=msgspec.structs.replace(alert.process, exe=exe, argv=argv))


def policy(mode: PolicyMode = PolicyMode.ENFORCE, **fields: object) -> Policy:
    """A policy for the shop."""
    return msgspec.structs.replace(Policy(id="pol-1", name="shop", workload="shop*", mode=mode), **fields)


KILL = {"RUN-002": ResponseKind.KILL_PROCESS}
PAUSE = {"*": ResponseKind.PAUSE_CONTAINER}


@pytest.mark.parametrize("mode", [PolicyMode.OBSERVE, PolicyMode.ALERT])
def test_only_enforce_acts(mode: PolicyMode) -> None:
    """Alerting is the resting state, whatever the policy lists."""
    assert decide(shell(), [policy(mode, on_alert=KILL | PAUSE)], SHOP, 5) == []
    assert decide(shell(), [], SHOP, 5) == []


def test_kill_names_the_process_and_guards_against_reuse() -> None:
    """The effect holds pid and start, who decided, and what will be hit."""
    alert = shell()
    (effect,) = decide(alert, [policy(on_alert=KILL)], SHOP, 5)
    assert isinstance(effect, KillProcess)
    assert (effect.pid, effect.started, effect.process_key) == (alert.process.pid, alert.process.started, 12)
    assert (effect.decided_by, effect.decided_at, effect.alert_id) == ("policy:pol-1", 5, alert.id)
    assert decide(alert, [policy(on_alert=KILL)], SHOP, 99)[0].id == effect.id


def test_another_process_of_the_same_alert_is_another_kill_but_a_pause_is_one() -> None:
    """Collapsed alerts still reach each process; a container that a person resumed stays so."""
    first = shell()
    second = msgspec.structs.replace(first, process=msgspec.structs.replace(first.process, key=99, pid=1099), count=2)
    kills = {decide(a, [policy(on_alert=KILL)], SHOP, 5)[0].id for a in (first, second)}
    pauses = {decide(a, [policy(on_alert=PAUSE)], SHOP, 5)[0].id for a in (first, second)}
    assert (len(kills), len(pauses)) == (2, 1)


def test_a_container_is_paused_and_a_host_is_not() -> None:
    """There is nothing to pause around a host."""
    (effect,) = decide(shell(), [policy(on_alert=PAUSE)], SHOP, 5)
    assert isinstance(effect, PauseContainer)
    assert (effect.container_id, effect.runtime) == (SHOP.container_id, "podman")
    assert decide(shell(on=HOST), [policy(on_alert=PAUSE, workload="*")], HOST, 5) == []


@pytest.mark.parametrize("flag", [EventFlag.KILLED, EventFlag.WOULD_KILL])
def test_what_the_kernel_did_is_recorded_in_any_mode(flag: EventFlag) -> None:
    """Killed or only computed: it is an effect of its own, and a dead process is not killed again."""
    events = scene(runs(12, 11, "/srv/x", "x", flags=EventFlag.UPPER | flag))
    alert = run_example(drift.DETECTOR, events)[0]
    effects = decide(alert, [policy(on_alert={"RUN-005": ResponseKind.KILL_PROCESS})], SHOP, 5)
    expected = [KillAtExec] if flag is EventFlag.KILLED else [KillAtExec, KillProcess]
    assert [type(effect) for effect in effects] == expected
    assert [type(effect) for effect in decide(alert, [], SHOP, 5)] == [KillAtExec]


@pytest.mark.parametrize(
    ("exe", "argv", "pid"),
    [
        ("/usr/lib/systemd/systemd", ("systemd",), 1),
        ("/usr/bin/conmon", ("conmon",), 500),
        ("/usr/bin/containerd-shim-runc-v2", ("x",), 500),
        ("/usr/bin/python3.11", ("python3", "-m", "periderm", "agent"), 500),
        ("/opt/venv/bin/periderm", ("periderm",), 500),
    ],
)
def test_what_is_never_killed_on_a_host(exe: str, argv: tuple[str, ...], pid: int) -> None:
    """The first process, container runtimes and the product itself."""
    alert = shell(on=HOST, exe=exe, argv=argv)
    alert = msgspec.structs.replace(alert, process=msgspec.structs.replace(alert.process, pid=pid))
    assert refusal(alert, HOST) is not None
    assert decide(alert, [policy(on_alert=KILL, workload="*")], HOST, 5) == []


def test_names_protect_nobody_in_a_container() -> None:
    """An intruder's program may be called as it likes."""
    alert = shell(exe="/usr/bin/runc", argv=("python3", "-m", "periderm"))
    assert refusal(alert, SHOP) is None


def test_a_process_whose_start_is_unknown_is_left() -> None:
    """Its number may belong to another one by now."""
    alert = shell()
    alert = msgspec.structs.replace(alert, process=msgspec.structs.replace(alert.process, started=0))
    assert decide(alert, [policy(on_alert=KILL)], SHOP, 5) == []


def test_experimental_detectors_need_to_be_named() -> None:
    """A policy for all alerts does not mean those that are still being tried."""
    alert = msgspec.structs.replace(shell(), maturity=Maturity.EXPERIMENTAL)
    assert decide(alert, [policy(on_alert=PAUSE)], SHOP, 5) == []
    assert decide(alert, [policy(on_alert={"RUN-002": ResponseKind.PAUSE_CONTAINER})], SHOP, 5)


def test_which_policy_holds() -> None:
    """Globs on names, equal labels, the highest priority, then the smallest id, else the default."""
    labelled = msgspec.structs.replace(SHOP, labels={"tier": "web"})
    low, high = policy(id="b", priority=1), policy(id="c", priority=2, labels={"tier": "web"})
    assert holding_policy(SHOP, [low, high]).id == "b"
    assert holding_policy(labelled, [low, high]).id == "c"
    assert holding_policy(SHOP, [policy(id="z", priority=1), low]).id == "b"
    assert holding_policy(SHOP, [policy(workload="wkl-*")]).id == "pol-1"
    assert holding_policy(HOST, [low]) == DEFAULT_POLICY


@given(st.permutations([policy(id=f"p{n}", priority=n % 3) for n in range(6)]))
def test_the_order_of_policies_does_not_matter(policies: list[Policy]) -> None:
    """The same policy holds however a store lists them."""
    assert holding_policy(SHOP, policies).id == "p2"


def dropped() -> Alert:
    """A program that the image did not bring."""
    alert = run_example(drift.DETECTOR, scene(runs(12, 11, "/srv/x", "x", flags=EventFlag.UPPER)))[0]
    return msgspec.structs.replace(alert, process=msgspec.structs.replace(alert.process, drifted=True, exe="/srv/x"))


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        (ResponseKind.KILL_TREE, KillTree),
        (ResponseKind.KILL_CONTAINER, KillContainer),
        (ResponseKind.ISOLATE_CONTAINER, IsolateContainer),
        (ResponseKind.QUARANTINE_FILE, QuarantineFile),
        (ResponseKind.CAPTURE_FORENSICS, CaptureForensics),
    ],
)
def test_each_kind_that_a_policy_names_follows(kind: ResponseKind, effect: type) -> None:
    """With who decided, once for one alert, for as long as the policy says; and not for an exempt workload."""
    asked = policy(on_alert={"*": kind}, response_seconds=60, keep_addresses=("10.0.0.7",))
    (found,) = decide(dropped(), [asked], SHOP, 5)
    assert isinstance(found, effect)
    assert found.decided_by == "policy:pol-1"
    assert decide(dropped(), [asked], SHOP, 99)[0].id == found.id
    if isinstance(found, IsolateContainer):
        assert (found.lasts, found.keep) == (60 * 10**9, ("10.0.0.7",))
    assert decide(dropped(), [msgspec.structs.replace(asked, exempt=True)], SHOP, 5) == []


def test_a_file_of_the_image_is_never_quarantined() -> None:
    """Only what was dropped is taken away, and nothing of the host."""
    asked = policy(on_alert={"*": ResponseKind.QUARANTINE_FILE}, workload="*")
    assert decide(shell(), [asked], SHOP, 5) == []
    assert decide(dropped(), [asked], HOST, 5) == []


def test_what_a_rule_asks_for_needs_the_policys_leave() -> None:
    """A pack may ask for a response; only a policy that enforces and says so gives it, and what the policy itself says of
    the rule goes first. Words that name no response ask for nothing."""
    asking = msgspec.structs.replace(shell(), detector="my-rule", evidence={"response": "pause-container"})
    assert decide(asking, [policy()], SHOP, 5) == []
    assert decide(asking, [policy(PolicyMode.ALERT, rule_responses=True)], SHOP, 5) == []
    (effect,) = decide(asking, [policy(rule_responses=True)], SHOP, 5)
    assert isinstance(effect, PauseContainer)
    (effect,) = decide(asking, [policy(rule_responses=True, on_alert={"my-rule": ResponseKind.KILL_PROCESS})], SHOP, 5)
    assert isinstance(effect, KillProcess)
    nonsense = msgspec.structs.replace(asking, evidence={"response": "rm -rf"})
    assert decide(nonsense, [policy(rule_responses=True)], SHOP, 5) == []
