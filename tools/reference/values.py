"""The pages of the values: the model's structs, event kinds and record format, coverage gaps, limits, policies, roles."""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from periderm import model
from periderm.model.event import EVENT_DTYPE, EventFlag, EventKind, Origin
from periderm.model.gap import GapKind
from periderm.model.limits import DiskLimits, ScanLimits
from tools.reference.commands import constants
from tools.reference.markdown import cell, code, page, table

_GAPS = {
    GapKind.EVENTS_LOST: "the ring between kernel and agent was full; so many events were not judged",
    GapKind.PATH_UNREADABLE: "the kernel side could not read a path (its page was not in memory)",
    GapKind.SYSCALL_VARIANT: "a call came by an entry that is seen but not decoded (io_uring, 32-bit)",
    GapKind.KERNEL_UNSUPPORTED: "this kernel lacks something that a kind of sight needs",
    GapKind.OWNER_UNKNOWN: "nobody is known to answer for an asset",
    GapKind.IMAGE_NOT_SCANNED: "an image is there and was never scanned, or its scan failed",
    GapKind.NOT_EXAMINED: "a scan left something out because of a limit or a broken part",
    GapKind.SUBJECT_UNKNOWN: "events came from namespaces that belong to no known container",
    GapKind.SENSOR_DOWN: "an agent has not been heard of",
    GapKind.CLOCK_OFF: "the clock of a machine goes before or behind the server's",
    GapKind.IDENTITY_COPIED: "an older certificate of a machine was used after its successor: somebody has a copy",
    GapKind.NOT_ITS_OWN: "a machine sent records of others; they were refused",
    GapKind.CLOCK_JUMP: "the clock of a machine jumped, so times around it may be wrong",
    GapKind.ENFORCEMENT_FAILED: "a program that a policy forbids was not stopped",
    GapKind.RULES_REFUSED: "a pack of rules was not taken into force; the one before it stays",
    GapKind.RULE_FAILED: "a rule could not be answered for some events (it asks for what is not there)",
    GapKind.DETAIL_SHED: "the agent was at its budget of CPU or memory, and gave up this detail of this asset",
    GapKind.ENFORCING_ENDED: "a policy that enforces a baseline hurt: it only tells from then on, until it is set again",
    GapKind.NOTIFIER_SILENT: "somebody who is to be told cannot be reached, so that nobody may know",
    GapKind.OWNERS_OLD: "a table of owners cannot be fetched, so that what is new may have none",
    GapKind.REGISTRY_SILENT: "a watched registry does not answer or lets nobody in: new images in it are not known",
    GapKind.HISTORY_SHORT: "events that were seen are not in the history, or left it before their age",
}


def pages() -> dict[str, str]:
    """File name to text."""
    return {"model.md": _model(), "events.md": _events(), "coverage-gaps.md": _gaps(), "limits.md": _limits()}


def _model() -> str:
    parts = [
        (
            "The values that cross every border of the product, and the fields of every `--json` document. Times are Unix "
            "nanoseconds. A text is a pair: English, Chinese."
        )
    ]
    for info in sorted(pkgutil.iter_modules(model.__path__), key=lambda i: i.name):
        module = importlib.import_module(f"periderm.model.{info.name}")
        own = [v for v in vars(module).values() if inspect.isclass(v) and v.__module__ == module.__name__]
        kinds = [c for c in own if issubclass(c, msgspec.Struct | enum.Enum)]
        if not kinds:
            continue
        parts.append(f"## {info.name}\n\n{_plain(module.__doc__)}")
        parts += [struct_part(c) if issubclass(c, msgspec.Struct) else enum_part(c) for c in kinds]
    return page("Model", *parts)


def _plain(doc: str | None) -> str:
    return cell(inspect.cleandoc(doc or "").split("\n\n")[0])


