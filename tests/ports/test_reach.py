"""What every store promises of parts (see `periderm/ports/reach.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from periderm.model.asset import Container, Ownership
from periderm.model.finding import FindingKind
from periderm.model.principal import Reach
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import alert, container, finding, gap, image, incident
from tests.ports.test_store_scans import scan


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """With a container of the shop and one of the bank, and all that belongs to each."""
    made: Store = request.param.open(tmp_path)
    for number, name in ((1, "shop"), (2, "bank")):
        owned = Ownership(application=name)
        made.put_assets([image(number), container(number, ownership=owned, image_digest=f"sha256:{number}")])
        made.put_findings([finding(number, asset_id=f"img-{number}")])
        made.put_alerts([alert(number, asset_id=f"ctr-{number}")])
        made.put_incident(incident(number, asset_id=f"ctr-{number}"))
        made.put_gaps([gap(number, asset_id=f"ctr-{number}")])
    yield made
    made.close()


def test_pages_are_restricted_with_their_totals(store: Store) -> None:
    """Each list by what its rows belong to; a cursor goes on within the part."""
    within = (Reach(application="shop"),)
    for name in ("findings", "alerts", "incidents", "gaps", "images"):
        page = getattr(store, name)(Query(within=within))
        assert (len(page.items), page.total) == (1, 1), name
        assert getattr(store, name)(Query()).total == 2, name
        assert getattr(store, name)(Query(within=())).total == 0, name
        assert getattr(store, name)(Query(within=(Reach(application="none"),))).total == 0, name
    first = store.assets(Query(within=within, limit=1))
    second = store.assets(Query(within=within, limit=1, cursor=first.next_cursor))
    assert {a.id for a in (*first.items, *second.items)} == {"ctr-1", "img-1"}
    assert (first.total, second.next_cursor) == (2, "")


def test_what_is_named_is_looked_up(store: Store) -> None:
    """By asset, by digest, by node."""
    within = (Reach(application="bank"),)
    assert store.assets_covered(within, ["ctr-1", "ctr-2", "img-2"]) == {"ctr-2", "img-2"}
    assert store.digests_covered(within, ["sha256:1", "sha256:2"]) == {"sha256:2"}
    assert store.nodes_covered(within) == {"nod-1"}
    assert store.subjects_covered(within, 5) == (["ctr-2"], False)


def test_questions_about_many_images_are_restricted(store: Store) -> None:
    """Which of them have bad findings, and which have an inventory."""
    store.put_scan_result(scan(1, (), (finding(3, kind=FindingKind.SECRET, severity=Severity.HIGH),)))
    store.put_scan_result(scan(2, (), (finding(4, asset_id="img-2", kind=FindingKind.LICENCE, severity=Severity.CRITICAL),)))
    every, none = ["sha256:1", "sha256:2", "sha256:3", "", "sha256:1"], (Reach(application="none"),)
    shop = (Reach(application="shop"),)

    def bad(digests: list[str], **asked: Any) -> tuple[str, ...]:
        return store.images_with_findings(Query(**asked), digests=digests).items

    assert bad(every, severity_at_least=Severity.HIGH) == ("sha256:1", "sha256:2")
    assert bad(["sha256:2"], severity_at_least=Severity.HIGH) == ("sha256:2",)
    assert bad(every, severity_at_least=Severity.CRITICAL) == ("sha256:2",)
    assert bad(every, severity_at_least=Severity.HIGH, kind="secret") == ("sha256:1",)
    assert bad(every, severity_at_least=Severity.HIGH, within=shop) == ("sha256:1",)
    assert store.inventoried(Query(), digests=every).items == ("sha256:1", "sha256:2")
    assert store.inventoried(Query(within=shop), digests=every).items == ("sha256:1",)
    assert store.images_with_findings(Query(within=shop)).items == store.inventoried(Query(within=shop)).items == ("sha256:1",)
    assert store.images_with_findings(Query()).items == store.inventoried(Query()).items == ("sha256:1", "sha256:2")
    for within in (none, ()):
        assert bad(every, severity_at_least=Severity.HIGH, within=within) == ()
        assert store.inventoried(Query(within=within), digests=every).items == ()
    assert (bad([]), store.inventoried(Query(), digests=[]).items) == ((), ())


def test_an_outline_of_a_container_is_a_part_of_it(store: Store) -> None:
    """The same list, of containers only, restricted as any."""
    outlines, whole = store.container_outlines(Query()), store.assets(Query(kind="container"))
    assert [(o.id, o.name, o.image_digest) for o in outlines.items] == [
        (c.id, c.name, c.image_digest) for c in whole.items if isinstance(c, Container)
    ]
    assert (outlines.total, len(outlines.items)) == (2, 2)
    assert [o.id for o in store.container_outlines(Query(within=(Reach(application="bank"),))).items] == ["ctr-2"]
