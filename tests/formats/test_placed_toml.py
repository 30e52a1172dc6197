"""TOML whose keys know where they stand."""

from __future__ import annotations

import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.placed_toml import MOST_BYTES, Placed, read

_NAME = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=6)
_QUOTED = (
    st.text(max_size=6).filter(lambda t: t.isprintable()).map(lambda t: '"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"')
)
_VALUE = st.sampled_from(
    [
        "1",
        "true",
        '"a # b"',
        "'[x]'",
        "[1, # c\n  [2, 3]]",
        "{a = 1, b = ['}']}",
        '"""x\n[y]\n"\\"""""',
        "'''\nz = 1\n'''",
        "1979-05-27",
    ]
)


def test_keys_know_their_line_and_column() -> None:
    """Behind comments, in tables, quoted, dotted; what is inside strings and arrays is no key."""
    data = b'# first\r\na = 1\n[paths] # table\n  "st.ate" = [ \'x\', # ]\n "b = 2" ]\n'
    data += b'cache.b = """\nno = 1\n"""\n[[rows]]\nx = 1\n'
    placed, fault = read(data)
    assert fault is None
    assert placed[:3] == (
        Placed(("a",), 1, 2, 1),
        Placed(("paths", "st.ate"), ["x", "b = 2"], 4, 3),
        Placed(("paths", "cache", "b"), "no = 1\n", 6, 1),
    )
    assert (placed[3].path, placed[3].line, placed[3].value) == (("rows", "x"), 10, [{"x": 1}])


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"a = 1\nb =\n", 2, 4),
        (b"a = ", 1, 5),
        (b"a = 1\na = 2\n", 2, 6),
        (b"a = 1\nb = \xff", 2, 5),
        (b"[a\nb = 1", 1, 3),
        (b"a" * (MOST_BYTES + 1), 1, 1),
        (b"a = " + b"[" * 100_000, 1, 1),
        (b"a = " + b"9" * 10_000, 1, 1),
    ],
)
def test_what_is_wrong_is_placed(data: bytes, line: int, column: int) -> None:
    """With line and column, and never with an exception."""
    placed, fault = read(data)
    assert placed == ()
    assert fault is not None
    assert (fault.line, abs(fault.column - column) <= 1) == (line, True)


@given(st.lists(st.tuples(st.one_of(_NAME, _QUOTED), _VALUE, st.integers(0, 2)), max_size=8))
def test_every_key_is_found_where_it_stands(entries: list[tuple[str, str, int]]) -> None:
    """Whatever stands between them: the text at the place is the key."""
    text = "".join("\n" * blank + f"  {key} = {value} # = \n" for key, value, blank in entries)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # the same key twice
        return
    placed, fault = read(text.encode())
    assert fault is None
    assert {p.path[0]: p.value for p in placed} == tree
    lines = text.split("\n")
    assert [lines[p.line - 1][p.column - 1 :].startswith(key) for p, (key, _, _) in zip(placed, entries, strict=True)] == [
        True
    ] * len(entries)
