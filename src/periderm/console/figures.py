"""Figures for people: sizes, shares and counts in few characters. Computes only."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def size(count: int) -> str:
    """Bytes in powers of ten, as disks and registries count: '512 B', '1.2 MB', '218 MB'; '—' if not known."""
    if count < 0:
        return "—"
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 1 if unit and value < 9.95 else 0
    return f"{value:.{digits}f} {UNITS[unit]}"


def percent(share: float) -> str:
    """A share of 1 as '97 %', '4.2 %', '0.04 %', '<0.01 %'; '—' if it is not known (less than 0)."""
    if share < 0:
        return "—"
    value = share * 100
    if 0 < value < 0.005:
        return "<0.01 %"
    digits = 0 if value >= 9.95 else 1 if value >= 0.95 else 2
    return f"{value:.{digits}f} %" if value else "0 %"


def points(value: float) -> str:
    """Points of a priority: '87', '4.5', '+12', with a sign only below zero."""
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"
