"""YAML as texts: what was written is what is read, and no document costs more than its size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import plain_yaml
from periderm.model.errors import FormatError, LimitError


def test_scalars_stay_texts() -> None:
    """Versions, dates, booleans and nothing at all are what their file says."""
    found = plain_yaml.load(b"a: 1.10\nb: 2021-07-15\nc: yes\nd: ~\ne: [1, x]\n")
    assert found == {"a": "1.10", "b": "2021-07-15", "c": "yes", "d": "~", "e": ["1", "x"]}


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000, "{a: " * 100_000, "? " * 200_000, "a:\n b:\n  " + "- " * 60])
def test_depth(text: str) -> None:
    """Deep nesting ends in an error and not in the C parser's stack."""
    with pytest.raises(FormatError):
        plain_yaml.load(text.encode())


def test_aliases() -> None:
    """Neither a billion laughs nor a loop is built."""
    with pytest.raises(FormatError, match="aliases"):
        plain_yaml.load(b"a: &a [x, x]\nb: [*a, *a]\n")
    with pytest.raises(FormatError):
        plain_yaml.load(b"&a [*a]\n")


def test_size() -> None:
    """Beyond the limit nothing is parsed."""
    with pytest.raises(LimitError):
        plain_yaml.load(b"a" * (plain_yaml.MOST + 1))


@pytest.mark.parametrize("data", [b"a: b: c", b"\xff\xfe\xff", b"[a", b"? [x]\n: y\n", b"--- a\n--- b\n"])
def test_damage(data: bytes) -> None:
    """What is no single plain document says where it lies."""
    with pytest.raises(FormatError, match=r"^x\.yaml: ") as told:
        plain_yaml.load(data, where="x.yaml")
    assert told.value.where == "x.yaml"


def test_tags_make_nothing() -> None:
    """A tag that names a Python object is a text like any other."""
    assert plain_yaml.load(b"a: !!python/object:os.system x") == {"a": "x"}


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Nothing else is raised."""
    try:
        plain_yaml.load(data)
    except FormatError:
        return
