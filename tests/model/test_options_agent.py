"""The agent's settings."""

from __future__ import annotations

from periderm.model.options_agent import AGENT


def test_what_is_taken_over_while_it_runs() -> None:
    """A budget and the history's limits need no restart; what is fixed at the start is not said to be live."""
    assert {o.name for o in AGENT if o.live} >= {"agent.budget_cpu", "history.days"}
    assert not {o.name for o in AGENT if o.live} & {"agent.ring_mib", "agent.baselines", "rules.folder"}
