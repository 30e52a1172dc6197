"""The text of volume groups."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.disk.lvm_text import number, parse, sections, text, words
from periderm.model.errors import FormatError

SOME = """
contents = "Text Format Volume Group" # a comment = { "x
version = 1
vg-0 {
  id = "a\\"b"
  status = ["READ", "WRITE"]
  ratio = 1.5
  segment1 { stripes = [
    "pv0", 0,
    "pv1", -7 ]
  }
  segment2 { }
}
"""


def test_sections_strings_and_lists() -> None:
    """All that the grammar has, comments and escapes too."""
    found = parse(SOME)
    group = found["vg-0"]
    assert isinstance(group, dict)
    assert (text(group, "id"), words(group, "status"), group["ratio"]) == ('a"b', ["READ", "WRITE"], 1.5)
    assert [name for name, _ in sections(group, "segment")] == ["segment1", "segment2"]
    assert sections(found, "vg-0")[0][1]["stripes"] == ["pv0", 0, "pv1", -7]
    assert (number(found, "version"), number(group, "id"), text(group, "ratio"), words(group, "id")) == (1, 0, "", [])


@pytest.mark.parametrize(
    "given_", ["a {", "a =", "= 1", "a = [", "a = {", "}", "a = %", "a { b = 1 } c", "x {" * 40, "a=" + "9" * 5000]
)
def test_what_is_no_description(given_: str) -> None:
    """Text that ends too early, or is something else, is an error."""
    with pytest.raises(FormatError):
        parse(given_)


@given(st.text(alphabet='ab1={}[]",#\n \\-.', max_size=80))
def test_any_text_ends(given_: str) -> None:
    """No text makes it do anything but end."""
    with contextlib.suppress(FormatError):
        parse(given_)
