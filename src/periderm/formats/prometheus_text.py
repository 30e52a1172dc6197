"""Writes figures in Prometheus' text format, version 0.0.4. Reads none.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (HELP escapes backslash and line feed, label values also
the double quote; NaN, +Inf and -Inf are so spelt).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from periderm.model.metric import Family, Labels

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def write(families: Iterable[Family]) -> bytes:
    """All families that have samples, in order; names that the format does not know are left out."""
    return "".join(line + "\n" for family in families for line in _lines(family)).encode("utf-8", "replace")


def _lines(family: Family) -> Iterator[str]:
    if not family.samples or not _NAME.fullmatch(family.name):
        return
    meaning = family.meaning.replace("\\", "\\\\").replace("\n", "\\n")
    yield f"# HELP {family.name} {meaning}"
    yield f"# TYPE {family.name} {family.kind.value}"
    for sample in family.samples:
        yield f"{family.name}{sample.suffix}{_labels(sample.labels)} {number(sample.value)}"


def _labels(labels: Labels) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels if _LABEL.fullmatch(name))
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def number(value: float) -> str:
    """As Go's ParseFloat reads it; whole ones without a point."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1 << 53 else repr(value)
