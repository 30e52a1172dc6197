"""The page of the report that `periderm scan --format json` prints: every struct and enum that can be in it, from the top."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from periderm.app.write_report import FORMS
from periderm.model.report import SCHEMA, Report
from tools.reference.markdown import cell, code, page, table
from tools.reference.values import enum_part, struct_part

_INTRODUCTION = f"""What `periderm scan … --format json` prints is one `Report`, UTF-8, in this stable form. `schema` is
`{SCHEMA}`: it changes when a field changes its meaning or goes; new fields may come at any time, so take what you know
and leave the rest. Times are Unix nanoseconds, 0 where unknown. A text is a pair: English, Chinese."""


def pages() -> dict[str, str]:
    """File name to text."""
    kinds = list(dict.fromkeys(_reachable(Report)))
    parts = [struct_part(k) if issubclass(k, msgspec.Struct) else enum_part(k) for k in kinds]
    forms = [(code(name), cell(told.en), " ".join(code(end) for end in ends)) for name, (_, told, ends) in FORMS.items()]
    return {
        "report.md": page(
            "The report of a scan",
            "## Forms\n\nWhat `--format` and `--output` take.\n\n" + table(("form", "what it is", "endings"), forms),
            "## JSON\n\n" + _INTRODUCTION,
            *parts,
        )
    }


def _reachable(kind: Any) -> Iterator[type[msgspec.Struct] | type[enum.Enum]]:
    """A struct and all that its fields can hold, in the order in which a reader meets them."""
    waiting, seen = [kind], set()
    while waiting:
        kind = waiting.pop(0)
        if kind in seen:
            continue
        seen.add(kind)
        yield kind
        if issubclass(kind, msgspec.Struct):
            waiting += [found for hint in get_type_hints(kind).values() for found in _inside(hint)]


def _inside(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is not None or isinstance(hint, types.UnionType):
        for part in get_args(hint):
            yield from _inside(part)
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct | enum.Enum):
        yield hint
