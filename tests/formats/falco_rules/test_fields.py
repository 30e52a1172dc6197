"""The tables of Falco's fields name facts and kinds that exist."""

from __future__ import annotations

import pytest

from periderm.engines.runtime.rules.pack import language
from periderm.formats.falco_rules.fields import EVENTS, FIELDS, literal, reason_for
from periderm.model.errors import FormatError
from periderm.model.event_facts import KINDS


def test_every_fact_is_one() -> None:
    """Each expression and guard compiles, with the type that the table says."""
    for name, fact in FIELDS.items():
        compare = {"text": "!= ''", "network": "!= ''", "number": "> 0", "truth": "== true", "texts": "!= ['']"}[fact.kind]
        language().compile(f"{fact.guard or 'true'} && {fact.text} {compare}", name)


def test_every_kind_is_one() -> None:
    """Of those that the sensor sends."""
    assert set(EVENTS.values()) <= set(KINDS)


def test_literals() -> None:
    """Quotes and backslashes come through; what cannot be printed is refused."""
    assert language().compile(f"path == {literal(chr(92) + chr(39))}").holds(type("F", (), {"path": "\\'"})())
    with pytest.raises(FormatError):
        literal("a\x00")
    assert "proc.foo" in reason_for("proc.foo")
