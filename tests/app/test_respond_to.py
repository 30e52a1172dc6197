"""Responses to what a person names: checked, dry-run, recorded, undone."""

from __future__ import annotations

import threading

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.respond_to import KINDS, Wish, order_response, undo_response
from periderm.model.effect import (
    CaptureForensics,
    EffectRecord,
    EffectState,
    IsolateContainer,
    KillProcess,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
)
from periderm.model.envelope import Heartbeat
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.policy import Policy
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.story import CONTAINER_ID, NODE_ID, FixedClock

READER = Principal("user:reader", frozenset({Permission.READ}))
WEB = "shop-web-1"


def wish(kind: str, **fields: object) -> Wish:
    """For the shop's container, with a reason."""
    return Wish(kind=kind, **{"container": WEB, "reason": "it is attacked", **fields})


def applied(app: Application, record: EffectRecord) -> None:
    """As the agent reports it."""
    app.store.put_effect(msgspec.structs.replace(record, state=EffectState.APPLIED, time=record.time + 1))


def test_an_order_has_scope_reason_time_and_who(told: Application) -> None:
    """And waits for the node's agent."""
    record = order_response(told, LOCAL_ADMIN, wish("isolate", seconds=60, keep=("10.0.0.7",)))
    effect = record.effect
    assert isinstance(effect, IsolateContainer)
    assert record.state is EffectState.ORDERED
    assert (effect.asset_id, effect.node_id, effect.lasts) == (CONTAINER_ID, NODE_ID, 60 * 10**9)
    assert (effect.keep, effect.reason.en, effect.decided_by) == (("10.0.0.7",), "it is attacked", LOCAL_ADMIN.name)
    assert WEB in effect.blast_radius.en
    assert WEB in effect.blast_radius.zh


def test_a_dry_run_stores_nothing_and_needs_no_right_to_act(told: Application) -> None:
    """Of every kind that needs nothing before it."""
    before = told.store.effects(Query()).total
    for kind in set(KINDS) - {"resume", "reconnect", "restore"}:
        record = order_response(told, READER, wish(kind, pid=4386, started=5, path="/tmp/x", reason=""), dry_run=True)
        assert record.state is EffectState.DRY_RUN
        assert record.detail.en
    assert told.store.effects(Query()).total == before
    with pytest.raises(DeniedError):
        order_response(told, READER, wish("pause"))


def test_a_dry_run_waits_for_nobody_who_writes(told: Application) -> None:
    """A page makes several; the store has one writer at a time, and much may be stored just then."""
    writes, shown = threading.Event(), threading.Event()

    def write() -> None:
        with told.store.transaction():
            writes.set()
            shown.wait(120)

    writer = threading.Thread(target=write)
    writer.start()
    writes.wait()
    try:
        record = order_response(told, READER, wish("pause", reason=""), dry_run=True)
        assert (record.state, writer.is_alive()) == (EffectState.DRY_RUN, True)
    finally:
        shown.set()
        writer.join()


def test_what_is_done_can_be_taken_back(told: Application, clock: FixedClock) -> None:
    """By its id, or as the latest of its kind."""
    cut = order_response(told, LOCAL_ADMIN, wish("isolate"))
    applied(told, cut)
    taken = order_response(told, LOCAL_ADMIN, wish("quarantine", path="/tmp/x"))
    applied(told, taken)
    clock.sleep(2)
    back = undo_response(told, LOCAL_ADMIN, cut.effect.id, "it is clean")
    assert isinstance(back.effect, ReconnectContainer)
    assert back.effect.undoes == cut.effect.id
    restored = order_response(told, LOCAL_ADMIN, wish("restore"))
    assert isinstance(restored.effect, RestoreFile)
    assert (restored.effect.undoes, restored.effect.path) == (taken.effect.id, "/tmp/x")
    with pytest.raises(NotFoundError, match="waits to be taken back"):
        order_response(told, LOCAL_ADMIN, wish("resume"))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "melt"}, "no response"),
        ({"kind": "pause", "reason": " "}, "needs a reason"),
        ({"kind": "kill"}, "Which process"),
        ({"kind": "kill", "pid": 1, "started": 5}, "Which process"),
        ({"kind": "quarantine"}, "Which file"),
        ({"kind": "quarantine", "path": "tmp/x"}, "Which file"),
        ({"kind": "capture", "packets": 3600}, "Packets"),
        ({"kind": "pause", "seconds": 10**9}, "30 days"),
        ({"kind": "pause", "container": ""}, "done to a container"),
    ],
)
def test_what_is_not_clear_is_not_done(told: Application, fields: dict[str, object], why: str) -> None:
    """And says what is missing."""
    with pytest.raises(UsageError, match=why):
        order_response(told, LOCAL_ADMIN, wish(**fields))


def test_names_that_lead_nowhere_are_told(told: Application) -> None:
    """A container, an effect, and what has no undo."""
    with pytest.raises(NotFoundError, match="no container"):
        order_response(told, LOCAL_ADMIN, wish("pause", container="nowhere"))
    with pytest.raises(NotFoundError):
        undo_response(told, LOCAL_ADMIN, "eff-none", "why")
    done = order_response(told, LOCAL_ADMIN, wish("capture"))
    assert isinstance(done.effect, CaptureForensics)
    with pytest.raises(UsageError, match="cannot be taken back"):
        undo_response(told, LOCAL_ADMIN, done.effect.id, "why")


def test_an_exempt_workload_and_ourselves_are_never_hit(told: Application) -> None:
    """Whoever asks; looking is allowed."""
    told.store.put_heartbeat(Heartbeat(role="agent", node_id=NODE_ID, pid=4386, time=told.clock.now(), version="0"))
    with pytest.raises(UsageError, match="never acts on itself"):
        order_response(told, LOCAL_ADMIN, wish("kill", pid=4386, started=5))
    told.store.put_policy(Policy(id="pol-x", name="x", workload="shop*", exempt=True, priority=99))
    for kind in ("pause", "isolate", "kill-container"):
        with pytest.raises(UsageError, match="exempt"):
            order_response(told, LOCAL_ADMIN, wish(kind))
    assert order_response(told, LOCAL_ADMIN, wish("capture")).state is EffectState.ORDERED


def test_nothing_is_ordered_that_nobody_would_do(told: Application, clock: FixedClock) -> None:
    """A silent agent."""
    clock.sleep(61)
    with pytest.raises(UsageError, match="No agent"):
        order_response(told, LOCAL_ADMIN, wish("pause"))


def test_a_process_of_the_machine_itself(told: Application) -> None:
    """Without a container the machine is meant."""
    record = order_response(told, LOCAL_ADMIN, wish("kill", container="", pid=777, started=5))
    assert isinstance(record.effect, KillProcess)
    assert (record.effect.asset_id, record.effect.pid) == (NODE_ID, 777)
    taken = order_response(told, LOCAL_ADMIN, wish("quarantine", container="", path="/tmp/x"))
    assert isinstance(taken.effect, QuarantineFile)
    assert taken.effect.container_id == ""
