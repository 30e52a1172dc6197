"""Foreign bytes to plain values."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages import reading
from periderm.model.errors import FormatError, LimitError

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=10,
)


@given(values)
def test_json_with_extras_is_json(value: object) -> None:
    """Comments and commas at the end change nothing, whatever stands in the texts."""
    text = json.dumps(value, indent=1).replace("\n}", ", // c }\n}").replace("\n]", ",\n]")
    if not re.search(r'"[^"\n]*[\[\]{}\\][^"\n]*"', text):  # the texts hold no brackets that the line above would change
        assert reading.json_with_comments(text.encode(), "x") == value
    plain = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert reading.json_with_comments(b"/* a ] */ " + plain + b" // b", "x") == reading.json_of(plain, "x")


def test_marks_and_bad_bytes() -> None:
    """Byte order marks are taken off, bad bytes replaced."""
    assert reading.json_of(b'\xef\xbb\xbf{"a": "\xff"}', "x") == {"a": "\ufffd"}
    assert reading.json_of('{"a": 1}'.encode("utf-16"), "x") == {"a": 1}
    assert reading.decoded(b"\xef\xbb\xbfa") == "a"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_deep_json(text: str) -> None:
    """A limit, not a crash."""
    with pytest.raises(LimitError):
        reading.json_of(text.encode(), "x")


def test_deep_and_dotted_toml() -> None:
    """Depth is a limit, and so are keys of very many parts."""
    with pytest.raises(FormatError):
        reading.toml_of(b"a = " + b"[" * 100_000, "x")
    for text in (b"a." * 100_000 + b"b = 1", b"[" + b"a . " * 100_000 + b"b]"):
        with pytest.raises(LimitError, match="parts"):
            reading.toml_of(text, "x")
    assert reading.toml_of(b"a = '" + b"x" * 500_000 + b"'", "x")
    with pytest.raises(FormatError):
        reading.toml_of(b"a = " + b"9" * 10_000, "x")


def test_documents_that_would_grow() -> None:
    """A few megabytes of empty lists would be hundreds in memory; they are refused before they are read."""
    for data in (b"[" + b"[]," * 1_000_001 + b"[]]", b"[" + b"1," * 4_000_001 + b"1]"):
        with pytest.raises(LimitError):
            reading.json_of(data, "x")
    with pytest.raises(LimitError):
        reading.yaml_of(b"- a\n" * 4_000_001, "x")
    assert len(reading.items(reading.json_of(b"[" + b"[]," * 9_999 + b"[]]", "x"))) == 10_000


def test_lists_of_files_are_left_out() -> None:
    """What a lock says of wheels is not needed; what it says of dependencies is."""
    text = b'wheels = [\n    { url = "x", size = 1 },\n]\ndependencies = [\n    { name = "y" },\n]\n'
    assert reading.toml_of(text, "x") == {"wheels": [], "dependencies": [{"name": "y"}]}


def test_yaml_keeps_texts() -> None:
    """A version that looks like a number stays what was written, in the plain and in the whole reader."""
    assert reading.yaml_of(b"a: 1.10\nb: no\n", "x") == {"a": "1.10", "b": "no"}
    assert reading.yaml_of(b"a: 1.10\nb: !!x no\nc: |\n  d\n", "x") == {"a": "1.10", "b": "no", "c": "d\n"}


BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def test_hostile_yaml() -> None:
    """Aliases are refused, depth is a limit, damage an error."""
    with pytest.raises(FormatError, match="alias"):
        reading.yaml_of(BOMB, "x")
    with pytest.raises(FormatError):
        reading.yaml_of(b"[" * 100_000, "x")
    with pytest.raises(LimitError):
        reading.yaml_of(b"[" * 200 + b"]" * 200, "x")
    with pytest.raises(FormatError):
        reading.yaml_of(b"a: 'open", "x")


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Each reader gives a value or a FormatError."""
    for read in (reading.json_of, reading.json_with_comments, reading.toml_of, reading.yaml_of):
        with contextlib.suppress(FormatError):
            read(data, "x")


def test_values_are_never_trusted() -> None:
    """A value of another type is as good as none."""
    assert reading.text(5) == ""
    assert reading.table([1]) == {}
    assert reading.items({"a": 1}) == []
    assert list(reading.tables([{"a": 1}, 2])) == [{"a": 1}]
    assert list(reading.texts(["a", "", 3])) == ["a"]
