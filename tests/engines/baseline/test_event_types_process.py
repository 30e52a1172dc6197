"""The families of this file are all here, and every example is told under the type that shows it, with its values in words."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.cases import EventType
from periderm.engines.baseline.event_types_process import TYPES
from tests.event_types import check_examples, check_families

FAMILIES = ["01", "02"]


def test_families() -> None:
    """No type stands in another family's file, and numbers follow one another."""
    check_families(TYPES, FAMILIES)


@pytest.mark.parametrize("event_type", TYPES, ids=lambda each: str(each.number))
def test_examples(event_type: EventType) -> None:
    """The example is told by this type alone, with no place of a message left open; its look-alike is not told at all."""
    check_examples(event_type, TYPES)
