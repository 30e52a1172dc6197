"""What somebody may change whose rights hold for a part."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.grants import grant_of
from periderm.app.scoped import scoped
from periderm.model.account import principal_of
from periderm.model.baseline import Baseline
from periderm.model.errors import DeniedError
from periderm.model.exception import Exemption, Scope
from periderm.model.handling import Handling, HandlingKind
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from periderm.ports.store import Store
from tests.others import OTHER_DIGEST, tell_others
from tests.ports import plugs
from tests.ports.test_store import request
from tests.story import CONTAINER_ID, DIGEST, WORKLOAD_ID

ROLES = ("responder", "policy-author")
SHOP = principal_of("user:shop", tuple(grant_of(f"{role}@application=shop") for role in ROLES))
ALL = principal_of("user:all", (grant_of("viewer"), *(grant_of(f"{role}@label:app=shop") for role in ROLES)))
Write = Callable[[Store], object]


def effect(asset: str) -> Write:
    """A pause of this container."""
    record = plugs.effect(7)
    moved = msgspec.structs.replace(record, effect=msgspec.structs.replace(record.effect, asset_id=asset))
    return lambda store: store.put_effect(moved)


def exemption(*assets: str, images: tuple[str, ...] = ()) -> Write:
    """An exception for these."""
    scope = Scope(findings=("CVE-1",), assets=assets, images=images)
    return lambda store: store.put_exemption(Exemption(id="exc-1", reason="r", owner="o", expires=1 << 62, scope=scope))


def session(container: str) -> Write:
    """An announced session."""
    told = AnnouncedSession(id="ses-9", author="a", reason="r", container=container, since=1, until=2)
    return lambda store: store.put_announcement(told)


def policy(**more: object) -> Write:
    """A policy."""
    return lambda store: store.put_policy(Policy(id="pol-9", name="n", **more))  # type: ignore[arg-type]


THEIRS: dict[str, Write] = {
    "a response": effect(CONTAINER_ID),
    "an exception": exemption(CONTAINER_ID),
    "a session": session("shop-web-1"),
    "a decision": lambda s: s.put_baselines([Baseline(workload_id=WORKLOAD_ID)]),
    "a handling": lambda s: s.put_handling(Handling(id="i", kind=HandlingKind.INCIDENT, asset_id=CONTAINER_ID)),
    "an incident": lambda s: s.put_incident(plugs.incident(9, asset_id=CONTAINER_ID)),
    "a scan": lambda s: s.put_scan_request(msgspec.structs.replace(request(), image_digest=DIGEST), again=True),
}
OTHERS: dict[str, Write] = {
    "a response": effect("con-zebra"),
    "a response to nothing": effect(""),
    "an exception": exemption("con-zebra"),
    "an exception that is partly theirs": exemption(CONTAINER_ID, "con-zebra"),
    "an exception for a pattern": exemption("*"),
    "an exception for an image that others run": exemption(images=("localhost/shop/*",)),
    "a session": session("zebra-web"),
    "a session by a pattern": session("shop-*"),
    "a session by nothing": session("no-such-name"),
    "a decision": lambda s: s.put_baselines([Baseline(workload_id=WORKLOAD_ID), Baseline(workload_id="wrk-zebra")]),
    "a new baseline": lambda s: s.replace_baseline(Baseline(workload_id="wrk-zebra")),
    "no baseline": lambda s: s.remove_baseline("wrk-zebra"),
    "a handling": lambda s: s.put_handling(Handling(id="i", kind=HandlingKind.INCIDENT, asset_id="con-zebra")),
    "a handling of nothing": lambda s: s.put_handling(Handling(id="i", kind=HandlingKind.INCIDENT)),
    "an incident": lambda s: s.put_incident(plugs.incident(9, asset_id="con-zebra")),
    "a scan": lambda s: s.put_scan_request(msgspec.structs.replace(request(), image_digest=OTHER_DIGEST), again=True),
    "a scan again": lambda s: s.retry_scan(OTHER_DIGEST, "me"),
    "no exception": lambda s: s.remove_exemption("exc-zebra"),
    "a policy": policy(workload="zebra-*"),
    "a policy for all": policy(),
    "a policy by a name that others can take": policy(workload="shop-web-*"),
    "a policy by another label": policy(labels={"app": "zebra"}),
    "no policy": lambda s: s.remove_policy("pol-zebra"),
    "a policy in place of another": lambda s: s.put_policy(Policy(id="pol-zebra", name="n", labels={"app": "shop"})),
}


@pytest.fixture
def both(told: Application) -> Application:
    """The shop and another application."""
    tell_others(told)
    return told


@pytest.mark.parametrize("who", [SHOP, ALL], ids=lambda who: who.name)
@pytest.mark.parametrize("what", THEIRS)
def test_what_is_theirs_they_may(both: Application, what: str, who: object) -> None:
    """Whether or not they see the rest."""
    if what == "a decision" and who is ALL:
        pytest.skip("the workload itself has no labels")
    THEIRS[what](scoped(both, who).store)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", [SHOP, ALL], ids=lambda who: who.name)
@pytest.mark.parametrize("what", OTHERS)
def test_what_reaches_beyond_is_refused(both: Application, what: str, who: object) -> None:
    """And leaves everything as it was."""
    before = both.store.changes(0)[-1].sequence
    with pytest.raises(DeniedError):
        OTHERS[what](scoped(both, who).store)  # type: ignore[arg-type]
    assert both.store.changes(0)[-1].sequence == before


def test_a_policy_by_the_labels_of_their_part(both: Application) -> None:
    """It can hold for nothing else, whatever else it says."""
    store = scoped(both, ALL).store
    store.put_policy(Policy(id="pol-9", name="n", labels={"app": "shop", "tier": "web"}))
    store.remove_policy("pol-9")


def test_reading_gives_no_right_to_change(both: Application) -> None:
    """Whoever may only see a part changes nothing of it either."""
    store = scoped(both, principal_of("user:v", (grant_of("viewer@application=shop"),))).store
    for write in (*THEIRS.values(), *OTHERS.values()):
        with pytest.raises(DeniedError):
            write(store)
