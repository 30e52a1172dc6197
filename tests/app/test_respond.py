"""Responses that people order: shown first, done once, undone while it can be."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.respond import ORDER_SECONDS, order, propose
from periderm.model.effect import EffectRecord, EffectState, KillProcess, PauseContainer, ResumeContainer
from periderm.model.envelope import Heartbeat
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.story import CONTAINER_ID, INCIDENT_ID, NODE_ID, FixedClock, container

READER = Principal("user:reader", frozenset({Permission.READ}))


def apply(app: Application, record: EffectRecord, state: EffectState = EffectState.APPLIED) -> None:
    """As the agent reports it."""
    app.store.put_effect(msgspec.structs.replace(record, state=state, time=record.time + 1))


def test_a_dry_run_says_what_it_hits_and_stores_nothing(told: Application) -> None:
    """Whoever may read may ask."""
    before = told.store.effects(Query()).total
    record = order(told, READER, INCIDENT_ID, "pause-container", dry_run=True)
    assert record.state is EffectState.DRY_RUN
    assert "shop-web-1 on shop-01" in record.detail.en
    assert "2 other containers" in record.detail.en
    assert "shop-web-1" in record.detail.zh
    assert told.store.effects(Query()).total == before


def test_an_order_is_recorded_with_who_decided(told: Application) -> None:
    """It waits for the node, and goes stale by itself."""
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    effect = record.effect
    assert isinstance(effect, PauseContainer)
    assert record.state is EffectState.ORDERED
    assert effect.decided_by == LOCAL_ADMIN.name
    assert effect.runtime == "podman"
    assert effect.expires == told.clock.now() + ORDER_SECONDS * 10**9
    assert told.store.effect(effect.id) == record


def test_asking_twice_acts_once(told: Application) -> None:
    """The same order again is the same effect."""
    first = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container") == first
    assert told.store.effects(Query(kind="pause-container")).total == 1


def test_a_pause_can_be_taken_back_and_made_again(told: Application, clock: FixedClock) -> None:
    """Resume names what it undoes; afterwards a new pause is a new effect."""
    with pytest.raises(UsageError, match="not paused"):
        order(told, LOCAL_ADMIN, INCIDENT_ID, "resume-container")
    pause = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    apply(told, pause)
    clock.sleep(1)
    resume = order(told, LOCAL_ADMIN, INCIDENT_ID, "resume-container")
    assert isinstance(resume.effect, ResumeContainer)
    assert resume.effect.undoes == pause.effect.id
    apply(told, resume)
    clock.sleep(1)
    again = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert again.effect.id != pause.effect.id
    assert again.state is EffectState.ORDERED


def test_what_failed_can_be_ordered_again(told: Application, clock: FixedClock) -> None:
    """A failed order does not block the next one."""
    first = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    apply(told, first, EffectState.FAILED)
    clock.sleep(1)
    second = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert second.effect.id != first.effect.id


def test_a_process_is_killed_by_key_with_its_start(told: Application) -> None:
    """The start time guards against a reused pid."""
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "kill-process", process_key=6)
    effect = record.effect
    assert isinstance(effect, KillProcess)
    assert (effect.pid, effect.executable) == (4386, "/usr/bin/perl")
    assert effect.started > 0


@pytest.mark.parametrize(("key", "why"), [(4, "ended"), (5, "ended"), (1, "first process")])
def test_guards_refuse(told: Application, key: int, why: str) -> None:
    """What has ended, and the container's first process."""
    refused = order(told, READER, INCIDENT_ID, "kill-process", process_key=key, dry_run=True)
    assert refused.state is EffectState.REFUSED
    assert why in refused.detail.en
    with pytest.raises(UsageError, match=why):
        order(told, LOCAL_ADMIN, INCIDENT_ID, "kill-process", process_key=key)


def test_the_product_never_acts_on_itself(told: Application) -> None:
    """Pids of our own processes on that node are out of reach."""
    told.store.put_heartbeat(Heartbeat(role="agent", node_id=NODE_ID, pid=4386, time=told.clock.now(), version="0"))
    refused = order(told, READER, INCIDENT_ID, "kill-process", process_key=6, dry_run=True)
    assert "never acts on itself" in refused.detail.en


def test_nothing_is_ordered_that_nobody_would_do(told: Application, clock: FixedClock) -> None:
    """A silent agent, a container that has stopped."""
    clock.sleep(61)
    with pytest.raises(UsageError, match="No agent"):
        order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    told.store.put_assets([msgspec.structs.replace(container(1, clock.now()), running=False)])
    with pytest.raises(UsageError, match="does not run"):
        order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")


def test_proposals_name_what_exists(told: Application) -> None:
    """Pause, resume, and a kill for each process that lives; those that died in the kernel are not offered."""
    proposals = propose(told, READER, INCIDENT_ID)
    assert [p.kind for p in proposals[:2]] == ["pause-container", "resume-container"]
    assert [p.allowed for p in proposals[:2]] == [True, False]
    keys = {p.effect.process_key for p in proposals if isinstance(p.effect, KillProcess)}
    assert keys == {1, 2, 3, 6}
    assert all(p.effect.asset_id == CONTAINER_ID for p in proposals)


def test_unknown_things_and_callers_are_refused(told: Application) -> None:
    """Kind, process, incident, permission."""
    with pytest.raises(UsageError, match="rm-rf"):
        order(told, LOCAL_ADMIN, INCIDENT_ID, "rm-rf")
    with pytest.raises(NotFoundError):
        order(told, LOCAL_ADMIN, INCIDENT_ID, "kill-process", process_key=99)
    with pytest.raises(NotFoundError):
        order(told, LOCAL_ADMIN, "inc-none", "pause-container")
    with pytest.raises(NotFoundError):
        propose(told, READER, "inc-none")
    with pytest.raises(DeniedError):
        order(told, READER, INCIDENT_ID, "pause-container")
