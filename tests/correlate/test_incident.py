"""What an incident promises: the same story from the same values, whatever their order, number and malice."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.correlate import chain as chains
from periderm.correlate import incident as incidents
from periderm.correlate import tree
from periderm.model import attack
from periderm.model.alert import Alert
from periderm.model.asset import Grade, Ownership
from periderm.model.effect import (
    Effect,
    EffectRecord,
    EffectState,
    KillAtExec,
    KillProcess,
    PauseContainer,
    ResumeContainer,
)
from periderm.model.errors import UsageError
from periderm.model.finding import Finding
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.incident import IncidentState
from periderm.model.severity import Severity
from tests import strategies
from tests.correlate.cases import CAT, DROPPED, DROPPED_RUN, NGINX, NONE, SECRET, SHADOW_READ, SHELL, SHELL_STARTED, STORY


def record(effect: Effect, state: EffectState = EffectState.APPLIED, time: int = 20) -> EffectRecord:
    """What became of an effect."""
    return EffectRecord(effect=effect, state=state, time=time)


def kill(struct: type[KillAtExec | KillProcess] = KillAtExec, **more: object) -> KillAtExec | KillProcess:
    """A kill of the dropped program."""
    given = {"id": "eff-1", "node_id": "nod-1", "asset_id": "ctr-1", "reason": NONE, "blast_radius": NONE}
    given |= {"decided_by": "policy:p", "decided_at": 12, "process_key": 13, "pid": 103, "executable": "/tmp/kworkerd"}
    if struct is KillProcess:
        given["started"] = 12
    return msgspec.convert(given | more, struct)


PAUSE = PauseContainer(
    id="eff-2",
    node_id="nod-1",
    asset_id="ctr-1",
    reason=NONE,
    blast_radius=NONE,
    decided_by="user:a",
    decided_at=30,
    incident_id="inc-1",
    container_id="abcdef",
    runtime="podman",
)


def test_the_sample_attack_reads_as_one_story() -> None:
    """A shell, a read credential, a dropped program and a miner are one chain from initial access to impact."""
    made = incidents.build("inc-1", STORY, [SECRET])
    tactics = [attack.tactic(step.tactic).name.en for step in made.chain]
    assert tactics == ["Initial Access", "Credential Access", "Command and Control", "Impact"]
    assert [step.technique for step in made.chain] == ["T1190", "T1003.008", "T1105", "T1496.001"]
    assert made.summary.en == (
        "nginx in shop-web started a shell, read /etc/shadow, ran /tmp/kworkerd (not from the image) "
        "and reached for a mining pool (10.0.0.1:3333); the kernel killed kworkerd."
    )
    assert made.summary.zh == (
        "shop-web 中的 nginx 启动了 shell，读取了 /etc/shadow，运行了镜像中没有的 /tmp/kworkerd，"
        "并连接了矿池（10.0.0.1:3333）；内核终止了 kworkerd。"
    )
    assert made.title.en == "Attack on shop-web: from Initial Access to Impact"
    assert made.severity is Severity.CRITICAL
    assert made.stopped
    assert [link.finding_id for link in made.findings] == ["fnd-secret"]
    assert made.findings[0].alert_id == SHADOW_READ.id
    assert (made.alerts, made.revision, made.state) == (4, 1, IncidentState.NEW)


def test_what_the_kernel_killed_last_is_called_it() -> None:
    """The sentence says 'it' where the killed program is what was told last."""
    made = incidents.build("inc-1", [SHELL_STARTED, DROPPED_RUN])
    assert made.summary.en.endswith("ran /tmp/kworkerd (not from the image); the kernel killed it.")


def test_the_chain_reads_as_an_attack_whatever_came_first() -> None:
    """A dropped program that ran before the credentials were read still stands behind them in the chain."""
    late = msgspec.structs.replace(SHADOW_READ, time=13)
    made = incidents.build("inc-1", [SHELL_STARTED, DROPPED_RUN, late])
    assert [step.technique for step in made.chain] == ["T1190", "T1003.008", "T1105"]


@pytest.mark.parametrize("struct", [KillAtExec, KillProcess])
def test_a_kill_marks_its_step_and_process(struct: type[KillAtExec | KillProcess]) -> None:
    """An applied kill stops the step of its alert, or without one the last step of its process, and says who did it."""
    alive = msgspec.structs.replace(DROPPED, killed=False)
    ran = msgspec.structs.replace(DROPPED_RUN, process=alive, lineage=(alive, SHELL, NGINX))
    for effect in (kill(struct, alert_id=ran.id), kill(struct)):
        made = incidents.build("inc-1", [SHELL_STARTED, ran], effects=[record(effect)])
        assert [step.stopped for step in made.chain] == [False, True]
        assert next(p for p in made.processes if p.key == 13).killed
        assert made.effects == (effect.id,)
        assert made.summary.en.endswith("; Periderm killed it." if struct is KillProcess else "; the kernel killed it.")


def test_only_what_was_applied_counts_as_stopped() -> None:
    """A dry run, a refusal or another process's kill stops nothing; the latest record of an effect holds."""
    alive = msgspec.structs.replace(DROPPED, killed=False)
    ran = msgspec.structs.replace(DROPPED_RUN, process=alive, lineage=(alive, SHELL, NGINX))
    for state in set(EffectState) - {EffectState.APPLIED}:
        made = incidents.build("inc-1", [ran], effects=[record(kill(), state)])
        assert not made.stopped
        assert made.effects == ("eff-1",)
    failed_later = [record(kill(), EffectState.APPLIED, 20), record(kill(), EffectState.FAILED, 21)]
    assert not incidents.build("inc-1", [ran], effects=failed_later).stopped
    foreign = incidents.build("inc-1", [ran], effects=[record(kill(process_key=99, alert_id="alt-99"))])
    assert (foreign.stopped, foreign.effects) == (False, ())


