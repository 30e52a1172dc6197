"""The store as somebody sees it whose rights hold for a part. What every address shows is in tests/server/test_scoped.py."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.grants import grant_of
from periderm.app.policies import list_policies
from periderm.app.scoped import OPEN, PAGES, ScopedStore, scoped
from periderm.model.account import principal_of
from periderm.model.errors import DeniedError
from periderm.model.fleet import JoinedNode
from periderm.model.policy import Policy
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from periderm.ports.store import Store
from tests.others import IDS, OTHER_DIGEST, tell_others
from tests.story import CONTAINER_ID, DIGEST, INCIDENT_ID, NODE_ID

SHOP = principal_of("user:shop", (grant_of("responder@application=shop"),))
NOTHING = principal_of("user:none", (grant_of("viewer@application=none"),))


@pytest.fixture
def both(told: Application) -> Application:
    """The shop and another application."""
    tell_others(told)
    return told


def test_who_sees_all_gets_the_application_itself(told: Application) -> None:
    """Nothing is asked twice for them."""
    assert scoped(told, LOCAL_ADMIN) is told
    assert scoped(told, principal_of("user:ada", (grant_of("viewer"),))) is told
    assert scoped(told, SHOP) is not told


def test_every_part_of_the_store_is_divided_open_or_refused(both: Application) -> None:
    """What is added to the store later is refused until somebody says how it is divided."""
    store = scoped(both, SHOP).store
    methods = {name for base in Store.__mro__ for name in vars(base) if not name.startswith("_")}
    own = {name for base in ScopedStore.__mro__ for name in vars(base) if not name.startswith("_")}
    assert methods >= PAGES | OPEN
    assert not own & (PAGES | OPEN)
    refused = methods - own - PAGES - OPEN
    assert {"registries", "queue_state", "inventory_digests", "put_assets", "put_gaps", "accounts", "audit_entries"} <= refused
    for name in refused:
        with pytest.raises(DeniedError):
            getattr(store, name)


@pytest.mark.parametrize("who", [SHOP, NOTHING])
def test_what_is_others_is_not_there(both: Application, who: Principal) -> None:
    """By any id, as if it had never been."""
    store = scoped(both, who).store
    assert store.asset(IDS["asset"]) is None
    assert store.alert(IDS["alert"]) is None
    assert store.incident(IDS["incident"]) is None
    assert store.effect(IDS["effect"]) is None
    assert store.finding(IDS["finding"]) is None
    assert store.baseline(IDS["baseline"]) is None
    assert store.handling(IDS["incident"]) is None
    assert store.gap("gap-zebra") is None
    assert store.announcement(IDS["session"]) is None
    assert list(store.effect_history(IDS["effect"])) == []
    assert list(store.open_incidents(IDS["asset"])) == []
    assert store.handlings_of([IDS["incident"]]) == {}
    assert store.images_of([IDS["finding"]]) == {}
    assert store.baseline_digests([IDS["baseline"]]) == {}
    for of_image in (store.inventory, store.files_in_use, store.carried, store.scan_job):
        assert of_image(OTHER_DIGEST) is None
    assert list(store.verdicts(OTHER_DIGEST)) == []
    assert [e.id for e in store.exemptions()] == []
    for name in PAGES:
        assert "zebra" not in repr(getattr(store, name)(Query())), name


def test_nothing_is_seen_where_nothing_is(both: Application) -> None:
    """A part without assets is empty, and not everything."""
    store = scoped(both, NOTHING).store
    for name in PAGES:
        assert getattr(store, name)(Query()).total == 0, name
    assert list(store.heartbeats()) == []


def test_what_is_theirs_is_there(both: Application) -> None:
    """Also the image that a container of theirs shares with others, and the node that it is on."""
    store = scoped(both, SHOP).store
    assert store.asset(CONTAINER_ID) is not None
    assert store.incident(INCIDENT_ID) is not None
    assert store.inventory(DIGEST) is not None
    (image,) = store.images(Query()).items
    assert (image.digest, image.running) == (DIGEST, store.assets(Query(kind="container")).total)
    assert {beat.node_id for beat in store.heartbeats()} == {NODE_ID}
    both.store.put_joined_node(JoinedNode(node_id=NODE_ID, name="shop-01", joined=1, revoked=2))
    assert list(store.heartbeats()) == []


def test_policies_are_listed_that_concern_them(both: Application) -> None:
    """All of them still forbid what they forbid."""
    app = scoped(both, SHOP)
    both.store.put_policy(Policy(id="pol-web", name="web", workload="shop-web-*"))
    listed = {policy.id for policy in list_policies(app, SHOP)}
    assert "pol-web" in listed
    assert "pol-zebra" not in listed
    assert "pol-zebra" in {policy.id for policy in app.store.policies()}
