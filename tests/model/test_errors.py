"""Errors that a user may see."""

from __future__ import annotations

import inspect

import pytest

from periderm.model import errors

FAMILIES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.PeridermError)]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.__name__))
def test_every_family_says_what_and_what_next(family: type[errors.PeridermError]) -> None:
    """One root for all; each carries both sentences, and shows both, or the first alone."""
    error = family("It broke.", "Mend it.")
    assert isinstance(error, errors.PeridermError)
    assert (error.what, error.next_step, str(error)) == ("It broke.", "Mend it.", "It broke. Mend it.")
    assert str(family("It broke.")) == "It broke."
    assert inspect.getdoc(family)


def test_a_format_error_says_where() -> None:
    """The place stands before what happened; a limit is a kind of format error."""
    error = errors.LimitError("too deep", "Raise the limit.", where="layer 3")
    assert isinstance(error, errors.FormatError)
    assert (str(error), error.where) == ("layer 3: too deep Raise the limit.", "layer 3")
    assert errors.FormatError("odd").where == ""