def test_a_pause_is_told_until_it_is_undone() -> None:
    """A paused container is said in the summary; after its resume it is not."""
    paused = incidents.build("inc-1", [SHELL_STARTED], effects=[record(PAUSE)])
    assert paused.stopped
    assert paused.summary.en == "nginx in shop-web started a shell; Periderm paused the container."
    fields = {name: getattr(PAUSE, name) for name in PAUSE.__struct_fields__}
    resume = ResumeContainer(**(fields | {"id": "eff-3", "undoes": PAUSE.id}))
    resumed = incidents.build("inc-1", [SHELL_STARTED], effects=[record(PAUSE), record(resume, time=40)])
    assert not resumed.stopped
    assert resumed.summary.en == "nginx in shop-web started a shell."


def test_severity_says_why() -> None:
    """Every reason that raises severity is among the reasons, and ownership raises it too."""
    shell_only = msgspec.structs.replace(SHELL_STARTED, severity=Severity.MEDIUM)
    calm = incidents.build("inc-1", [shell_only])
    owned = incidents.build("inc-1", [shell_only], ownership=Ownership("production", "shop", "ops", Grade.CORE))
    assert calm.severity is Severity.MEDIUM
    assert owned.severity is Severity.HIGH
    assert {"The business grades this asset as core.", "It is in production."} <= {r.en for r in owned.reasons}
    inventory = ImageInventory(
        digest="sha256:1", reference="", source="", config=ImageConfig(), os=OsRelease(), packages=(), executables=(),
        secret_paths=("etc/shadow",),
    )  # fmt: skip
    read = msgspec.structs.replace(SHADOW_READ, severity=Severity.MEDIUM, process=msgspec.structs.replace(CAT, user_id=7))
    assert incidents.build("inc-1", [read]).severity is Severity.MEDIUM
    known = incidents.build("inc-1", [read], inventory=inventory)
    assert known.severity is Severity.HIGH
    assert "It read /etc/shadow, in which the image scan found a secret." in [reason.en for reason in known.reasons]


def test_state_is_a_persons_and_stays() -> None:
    """What a person set stays when the incident grows; the revision grows by one with each change, else not at all."""
    first = incidents.build("inc-1", STORY[:2])
    acknowledged = msgspec.structs.replace(first, state=IncidentState.ACKNOWLEDGED, revision=5)
    again = incidents.build("inc-1", STORY[:2], previous=acknowledged)
    assert again is acknowledged
    grown = incidents.build("inc-1", STORY, previous=acknowledged)
    assert (grown.state, grown.revision, len(grown.chain)) == (IncidentState.ACKNOWLEDGED, 6, 4)


def test_a_resolved_incident_that_goes_on_is_new_again() -> None:
    """Something later than all before reopens a resolved incident; late news of before, or a false alarm's, does not."""
    made = incidents.build("inc-1", STORY[:3])
    resolved = msgspec.structs.replace(made, state=IncidentState.RESOLVED)
    again = msgspec.structs.replace(SHELL_STARTED, count=2, last_time=made.last_time + 1)
    late = msgspec.structs.replace(SHELL_STARTED, count=2, last_time=made.last_time)
    assert incidents.build("inc-1", [again], previous=resolved).state is IncidentState.NEW
    assert incidents.build("inc-1", [late], previous=resolved).state is IncidentState.RESOLVED
    false_alarm = msgspec.structs.replace(made, state=IncidentState.FALSE_ALARM)
    assert incidents.build("inc-1", [again], previous=false_alarm).state is IncidentState.FALSE_ALARM


