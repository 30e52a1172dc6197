"""Changing how far the product may go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.policies import list_policies, put_policy, remove_policy
from periderm.model.errors import DeniedError, UsageError
from periderm.model.event import EventFlag, EventKind
from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.settings import Settings
from tests.app.test_preview_history import Past
from tests.hardened import NGINX, baseline

READER = Principal("user:reader", frozenset({Permission.READ}))
SHOP = Policy(id="pol-shop", name="shop", mode=PolicyMode.ENFORCE, kill_drift=True, priority=5, reason="a trial")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """An application over a store of its own."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path / "cache"))
    store = SqlStore(settings.database, SystemClock())
    yield Application(store=store, clock=SystemClock(), settings=settings)
    store.close()


def test_a_change_says_who_and_when(app: Application) -> None:
    """Author and time are the product's, whatever was sent; the strongest policy is listed first."""
    put_policy(app, LOCAL_ADMIN, DEFAULT_POLICY)
    stored = put_policy(app, LOCAL_ADMIN, msgspec.structs.replace(SHOP, author="somebody else"))
    assert stored.author == LOCAL_ADMIN.name
    assert stored.changed > 0
    assert [p.id for p in list_policies(app, READER)] == ["pol-shop", "pol-default"]


def test_readers_change_nothing(app: Application) -> None:
    """Changing policies takes the permission for it."""
    with pytest.raises(DeniedError):
        put_policy(app, READER, SHOP)
    with pytest.raises(DeniedError):
        remove_policy(app, READER, SHOP.id)


def test_enforcing_needs_a_reason(app: Application) -> None:
    """Nothing is enforced without a word why; a policy without a name is refused."""
    with pytest.raises(UsageError, match="reason"):
        put_policy(app, LOCAL_ADMIN, msgspec.structs.replace(SHOP, reason=""))
    with pytest.raises(UsageError):
        put_policy(app, LOCAL_ADMIN, msgspec.structs.replace(SHOP, id=""))


def test_the_default_stays(app: Application) -> None:
    """Any policy can be removed but the one that makes alerting the resting state."""
    put_policy(app, LOCAL_ADMIN, SHOP)
    remove_policy(app, LOCAL_ADMIN, SHOP.id)
    assert not list_policies(app, LOCAL_ADMIN)
    with pytest.raises(UsageError):
        remove_policy(app, LOCAL_ADMIN, DEFAULT_POLICY.id)


BASELINE = msgspec.structs.replace(SHOP, id="pol-base", kill_drift=False, enforce_baseline=True, workload="shop")


def test_enforcing_a_baseline_needs_a_past_in_which_it_blocks_nothing(app: Application) -> None:
    """Without history it is refused, with one in which it would have blocked something too, with what that was."""
    app.store.put_baselines([baseline()])
    with pytest.raises(UsageError, match="No history"):
        put_policy(app, LOCAL_ADMIN, BASELINE)
    nothing = Past()
    with pytest.raises(UsageError, match="0 of 0"):
        put_policy(app, LOCAL_ADMIN, BASELINE, nothing)
    blocked = Past((1, EventKind.EXEC, NGINX, EventFlag(0), 9), (1, EventKind.EXEC, "/usr/bin/curl", EventFlag(0), 2))
    with pytest.raises(UsageError, match=r"blocked 2 of 2 programs .* first /usr/bin/curl in shop"):
        put_policy(app, LOCAL_ADMIN, BASELINE, blocked)
    assert [p.id for p in list_policies(app, READER)] == []
    good = Past((1, EventKind.EXEC, NGINX, EventFlag(0), 9))
    assert put_policy(app, LOCAL_ADMIN, BASELINE, good).enforce_baseline
    assert put_policy(app, LOCAL_ADMIN, BASELINE, blocked, despite=True).enforce_baseline


def test_only_sensible_shares_are_taken(app: Application) -> None:
    """A canary is a percentage; alerting with a baseline's policy needs no past."""
    with pytest.raises(UsageError, match="percentage"):
        put_policy(app, LOCAL_ADMIN, msgspec.structs.replace(BASELINE, canary=101))
    assert put_policy(app, LOCAL_ADMIN, msgspec.structs.replace(BASELINE, mode=PolicyMode.ALERT)).canary == 100
