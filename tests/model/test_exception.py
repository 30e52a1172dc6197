"""Promises of exceptions as values."""

from __future__ import annotations

import pytest

from periderm.model.exception import Scope


def test_a_scope_for_everything_is_empty() -> None:
    """And nobody means that."""
    assert Scope().empty


@pytest.mark.parametrize("field", Scope.__struct_fields__)
def test_any_field_makes_a_scope(field: str) -> None:
    """Also one that is added later."""
    assert not Scope(**{field: ("x",)}).empty