def test_new_alerts_alone_are_enough() -> None:
    """Given only what is new, the incident keeps what it had: the same chain as from all alerts at once."""
    whole = incidents.build("inc-1", STORY, [SECRET])
    grown = incidents.build("inc-1", STORY[:1], [SECRET])
    for one in STORY[1:]:
        grown = incidents.build("inc-1", [one], [SECRET], previous=grown)
    assert grown.chain == whole.chain
    assert grown.processes == whole.processes
    assert (grown.summary, grown.severity, grown.reasons) == (whole.summary, whole.severity, whole.reasons)
    assert grown.revision == 4


def test_an_incident_needs_a_reason() -> None:
    """Nothing gives an error that says so, not an empty incident."""
    with pytest.raises(UsageError):
        incidents.build("inc-1", [])


@given(
    st.lists(strategies.alerts(), min_size=1, max_size=8),
    st.lists(strategies.findings(), max_size=4, unique_by=lambda finding: finding.id),
    st.lists(strategies.effect_records(), max_size=4),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=60)
def test_order_and_copies_do_not_matter(
    alerts: list[Alert], findings: list[Finding], effects: list[EffectRecord], chance: random.Random
) -> None:
    """Shuffled and doubled input gives an equal incident, building on the result changes nothing, and it can be stored."""
    made = incidents.build("inc-1", alerts, findings, effects)
    mixed = [chance.sample(given, len(given)) for given in (alerts * 2, findings, effects * 2)]
    assert incidents.build("inc-1", *mixed) == made
    assert incidents.build("inc-1", alerts, findings, effects, None, made) is made
    assert msgspec.json.decode(msgspec.json.encode(made), type=type(made)) == made
    orders = [attack.tactic_order(step.tactic) for step in made.chain]
    assert orders == sorted(orders)
    assert made.alerts == len({alert.id for alert in alerts})
    assert made.severity >= max(alert.severity for alert in chains.merge(alerts).values())
    assert {link.alert_id for link in made.findings} <= {step.alert_id for step in made.chain} | {""}


@given(st.lists(strategies.alerts(), min_size=1, max_size=6), st.lists(strategies.findings(), max_size=3))
@settings(deadline=None, max_examples=40)
def test_one_by_one_loses_nothing(alerts: list[Alert], findings: list[Finding]) -> None:
    """Built alert by alert, an incident has the same alerts and span of time as built at once, and its revision grows
    by one with each change and only then."""
    grown = incidents.build("inc-1", alerts[:1], findings)
    for one in alerts[1:]:
        before, grown = grown, incidents.build("inc-1", [one], findings, previous=grown)
        assert grown.revision == before.revision + (grown != before)
    whole = incidents.build("inc-1", alerts, findings)
    assert {step.alert_id for step in grown.chain} == {step.alert_id for step in whole.chain}
    assert (grown.alerts, grown.first_time, grown.last_time) == (whole.alerts, whole.first_time, whole.last_time)


@given(st.lists(strategies.alerts(strategies.undecodable_text), min_size=1, max_size=4))
@settings(deadline=None, max_examples=40)
def test_hostile_names_are_bounded_and_printable(alerts: list[Alert]) -> None:
    """Whatever processes, paths and containers are called, titles and sentences are one bounded printable line."""
    made = incidents.build("inc-1", alerts)
    for text in (made.title, made.summary, *made.reasons):
        for words in (text.en, text.zh):
            assert words.isprintable()
            assert 0 < len(words) < 700
    assert msgspec.json.encode(made)


def test_ten_thousand_alerts_are_counted_and_bounded() -> None:
    """A flood is counted whole; the chain keeps one step of each detector, what was stopped, and the worst."""
    noise = [
        msgspec.structs.replace(SHADOW_READ, id=f"alt-n{n}", detector="T-flood", time=n, last_time=n, object=f"/etc/{n}")
        for n in range(10_000)
    ]
    made = incidents.build("inc-1", [*noise, *STORY])
    assert made.alerts == 10_004
    assert len(made.chain) == chains.MAX_STEPS
    assert len(made.processes) <= tree.MAX_PROCESSES
    assert {one.id for one in STORY} <= {step.alert_id for step in made.chain}
    assert len(made.summary.en) < 700
    assert "more things" in made.summary.en
