"""News are values: equal where they say the same, so that nobody acts on what is not new."""

from __future__ import annotations

from periderm.flow.news import Containers, Policies, Rules, Samples, Sessions
from tests.flow.conftest import CONTAINER


def test_equal_news_are_equal() -> None:
    """Of each kind; and nobody can change one that is on its way to another thread."""
    for kind in (Policies, Sessions, Rules, Samples):
        assert kind(()) == kind(())
    assert Containers((CONTAINER,)) == Containers((CONTAINER,)) != Containers(())
    assert hash(Containers(())) == hash(Containers(()))
