"""Settings of doors by TLS and of machines that join."""

from __future__ import annotations

import msgspec

from periderm.model.options_fleet import FLEET
from periderm.model.settings import Settings


def test_each_is_a_field_of_the_settings() -> None:
    """Of the same name, with the same default."""
    fields = {field.name: field.default for field in msgspec.structs.fields(Settings)}
    for option in FLEET:
        assert str(fields[option.key]) == option.default


def test_each_is_said_in_both_languages() -> None:
    """And has a variable of its own."""
    assert len({option.variable for option in FLEET}) == len(FLEET)
    for option in FLEET:
        assert option.meaning.en
        assert option.meaning.zh
