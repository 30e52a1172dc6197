"""How a row of the table is written."""

from __future__ import annotations

import re

from periderm.formats.binary.rows import at, row, text, within


def test_words_of_a_row() -> None:
    """`at` finds an anchor (and the version right behind it unless told otherwise), `within` searches a small file."""
    plain = at(b"x. (")
    assert re.search(plain.pattern.replace(b"<v>", rb"(\d)"), b"-x. (7")
    assert (at(b"a", b"b", 3).before, at(b"a", b"b", 3).pattern) == (3, b"b")
    assert within(b"a", b"b").whole
    assert not plain.whole
    assert row("n", r"n\d", "a:b c:d", plain).cpes == ("a:b", "c:d")
    assert text("n", "VERSION", "a:b", plain).text
