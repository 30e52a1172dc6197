"""Settings of what the product tells of itself."""

from __future__ import annotations

from periderm.model.options_telling import TELLING


def test_nothing_is_told_abroad_by_default() -> None:
    """No traces are sent, and figures need a token, unless somebody says so."""
    defaults = {option.name: option.default for option in TELLING}
    assert defaults["traces.endpoint"] == ""
    assert defaults["metrics.open"] == "off"
