"""Writes a PDF (ISO 32000-1) of text, tables and simple lines on A4 pages: what an incident is handed on as.

Latin text uses the standard fonts, Chinese the standard Adobe-GB1 font by name: no font is embedded, viewers bring them. Knows
nothing of what it writes; reads nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.model.text import printable

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 48.0
ROOM = WIDTH - 2 * MARGIN
LEADING = 1.4
MOST_TEXT = 4_000  # characters of one text; more is cut, with a mark
# Helvetica, from the font's own metrics (Adobe Font Metrics), thousandths of its size, from the blank to the tilde.
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584 "
)
_HELVETICA = tuple(int(width) for width in _WIDTHS.split())
_BOLD = 1.09  # how much wider bold is, at most
_COURIER, _WIDE = 600, 1000
_TOKENS = re.compile(r"[ ]+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s")
_FONTS = {
    "F1": "/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding",
    "F2": "/Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding",
    "F3": "/Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding",
}
_CHINESE = (
    "/Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding /UniGB-UTF16-H "
    "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 "
    "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>]"
)


class Style(msgspec.Struct, frozen=True):
    """How text looks: size in points, bold, of one width, grey (0 black to 1 white)."""

    size: float = 9.5
    bold: bool = False
    mono: bool = False
    grey: float = 0.0


PLAIN, SMALL, CODE = Style(), Style(8, grey=0.35), Style(8, mono=True)
HEADINGS = (Style(17, bold=True), Style(12, bold=True), Style(10, bold=True))


class Document:
    """Content from top to bottom; pages begin by themselves. Lengths are points."""

    def __init__(self, title: str, language: str = "en", footer: str = "") -> None:
        self._title = title
        self._language = language
        self._footer = footer
        self._pages: list[list[str]] = []
        self._y = 0.0
        self._turn()

    def heading(self, text: str, level: int = 1) -> None:
        """With at least a few lines of what follows on the same page."""
        style = HEADINGS[min(level, len(HEADINGS)) - 1]
        self.space(style.size * 0.8)
        self._need(style.size * 5)
        self.text(text, style)
        self.space(style.size * 0.2)

    def text(self, text: str, style: Style = PLAIN, indent: float = 0.0) -> None:
        """One paragraph, wrapped."""
        for line in wrap(text, style, ROOM - indent):
            self._need(style.size * LEADING)
            self._y -= style.size * LEADING
            self._put(line, MARGIN + indent, self._y, style)

    def space(self, height: float) -> None:
        """Nothing for so long."""
        self._y = max(MARGIN, self._y - height)

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float], mono: Sequence[int] = ()
    ) -> None:
        """Columns take their `shares` of the width; those in `mono` are of one width. The head stands again on each page."""
        whole = sum(shares)
        widths = [ROOM * share / whole for share in shares]
        self._row(head, widths, Style(8, bold=True), ())
        for row in rows:
            if self._row(row, widths, Style(8), mono, fits_only=True):
                continue
            self._turn()
            self._row(head, widths, Style(8, bold=True), ())
            self._row(row, widths, Style(8), mono)

    def drawing(self, height: float) -> Drawing:
        """Room for lines and marks, from its own upper left corner."""
        self._need(height)
        self._y -= height
        return Drawing(self._pages[-1], self._y + height, self._put)

    def write(self) -> bytes:
        """The file. The same content gives the same bytes."""
        return _File(self._title, self._language).of(self._pages, self._footer)

    def _row(
        self, cells: Sequence[str], widths: Sequence[float], style: Style, mono: Sequence[int], *, fits_only: bool = False
    ) -> bool:
        """Draws a row; with `fits_only` it is not drawn and False where this page has no room for it but a new one has."""
        styles = [msgspec.structs.replace(style, mono=True, size=7) if at in mono else style for at in range(len(cells))]
        lines = [list(wrap(cell, styles[at], widths[at] - 6)) for at, cell in enumerate(cells)]
        height = max(len(cell) for cell in lines) * style.size * LEADING + 4
        most = HEIGHT - 2 * MARGIN - 40
        if fits_only and self._y - height < MARGIN and height < most:
            return False
        shown = int((min(height, most) - 4) / (style.size * LEADING))
        height = min(height, most)
        self._need(height)
        x = MARGIN
        for at, cell in enumerate(lines):
            for number, line in enumerate(cell[:shown]):
                self._put(line, x, self._y - (number + 1) * style.size * LEADING, styles[at])
            x += widths[at]
        self._y -= height
        self._pages[-1].append(f"0.8 G 0.4 w {MARGIN:.1f} {self._y:.1f} m {WIDTH - MARGIN:.1f} {self._y:.1f} l S")
        return True

    def _put(self, text: str, x: float, y: float, style: Style) -> None:
        grey = style.grey
        parts = [f"BT {grey:.2f} g {x:.2f} {y:.2f} Td"]
        for font, run in _runs(text, style):
            parts.append(f"/{font} {style.size:g} Tf {run} Tj")
        self._pages[-1].append(" ".join([*parts, "ET"]))

    def _need(self, height: float) -> None:
        if self._y - height < MARGIN:
            self._turn()

    def _turn(self) -> None:
        self._pages.append([])
        self._y = HEIGHT - MARGIN


class Drawing:
    """A part of a page. `x` from the left margin, `y` downward from its own top. Greys from 0 (black) to 1 (white)."""

    def __init__(self, page: list[str], top: float, put: Callable[[str, float, float, Style], None]) -> None:
        self._page = page
        self._top = top
        self._put = put

    def line(self, x1: float, y1: float, x2: float, y2: float, *, width: float = 0.8, grey: float = 0.3) -> None:
        """A straight one."""
        a, b, c, d = MARGIN + x1, self._top - y1, MARGIN + x2, self._top - y2
        self._page.append(f"{grey:.2f} G {width:.2f} w {a:.2f} {b:.2f} m {c:.2f} {d:.2f} l S")

    def box(self, x: float, y: float, width: float, height: float, *, grey: float = 0.85) -> None:
        """A filled rectangle."""
        self._page.append(f"{grey:.2f} g {MARGIN + x:.2f} {self._top - y - height:.2f} {width:.2f} {height:.2f} re f")

    def text(self, text: str, x: float, y: float, style: Style = SMALL) -> None:
        """On one line, not wrapped; `y` is its foot."""
        self._put(text, MARGIN + x, self._top - y, style)


def width_of(text: str, style: Style) -> float:
    """How wide a text is, or a little less."""
    total = 0.0
    for c in text:
        if _chinese(c):
            total += _WIDE
        elif style.mono:
            total += _COURIER
        else:
            total += (_HELVETICA[ord(c) - 32] if " " <= c <= "~" else 600) * (_BOLD if style.bold else 1)
    return total * style.size / 1000


def wrap(text: str, style: Style, room: float) -> Iterator[str]:
    """Lines that fit, at least one; a word that is too long is broken. What cannot be seen becomes an escape."""
    told = printable(text, MOST_TEXT)
    line, wide = "", 0.0
    for token in _TOKENS.findall(told):
        for piece in _broken(token, style, room):
            length = width_of(piece, style)
            if line and wide + length > room:
                yield line.rstrip()
                line, wide = "", 0.0
                if piece.isspace():
                    continue
            line += piece
            wide += length
    yield line.rstrip()


def _broken(token: str, style: Style, room: float) -> Iterator[str]:
    """The token, in pieces if it does not fit a line."""
    if width_of(token, style) <= room:
        yield token
        return
    piece, wide = "", 0.0
    for c in token:
        length = width_of(c, style)
        if piece and wide + length > room:
            yield piece
            piece, wide = "", 0.0
        piece += c
        wide += length
    yield piece


def _chinese(c: str) -> bool:
    """Whether the Latin fonts' encoding (Windows 1252) does not have it."""
    return c > "~" and not _latin(c)


