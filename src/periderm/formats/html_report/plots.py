"""Draws small plots as SVG: bars that lie, and columns. Styled by classes alone, since the page's policy forbids the rest."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.formats.html_report.words import label, plain

_WIDTH, _ROW, _LABEL = 500, 24, 210
_BAR = _WIDTH - _LABEL - 56
Part = tuple[float, str]  # how much, and the class of its colour


def bars(rows: Sequence[tuple[str, Sequence[Part]]], title: str) -> str:
    """One lying bar for each (label, parts), all to one scale; the sum stands behind it."""
    most = max((sum(size for size, _ in parts) for _, parts in rows), default=0) or 1
    drawn = []
    for number, (name, parts) in enumerate(rows):
        top, left = number * _ROW, float(_LABEL)
        total = sum(size for size, _ in parts)
        drawn.append(f'<text x="0" y="{top + 16}">{label(name, 26)}<title>{plain(name)}</title></text>')
        drawn.append(f'<rect class="track" x="{_LABEL}" y="{top + 4}" width="{_BAR}" height="15" rx="2"/>')
        for size, colour in parts:
            width = size / most * _BAR
            drawn.append(f'<rect class="{colour}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="15"/>')
            left += width
        drawn.append(f'<text class="dimmed" x="{_LABEL + _BAR + 8}" y="{top + 16}">{total:g}</text>')
    return _picture(drawn, len(rows) * _ROW, title)


def columns(values: Sequence[int], labels: Sequence[str], title: str) -> str:
    """One standing column for each value, with its label below and its value above."""
    most, height = max(values, default=0) or 1, 120
    step = _WIDTH / max(1, len(values))
    drawn = []
    for number, (value, name) in enumerate(zip(values, labels, strict=True)):
        tall = value / most * (height - 20)
        left, middle = number * step + 3, (number + 0.5) * step
        drawn.append(f'<rect class="bar" x="{left:.1f}" y="{height - tall:.1f}" width="{step - 6:.1f}" height="{tall:.1f}"/>')
        if value:
            drawn.append(
                f'<text class="dimmed" x="{middle:.1f}" y="{height - tall - 4:.1f}" text-anchor="middle">{value}</text>'
            )
        drawn.append(f'<text x="{middle:.1f}" y="{height + 16}" text-anchor="middle">{plain(name)}</text>')
    return _picture(drawn, height + 22, title)


def _picture(drawn: Sequence[str], height: int, title: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{plain(title)}">{"".join(drawn)}</svg>'
