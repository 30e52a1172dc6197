"""Enforcing one workload's baseline: shown, done, taken back."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.enforce_baseline import PREFIX, alert_again, enforce_baseline, plan_enforcing
from periderm.engines.runtime.response import holding_policy
from periderm.engines.runtime.scene import SHOP
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.event import EventFlag, EventKind
from periderm.model.policy import Policy, PolicyMode
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.app.test_preview_history import Past
from tests.hardened import NGINX, baseline

WHY = "its programs never change"
QUIET = Past((1, EventKind.EXEC, NGINX, EventFlag(0), 5))
READER = Principal("user:reader", frozenset({Permission.READ}))


def shop(app: Application, past: Past | None = QUIET) -> Application:
    """With a settled baseline and a past."""
    app.store.put_baselines([baseline()])
    app.store.put_assets([SHOP])
    return msgspec.structs.replace(app, history=past)


def test_it_begins_only_where_nothing_of_the_past_was_hit(empty: Application) -> None:
    """Its plan says whom it holds for and what it would have blocked; the policy then holds for the workload, and no other."""
    app = shop(empty)
    plan = plan_enforcing(app, READER, "shop")
    assert (plan.proven, plan.blocked, plan.holds, plan.refusal) == (True, 0, False, "")
    assert [c.id for c in plan.canary] == [c.id for c in plan.containers] == [SHOP.id]
    made = enforce_baseline(app, LOCAL_ADMIN, "shop", 100, WHY)
    assert (made.mode, made.enforce_baseline, made.reason) == (PolicyMode.ENFORCE, True, WHY)
    assert holding_policy(SHOP, app.store.policies()).id == made.id
    other = msgspec.structs.replace(SHOP, id="ast-other", name="other", workload_id="wkl-other")
    assert holding_policy(other, app.store.policies()).id != made.id
    assert plan_enforcing(app, READER, "shop").holds


@pytest.mark.parametrize("past", [None, Past(), Past((1, EventKind.EXEC, "/usr/bin/curl", EventFlag(0), 2))])
def test_without_proof_it_does_not_begin(empty: Application, past: Past | None) -> None:
    """No history, an empty one, or one in which something normal would have been killed."""
    app = shop(empty, past)
    assert not plan_enforcing(app, READER, "shop").proven
    with pytest.raises(UsageError):
        enforce_baseline(app, LOCAL_ADMIN, "shop", 100, WHY)
    assert all(not policy.enforce_baseline for policy in app.store.policies())


def test_it_is_taken_back_to_what_held_before(empty: Application) -> None:
    """With all that the policy before did, which went on meanwhile."""
    app = shop(empty)
    before = Policy(
        id="pol-shop", name="shop", workload="shop", mode=PolicyMode.ENFORCE, kill_drift=True, reason="r", priority=5
    )
    app.store.put_policy(before)
    made = enforce_baseline(app, LOCAL_ADMIN, "shop", 25, WHY)
    assert (made.kill_drift, made.priority > 5, made.canary) == (True, True, 25)
    alert_again(app, LOCAL_ADMIN, made.id, "it was enough")
    assert holding_policy(SHOP, app.store.policies()) == before
    alert_again(app, LOCAL_ADMIN, "pol-shop", "this too")
    held = holding_policy(SHOP, app.store.policies())
    assert (held.id, held.mode, held.reason) == ("pol-shop", PolicyMode.ALERT, "this too")
    with pytest.raises(UsageError, match="enforces nothing"):
        alert_again(app, LOCAL_ADMIN, "pol-shop", "again")
    with pytest.raises(NotFoundError):
        alert_again(app, LOCAL_ADMIN, PREFIX + "none", "x")


def test_what_only_tells_does_not_begin_to_act(empty: Application) -> None:
    """A policy in mode alert that lists kills: enforcing the baseline switches none of them on."""
    app = shop(empty)
    app.store.put_policy(Policy(id="pol-tells", name="tells", workload="shop", kill_drift=True, priority=3))
    made = enforce_baseline(app, LOCAL_ADMIN, "shop", 100, WHY)
    assert (made.kill_drift, made.priority > 3) == (False, True)


def test_what_is_not_ready_or_exempt_is_left_alone(empty: Application) -> None:
    """A baseline that still learns; a workload that nothing is to touch."""
    app = shop(empty)
    app.store.put_baselines([msgspec.structs.replace(baseline(), workload_id="wkl-young", name="young", settled=0)])
    assert "not settled" in plan_enforcing(app, READER, "young").refusal
    with pytest.raises(UsageError, match="not settled"):
        enforce_baseline(app, LOCAL_ADMIN, "young", 100, WHY)
    app.store.put_policy(Policy(id="pol-exempt", name="never", workload="shop", exempt=True, priority=9))
    with pytest.raises(UsageError, match="nothing is ever done"):
        enforce_baseline(app, LOCAL_ADMIN, "shop", 100, WHY)


def test_it_takes_the_right_and_a_reason(empty: Application) -> None:
    """Reading is not enough to begin or to end it."""
    app = shop(empty)
    for refused in (lambda: enforce_baseline(app, READER, "shop", 100, WHY), lambda: alert_again(app, READER, "x", WHY)):
        with pytest.raises(DeniedError):
            refused()
    with pytest.raises(UsageError, match="reason"):
        enforce_baseline(app, LOCAL_ADMIN, "shop", 100, " ")
