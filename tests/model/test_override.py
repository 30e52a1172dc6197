"""What was set in the console, as a value."""

from __future__ import annotations

import msgspec

from periderm.model.override import Override


def test_it_goes_and_comes_back() -> None:
    """Also that nothing was said before, which is not the same as an empty value."""
    for before in (None, "", "50"):
        one = Override(name="agent.budget_cpu", value="20", before=before, by="user:eve", at=5)
        assert msgspec.json.decode(msgspec.json.encode(one), type=Override) == one
