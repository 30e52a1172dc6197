"""Searching over a store in which an attack was told."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.grants import grant_of
from periderm.app.scoped import scoped
from periderm.app.search import MOST_HITS, complete, condition_for, search
from periderm.model.account import principal_of
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from periderm.model.search import Family, Found
from tests.story import CONTAINER_ID, INCIDENT_ID


def ids(found: Found, family: Family) -> set[str]:
    """Of one kind."""
    return {hit.id for group in found.groups if group.family is family for hit in group.hits}


def asked(app: Application, text: str, who: Principal = LOCAL_ADMIN) -> Found:
    """All that fits."""
    return search(app, who, text, MOST_HITS)


def test_a_word_finds_everything_that_says_it(told: Application) -> None:
    """Whatever kind it is, in any case."""
    found = asked(told, "SHOP")
    assert CONTAINER_ID in ids(found, Family.ASSET)
    assert INCIDENT_ID in ids(found, Family.INCIDENT)
    assert all(hit.address.startswith("/") for group in found.groups for hit in group.hits)


def test_fields_narrow_and_are_told_where_they_are_not_known(told: Application) -> None:
    """A kind that has no such field is left out, and says so."""
    container = told.store.asset(CONTAINER_ID)
    assert container is not None
    found = asked(told, f"container:{container.name} severity>=low")
    assert ids(found, Family.INCIDENT) == {INCIDENT_ID}
    assert ids(asked(told, f"-container:{container.name} in:incidents"), Family.INCIDENT) == set()
    left = {group.family: group.left_out.en for group in found.groups if group.left_out.en}
    assert left[Family.PACKAGE] == "it has no `container`"
    assert Family.INCIDENT not in left
    assert [g.family for g in asked(told, "in:incidents shop").groups] == [Family.INCIDENT]


def test_times_and_severities_are_compared(told: Application) -> None:
    """Relative to the application's clock."""
    assert ids(asked(told, "in:incidents since:30d"), Family.INCIDENT) == {INCIDENT_ID}
    assert ids(asked(told, "in:incidents until:1971-01-01"), Family.INCIDENT) == set()
    assert ids(asked(told, "in:incidents severity<low"), Family.INCIDENT) == set()


def test_detectors_are_found_by_technique_and_lead_to_their_alerts(told: Application) -> None:
    """An alert knows its detector only."""
    (group,) = asked(told, "in:detectors technique:T1059").groups
    assert group.total > 0
    alert = told.store.alerts(Query(limit=1)).items[0]
    assert alert.id in ids(asked(told, f"in:alerts detector:{alert.detector.lower()}"), Family.ALERT)
    assert ids(asked(told, "in:alerts technique:T9999"), Family.ALERT) == set()


def test_what_is_wrong_is_told_with_its_place(told: Application) -> None:
    """And what to do."""
    with pytest.raises(UsageError, match="At character 6: There is no field `serverity`"):
        asked(told, "shop serverity:high")
    with pytest.raises(UsageError, match="no field `cve`"):
        condition_for(told, "cve:CVE-2024-1", Family.INCIDENT)
    with pytest.raises(UsageError):
        search(told, LOCAL_ADMIN, "shop", 0)
    assert condition_for(told, "  ", Family.INCIDENT) is None
    assert asked(told, " ") == Found()


def test_who_may_not_read_searches_nothing(told: Application) -> None:
    """And only administrators the audit log."""
    with pytest.raises(DeniedError):
        asked(told, "shop", Principal("user:none", frozenset()))
    reader = Principal("user:reader", frozenset({Permission.READ}))
    assert Family.AUDIT not in {group.family for group in asked(told, "shop", reader).groups}
    assert Family.AUDIT in {group.family for group in asked(told, "shop").groups}


def test_a_part_is_searched_and_completed_in_its_part(told: Application) -> None:
    """What is others' is neither found nor offered as a name."""
    nobody = principal_of("user:none", (grant_of("viewer@application=none"),))
    app = scoped(told, nobody)
    for group in asked(app, "shop", nobody).groups:
        assert group.family is Family.DETECTOR or not group.hits, group
    assert complete(app, nobody, "container:") == ()
    shop = principal_of("user:shop", (grant_of("viewer@application=shop"),))
    assert INCIDENT_ID in ids(asked(scoped(told, shop), "shop", shop), Family.INCIDENT)
    assert complete(scoped(told, shop), shop, "container:shop")


def test_names_of_fields_and_values_are_completed(told: Application) -> None:
    """At the caret, in place."""
    (field,) = [c for c in complete(told, LOCAL_ADMIN, "shop sev") if c.label == "severity:"]
    assert field.text == "shop severity>="
    assert field.caret == len(field.text)
    (high,) = complete(told, LOCAL_ADMIN, "severity>=hi shop", 12)
    assert (high.text, high.caret) == ("severity>=high shop", 15)
    container = told.store.asset(CONTAINER_ID)
    assert container is not None
    assert container.name in {c.label for c in complete(told, LOCAL_ADMIN, f"container:{container.name[:3].upper()}")}
    assert {c.label for c in complete(told, LOCAL_ADMIN, "", family="incidents")}.isdisjoint({"cve:", "licence:"})
    assert complete(told, LOCAL_ADMIN, "nothing:like") == ()
