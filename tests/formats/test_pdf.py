"""A PDF that readers open: its parts are where its table says, and what it says can be read out of it again."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats import pdf
from periderm.formats.pdf import CODE, PLAIN, Document, Style


def document(*texts: str) -> bytes:
    """A heading, paragraphs, a table and a drawing."""
    made = Document("A title 标题", "zh", "foot")
    made.heading("Heading")
    for text in texts:
        made.text(text)
    made.table(["One", "Two"], [(text, "x") for text in texts], (3, 1), (0,))
    drawing = made.drawing(40)
    drawing.line(0, 0, 10, 10)
    drawing.box(1, 1, 5, 5)
    drawing.text("mark", 0, 20)
    return made.write()


def checked(data: bytes) -> int:
    """The number of pages of a file whose structure holds (ISO 32000-1, 7.5)."""
    assert data.startswith(b"%PDF-1.7\n")
    assert data.endswith(b"%%EOF\n")
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    table = data[start:].split(b"trailer")[0].splitlines()
    assert table[0] == b"xref"
    count = int(table[1].split()[1])
    for number, line in enumerate(table[3:], 1):
        place = int(line[:10])
        assert data[place:].startswith(b"%d 0 obj\n" % number)
    assert len(table) == count + 2
    for length, body in _streams(data):
        assert len(body) == length
        zlib.decompress(body).decode("ascii")
    return data.count(b"/Type /Page ")


def _streams(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    for match in re.finditer(rb"/Length (\d+) /Filter /FlateDecode >>\nstream\n", data):
        length = int(match[1])
        found.append((length, data[match.end() : match.end() + length]))
        assert data[match.end() + length :].startswith(b"\nendstream")
    return found


def test_a_document_has_its_parts() -> None:
    """In their places; a long one has more pages, each with its number."""
    assert checked(document("hello", "你好")) == 1
    assert checked(document(*(f"line {n}" for n in range(200)))) > 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=400), max_size=8))
def test_any_text_makes_a_whole_file(texts: list[str]) -> None:
    """Line breaks, parentheses, surrogates, directions: nothing of it reaches the file's own syntax."""
    checked(document(*texts))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from([PLAIN, CODE, Style(20, bold=True)]), st.floats(30, 500))
def test_lines_fit(text: str, style: Style, room: float) -> None:
    """No line is wider than its room, unless one character is."""
    for line in pdf.wrap(text, style, room):
        assert len(line) <= 1 or pdf.width_of(line, style) <= room + 0.01


def test_long_text_is_cut_and_a_long_row_is_bounded() -> None:
    """A hostile name of a million characters makes no book."""
    assert checked(document("x" * 1_000_000)) <= 5
    assert sum(len(line) for line in pdf.wrap("y" * 1_000_000, PLAIN, 400)) <= pdf.MOST_TEXT


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's tools are not on this machine")
def test_another_reader_reads_it(tmp_path: Path) -> None:
    """Latin and Chinese, and what cannot be seen as an escape."""
    file = tmp_path / "a.pdf"
    file.write_bytes(document("plain (text) \\ é", "内核终止了 kworkerds。", "evil\u202egnp.exe\x1b[31m"))
    told = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
    assert "plain (text) \\ é" in told
    assert "evil\\u202egnp.exe\\x1b[31m" in told
    assert "kworkerds" in told
    named = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True).stdout
    assert "A title 标题" in named
