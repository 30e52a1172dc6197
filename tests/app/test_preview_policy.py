"""A preview names those for whom a policy would hold, and those where another one goes before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.preview_policy import preview_policy
from periderm.model.asset import Container
from periderm.model.errors import DeniedError
from periderm.model.policy import Policy
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.settings import Settings


def container(name: str, *, running: bool = True) -> Container:
    """A container with a name."""
    return Container(id=f"ctr-{name}", name=name, container_id=name, runtime="podman", node_id="n", running=running)


@pytest.fixture
def app(tmp_path: Path):  # type: ignore[no-untyped-def]
    """An application over a real store with three containers."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    store = SqlStore(settings.database, SystemClock())
    store.put_assets([container("shop-1"), container("shop-2", running=False), container("bank-1")])
    yield Application(store=store, clock=SystemClock(), settings=settings)
    store.close()


def test_only_what_runs_and_fits(app: Application) -> None:
    """Stopped containers and other names are not hit."""
    seen = preview_policy(app, LOCAL_ADMIN, Policy(id="p", name="p", workload="shop-*"))
    assert (seen.subjects, seen.overruled, seen.looked_at) == (("shop-1",), (), 2)


def test_a_higher_priority_is_told(app: Application) -> None:
    """The policy fits, but would not hold."""
    app.store.put_policy(Policy(id="q", name="q", workload="*", priority=5))
    seen = preview_policy(app, LOCAL_ADMIN, Policy(id="p", name="p", workload="shop-*"))
    assert (seen.subjects, seen.overruled) == ((), ("shop-1",))


def test_it_replaces_its_own_older_self(app: Application) -> None:
    """A change of a policy is compared with the others, not with what it replaces."""
    app.store.put_policy(Policy(id="p", name="p", workload="*", priority=9))
    assert preview_policy(app, LOCAL_ADMIN, Policy(id="p", name="p", workload="bank-*")).subjects == ("bank-1",)


def test_it_asks_for_the_permission(app: Application) -> None:
    """Reading is a permission too."""
    with pytest.raises(DeniedError):
        preview_policy(app, Principal("nobody", frozenset()), Policy(id="p", name="p"))
