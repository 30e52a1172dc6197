"""The table of contents of a zip file."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages import zip_directory
from periderm.model.errors import FormatError, LimitError
from tests.formats.languages.samples import jar, overlapping

contents = st.dictionaries(
    st.from_regex(r"[a-z]{1,6}(/[a-z]{1,6})?(\.jar)?", fullmatch=True), st.binary(max_size=300), max_size=5
)


@given(contents, st.binary(max_size=40))
def test_agrees_with_the_library(files: dict[str, bytes], before: bytes) -> None:
    """Names and contents as zipfile wrote them, also behind a shell script."""
    data = memoryview(before + jar(files))
    told = {m.name: bytes(zip_directory.content(data, m, 1000, "x")) for m in zip_directory.members(data, "x")}
    assert told == files


def test_many_entries_need_the_wide_form() -> None:
    """More than 65,535 entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(66_000):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    assert len(zip_directory.members(memoryview(out.getvalue()), "x")) == 66_000


def test_limits_of_a_member() -> None:
    """More than was allowed is a limit; the beginning may be asked for."""
    data = memoryview(jar({"zeros": bytes(100_000), "x.jar": bytes(5_000)}))
    for member in zip_directory.members(data, "x"):
        with pytest.raises(LimitError):
            zip_directory.content(data, member, 1_000, "x")
        assert len(zip_directory.content(data, member, 1_000, "x", head=True)) == 1_000


def test_overlap_and_damage() -> None:
    """Members that share bytes, a cut directory, members elsewhere, encrypted ones."""
    data = jar({"a": b"1" * 50, "b": b"2" * 50})
    with pytest.raises(FormatError, match="overlap"):
        zip_directory.members(memoryview(overlapping(data)), "x")
    for cut in (data[:-30], data[60:], b"", b"PK\x05\x06" + b"\xff" * 18):
        with pytest.raises(FormatError):
            zip_directory.members(memoryview(cut), "x")
    moved = bytearray(data)
    struct.pack_into("<H", moved, data.index(b"PK\x01\x02") + 8, 1)
    first = zip_directory.members(memoryview(bytes(moved)), "x")[0]
    with pytest.raises(FormatError, match="encrypted"):
        zip_directory.content(memoryview(bytes(moved)), first, 100, "x")


def test_a_comment_is_no_directory() -> None:
    """An end record in the comment of the archive does not hide what is in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a"), b"1")
        archive.comment = b"x" + jar({"b": b"2"}) + b"y"
    assert [m.name for m in zip_directory.members(memoryview(out.getvalue()), "x")] == ["a"]
    assert [m.name for m in zip_directory.members(memoryview(jar({"c": b"3"}) + b"behind it"), "x")] == ["c"]


def test_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Are a limit."""
    monkeypatch.setattr(zip_directory, "MOST_ENTRIES", 1)
    with pytest.raises(LimitError):
        zip_directory.members(memoryview(jar({"a": b"", "b": b""})), "x")