def _latin(c: str) -> bool:
    try:
        c.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _runs(text: str, style: Style) -> Iterator[tuple[str, str]]:
    """Fonts and strings of a line."""
    latin = "F3" if style.mono else "F2" if style.bold else "F1"
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and _chinese(text[at]) == _chinese(text[start]):
            continue
        run = text[start:at]
        if _chinese(run[0]):
            yield "F4", f"<{run.encode('utf-16-be', 'replace').hex()}>"
        else:
            yield latin, f"<{run.encode('cp1252', 'replace').hex()}>"
        start = at


class _File:
    """Objects, their places, and the table of those."""

    def __init__(self, title: str, language: str) -> None:
        self._title = title
        self._language = language
        self._objects: list[bytes] = []

    def of(self, pages: Sequence[Sequence[str]], footer: str) -> bytes:
        """Objects: 1 catalogue, 2 pages, 3 to 6 fonts, 7 information, then two for each page."""
        first = 8
        kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
        lang = "zh-Hans" if self._language == "zh" else "en"
        self._add(f"<< /Type /Catalog /Pages 2 0 R /Lang ({lang}) /ViewerPreferences << /DisplayDocTitle true >> >>")
        self._add(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
        for font in (*_FONTS.values(), _CHINESE):
            self._add(f"<< {font} >>")
        named = ("\ufeff" + printable(self._title, 200)).encode("utf-16-be", "replace").hex()
        self._add(f"<< /Title <{named}> /Producer (Periderm) >>")
        fonts = " ".join(f"/F{at} {at + 2} 0 R" for at in range(1, 5))
        for at, page in enumerate(pages):
            self._add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH:g} {HEIGHT:g}] /Resources << /Font << {fonts} >> >> "
                f"/Contents {first + 2 * at + 1} 0 R >>"
            )
            foot = _foot(f"{footer}  {at + 1} / {len(pages)}".strip())
            data = zlib.compress("\n".join([*page, foot]).encode("ascii"), 9)
            self._add(f"<< /Length {len(data)} /Filter /FlateDecode >>\nstream\n".encode() + data + b"\nendstream")
        return self._whole()

    def _add(self, body: str | bytes) -> None:
        self._objects.append(body if isinstance(body, bytes) else body.encode("ascii"))

    def _whole(self) -> bytes:
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self._objects, 1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
        out += f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
        return bytes(out)


def _foot(text: str) -> str:
    style = SMALL
    parts = [f"BT {style.grey:.2f} g {MARGIN:.2f} {MARGIN - 22:.2f} Td"]
    parts += [f"/{font} 7 Tf {run} Tj" for font, run in _runs(printable(text, 160), style)]
    return " ".join([*parts, "ET"])
