"""What the images of a node promise of its containers."""

from __future__ import annotations

import pytest

from periderm.engines.baseline import births
from periderm.engines.baseline.births import Births
from periderm.engines.baseline.images import ImageFiles
from periderm.engines.baseline.workload import Workload
from periderm.model.errors import FormatError
from tests.behaving import HOST, INVENTORY, SHOP


def known() -> Births:
    """One image."""
    found = Births()
    found.keep(ImageFiles.of(INVENTORY))
    return found


def test_a_workload_is_born_once_of_each_image() -> None:
    """The second container of the same image brings nothing new, and one of an image that nobody knows neither."""
    workload = Workload("wkl-1", "shop", HOST.id)
    assert not Births().promise(workload, SHOP)
    assert known().promise(workload, SHOP)
    assert workload.entries.programs or len(workload.entries)
    assert not known().promise(workload, SHOP)


def test_the_host_has_no_image() -> None:
    """And no health check."""
    assert known().of(HOST) is None
    assert known().health(HOST) == ()
    assert known().of(SHOP) is not None


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that came first goes first."""
    monkeypatch.setattr(births, "MOST_IMAGES", 1)
    found = known()
    other = ImageFiles.of(INVENTORY)
    other.digest = "sha256:other"
    found.keep(other)
    assert found.inventory(INVENTORY.digest) is None
    assert found.inventory("sha256:other") is not None


def test_it_is_the_same_after_a_snapshot() -> None:
    """And damage is said."""
    again = Births()
    again.load(Births.decode(known().dump()))
    assert again.dump() == known().dump()
    with pytest.raises(FormatError):
        Births.decode([b"\xff"])
