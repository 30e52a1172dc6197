"""The workload that a person means."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.baseline_of import baseline_of
from periderm.engines.runtime.scene import SHOP
from periderm.model.asset import Workload
from periderm.model.envelope import ScanResult
from periderm.model.errors import NotFoundError
from tests.hardened import baseline, inventory


@pytest.mark.parametrize("name", [SHOP.workload_id, "shop", SHOP.name, SHOP.id, "web"])
def test_it_is_found_by_any_of_its_names(empty: Application, name: str) -> None:
    """By its id, its baseline's name, its own name, or one of its containers."""
    empty.store.put_baselines([baseline()])
    empty.store.put_assets([SHOP, Workload(id=SHOP.workload_id, name="web", kind="service")])
    made = inventory()
    empty.store.put_scan_result(
        ScanResult(image_digest=made.digest, node_id="n", time=1, seconds=1.0, inventory=made, findings=())
    )
    known = baseline_of(empty, name)
    assert known.baseline == baseline()
    assert [container.id for container in known.containers] == [SHOP.id]
    assert known.inventory == made


def test_an_unknown_name_says_where_to_look(empty: Application) -> None:
    """A part of a name is not a name."""
    empty.store.put_baselines([baseline()])
    with pytest.raises(NotFoundError, match="sho'") as refused:
        baseline_of(empty, "sho")
    assert "baseline list" in refused.value.next_step
