"""Reading baselines."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.baseline_decisions import decide, undo
from periderm.app.baselines import (
    MOST_ALERTS,
    behaviour_id,
    compare,
    deviations,
    list_baselines,
    normal,
    review,
    show_baseline,
    unused,
    versions,
)
from periderm.model.baseline import Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from tests.baseline_story import NGINX, SHELL, SHOP, UPLOADS, WEB, baseline, deviation, entry, tell_baselines
from tests.story import FixedClock


@pytest.fixture
def shop(empty: Application) -> Application:
    """With baselines, and deviations that wait."""
    tell_baselines(empty)
    return empty


def test_a_baseline_is_found_by_what_people_call_it(shop: Application) -> None:
    """Its id, its name, a part of it; what several have is asked back, what none has is said."""
    for name in (WEB, "shop-web", "WEB"):
        assert show_baseline(shop, LOCAL_ADMIN, name).workload_id == WEB
    with pytest.raises(UsageError, match="2 workloads"):
        show_baseline(shop, LOCAL_ADMIN, "shop")
    for name in ("nothing", ""):
        with pytest.raises(NotFoundError):
            show_baseline(shop, LOCAL_ADMIN, name)
    with pytest.raises(DeniedError):
        show_baseline(shop, Principal("nobody", frozenset()), WEB)


def test_the_list_says_what_waits(shop: Application) -> None:
    """So that a person knows where to begin."""
    page = list_baselines(shop, LOCAL_ADMIN, Query())
    assert {each.workload_id: each.alerts for each in page.items} == {WEB: 5, SHOP: 0}


def test_a_review_has_the_gravest_first(shop: Application) -> None:
    """All alerts of one behaviour are one line, with what would make it normal."""
    shop.store.put_alerts([deviation(9, SHELL)])
    seen = review(shop, LOCAL_ADMIN, WEB)
    assert seen.waiting[0].behaviour == SHELL
    assert (seen.waiting[0].count, len(seen.waiting[0].alerts)) == (4, 2)
    assert {each.behaviour for each in seen.waiting[1:]} == set(UPLOADS)
    assert (seen.looked_at, seen.whole) == (6, True)
    assert seen.looked_at < MOST_ALERTS
    assert seen.waiting[0].deviation.nearest_text.en == "normal if it were nginx"


def test_what_was_decided_waits_no_more(shop: Application, clock: FixedClock) -> None:
    """Accepted behaviour never again, rejected behaviour again when it happens again, and all of it after an undo."""
    made = decide(
        shop, LOCAL_ADMIN, WEB, [Behaviour(Aspect.CREATE, NGINX, "/srv/uploads/*")], verdict=Verdict.ACCEPT, reason="r"
    )
    decide(shop, LOCAL_ADMIN, WEB, [SHELL], verdict=Verdict.REJECT, reason="never")
    assert review(shop, LOCAL_ADMIN, WEB).waiting == ()
    clock.sleep(3600)
    late = clock.now()
    again = [msgspec.structs.replace(deviation(20, each), last_time=late) for each in (SHELL, UPLOADS[0])]
    shop.store.put_alerts([msgspec.structs.replace(alert, id=f"alt-new{n}") for n, alert in enumerate(again)])
    assert [each.behaviour for each in review(shop, LOCAL_ADMIN, WEB).waiting] == [SHELL]
    grown = msgspec.structs.replace(deviation(1, SHELL), last_time=late, count=9)
    shop.store.put_alerts([grown])
    assert grown.id in review(shop, LOCAL_ADMIN, WEB).waiting[0].alerts
    undo(shop, LOCAL_ADMIN, WEB, made.id, "wrong folder")
    assert len(review(shop, LOCAL_ADMIN, WEB).waiting) == 5
    told = versions(show_baseline(shop, LOCAL_ADMIN, WEB))
    assert [bool(each.undone_by) for each in told] == [False, False, True]


def test_alerts_of_rules_are_none_of_it(told: Application) -> None:
    """Only deviations are reviewed."""
    assert told.store.alerts(Query()).total > 0
    assert list(deviations(told, "wrk-web")) == []


def test_what_nobody_needed(shop: Application, clock: FixedClock) -> None:
    """Is proposed for removal; not what was seen lately, what a person accepted, or where nobody watched for so long."""
    decide(shop, LOCAL_ADMIN, WEB, [Behaviour(Aspect.READ, NGINX, "/etc/*")], verdict=Verdict.ACCEPT, reason="r")
    values = {e.behaviour.value for e in unused(shop, LOCAL_ADMIN, WEB)}
    assert "/usr/share/old.html" in values
    assert values.isdisjoint({"/etc/nginx/*", "/etc/*"})
    assert unused(shop, LOCAL_ADMIN, WEB, 90) == ()
    clock.sleep(60 * 86_400)
    assert unused(shop, LOCAL_ADMIN, SHOP) == ()
    with pytest.raises(UsageError):
        unused(shop, LOCAL_ADMIN, WEB, 0)


def test_two_beside_each_other() -> None:
    """What only one has; what a pattern of the other stands for is in both."""
    left = baseline("a", "left", entry(Aspect.READ, NGINX, "/srv/**"))
    right = baseline("b", "right", entry(Aspect.READ, NGINX, "/srv/x/y"), entry(Aspect.WRITE, NGINX, "/tmp/x"))
    found = compare(left, right)
    assert [e.behaviour.value for e in found.only_left] == ["/srv/**"]
    assert [e.behaviour.value for e in found.only_right] == ["/tmp/x"]
    assert found.both == 4
    assert (found.left, found.right) == ("left", "right")


def test_ids_are_short_and_stable() -> None:
    """They are typed by hand, and name the same behaviour on every machine."""
    assert behaviour_id(SHELL) == behaviour_id(Behaviour(Aspect.PROGRAM, "/bin/sh"))
    assert len(behaviour_id(SHELL)) == 16
    assert len(normal(baseline())) == 4