def _type(annotation: Any) -> str:
    """A type as short as it can be said."""
    text = annotation.__name__ if isinstance(annotation, type) and not hasattr(annotation, "__args__") else str(annotation)
    for module in ("typing.", "periderm.model.", "numpy."):
        text = text.replace(module, "")
    return ".".join(text.split(".")[-1:]) if "[" not in text and "|" not in text else text


def struct_part(kind: type[msgspec.Struct]) -> str:
    """A struct with its fields; one that is written as an array says so."""
    hints = get_type_hints(kind)
    rows = []
    for field in msgspec.structs.fields(kind):
        default = "required" if field.required else "" if field.default is msgspec.NODEFAULT else repr(field.default)
        shown = code(default) if default not in ("", "required") and len(default) < 40 else default[:40]
        rows.append((code(field.name), code(_type(hints.get(field.name, field.type))), shown))
    tag = kind.__struct_config__.tag
    told = f"`type` is `{tag}`." if tag else "Written as an array, in this order." if kind.__struct_config__.array_like else ""
    doc = " ".join(inspect.cleandoc(kind.__doc__ or "").split())
    return "\n\n".join(p for p in (f"### {kind.__name__}", cell(doc), told, table(("field", "type", "default"), rows)) if p)


def enum_part(kind: type[enum.Enum]) -> str:
    """An enumeration with its members."""
    doc = " ".join(inspect.cleandoc(kind.__doc__ or "").split())
    rows = [(code(member.name), code(str(member.value))) for member in kind]
    return f"### {kind.__name__}\n\n{cell(doc)}\n\n" + table(("name", "value"), rows)


def _members(kind: type[enum.Enum]) -> list[tuple[str, str, str]]:
    """Number, name and the comment beside each member."""
    comments = {name: comment for name, _, comment in constants(inspect.getsource(kind), "[A-Z]")}
    return [(str(m.value), code(m.name), cell(comments.get(m.name, ""))) for m in kind]


def _events() -> str:
    source = Path(inspect.getfile(EventKind)).read_text(encoding="utf-8")
    kinds, flags, origins = (_members(kind) for kind in (EventKind, EventFlag, Origin))
    lines = {line.split('"')[1]: line.partition("# ")[2] for line in source.splitlines() if line.strip().startswith('("')}
    kinds_of: Mapping[str, Any] = EVENT_DTYPE.fields or {}
    fields = [(str(kinds_of[n][1]), code(n), code(kinds_of[n][0].str), cell(lines.get(n, ""))) for n in kinds_of]
    return page(
        "Events and the record format",
        "What the sensor reports, live or from a recording. Numbers are never reused.",
        "## Kinds\n\n" + table(("number", "kind", "meaning"), kinds),
        "## Flags\n\n" + table(("bit", "flag", "meaning"), flags),
        "## Entries\n\nBy which entry a call came.\n\n" + table(("number", "origin", "meaning"), origins),
        f"## Rows\n\nOne row is {EVENT_DTYPE.itemsize} bytes in a batch.\n\n"
        + table(("offset", "field", "type", "meaning"), fields),
    )


def _gaps() -> str:
    rows = [(code(kind.value), _GAPS[kind]) for kind in GapKind]
    return page(
        "Coverage gaps",
        "What the product was blind to is counted and shown: in `periderm status`, in the console, and by the API.",
        table(("kind", "meaning"), rows),
    )


def _limits() -> str:
    return page(
        "Limits",
        "Bounds of one scan. What lies beyond a limit is not looked at, and becomes a finding and a coverage gap.",
        *_bounds(ScanLimits),
        "## Disks",
        *_bounds(DiskLimits),
    )


def _bounds(limits: type[msgspec.Struct]) -> tuple[str, str]:
    """What a struct of limits says of itself, and its values."""
    rows = [(code(f.name), f"{f.default:,}") for f in msgspec.structs.fields(limits)]
    return cell(" ".join(inspect.cleandoc(limits.__doc__ or "").split())), table(("limit", "value"), rows)
