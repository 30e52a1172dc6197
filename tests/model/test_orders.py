"""What a node asks for."""

from __future__ import annotations

from periderm.model.orders import Orders
from periderm.model.policy import DEFAULT_POLICY


def test_news_is_what_the_node_does_not_know() -> None:
    """Versions alone are none; an empty list of policies is some."""
    assert not Orders(policies_version="v", sessions_version="w", baselines=7).news
    assert Orders(policies=()).news
    assert Orders(policies=(DEFAULT_POLICY,)).news
    assert Orders(learned=True).news
