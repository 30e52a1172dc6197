"""What a workload does."""

from __future__ import annotations

import pytest

from periderm.model.behaviour import ASPECTS, DIMENSION_OF, Aspect, Behaviour, Dimension


@pytest.mark.parametrize("aspect", list(Aspect))
def test_every_aspect_belongs_to_one_dimension(aspect: Aspect) -> None:
    """So that no behaviour is left out of lists and of what is decided by dimension."""
    assert [d for d, several in ASPECTS.items() if aspect in several] == [DIMENSION_OF[aspect]]
    assert Behaviour(aspect, "/a").dimension is DIMENSION_OF[aspect]


def test_every_dimension_is_there() -> None:
    """One for what traces and logs will tell is free."""
    assert set(ASPECTS) == set(Dimension)
    assert ASPECTS[Dimension.API] == ()


def test_behaviours_have_an_order() -> None:
    """By aspect, program, value: baselines are sorted by it."""
    given = [Behaviour(Aspect.WRITE, "/a", "/x"), Behaviour(Aspect.READ, "/b", "/x"), Behaviour(Aspect.READ, "/a", "/y")]
    assert sorted(given) == [given[2], given[1], given[0]]
