"""doctor: what was left behind is shown only if nobody uses it, and removed only then."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from periderm.app.doctor import SampleLeftovers, diagnose
from periderm.model.diagnosis import Orphan
from periderm.model.errors import UsageError
from periderm.ports.diagnosis import MachineFacts
from tests.app.test_demo import Shop
from tests.app.test_examine_machine import GOOD


class Probe:
    """A machine on paper."""

    def __init__(self, *running: tuple[int, str]) -> None:
        self._facts = msgspec.structs.replace(GOOD, running=running)

    def facts(self) -> MachineFacts:
        """What was given."""
        return self._facts


class Left:
    """Two pins."""

    def __init__(self) -> None:
        self.names = ["/a", "/b"]

    def find(self) -> Sequence[Orphan]:
        """What is left."""
        return [Orphan(kind="pin", name=name) for name in self.names]

    def remove(self) -> Sequence[str]:
        """Takes them away."""
        removed, self.names = self.names, []
        return removed


def test_leftovers_are_shown_and_stay() -> None:
    """Looking removes nothing."""
    left = Left()
    diagnosis = diagnose(Probe(), (), [left])
    assert [orphan.name for orphan in diagnosis.orphans] == ["/a", "/b"]
    assert left.names == ["/a", "/b"]
    assert diagnosis.works


def test_cleaning_removes_and_says_so() -> None:
    """And nothing is left then."""
    diagnosis = diagnose(Probe(), (), [Left()], clean=True)
    assert diagnosis.removed == ("/a", "/b")
    assert diagnosis.orphans == ()


def test_what_is_in_use_is_no_orphan() -> None:
    """A running agent's pins are not shown as left behind, and never removed."""
    left = Left()
    diagnosis = diagnose(Probe((7, "agent")), (), [left])
    assert diagnosis.orphans == ()
    assert diagnosis.running == ("agent (7)",)
    with pytest.raises(UsageError, match=r"agent \(7\)"):
        diagnose(Probe((7, "agent")), (), [left], clean=True)
    assert left.names == ["/a", "/b"]


def test_the_samples_container_is_a_leftover() -> None:
    """As long as it is there."""
    shop = Shop(kills=True)
    left = SampleLeftovers(shop)
    assert left.find() == ()
    shop.start()
    assert left.find() == (Orphan(kind="container", name="sample"),)
    assert left.remove() == ["container sample"]
    assert left.find() == ()
