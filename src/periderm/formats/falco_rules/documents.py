"""Falco's rule files as lists, macros and rules, with `append`, `override` and exceptions put together in the order of the
files. Understands no condition.

Source: falco.org/docs/concepts/rules/overriding, …/exceptions. Bounded: 8 MiB and 40 levels a file, 20,000 items.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from periderm.model.errors import FormatError, LimitError

MOST, DEEPEST, MOST_ITEMS = 8 << 20, 40, 20_000
_TEXTS = {"condition": "condition", "output": "output", "desc": "description", "priority": "priority", "source": "source"}
_JOINED = frozenset(("condition", "output", "desc"))


class RuleException(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's exception: fields, comparisons, and lines of values; a single field has `single`."""

    name: str
    fields: tuple[str, ...] = ()
    comparisons: tuple[str, ...] = ()
    single: bool = False
    values: tuple[Any, ...] = ()


class FalcoRule(msgspec.Struct, kw_only=True):
    """A rule as all files together say it."""

    name: str
    condition: str = ""
    output: str = ""
    description: str = ""
    priority: str = ""
    source: str = "syscall"
    tags: tuple[str, ...] = ()
    enabled: bool = True
    exceptions: dict[str, RuleException] = {}


class FalcoFile(msgspec.Struct, kw_only=True):
    """What all files say."""

    lists: dict[str, list[str]] = {}
    macros: dict[str, str] = {}
    rules: dict[str, FalcoRule] = {}


def read(files: Iterable[tuple[str, bytes]]) -> FalcoFile:
    """All files (name and bytes) in their order. Raises FormatError for what is no rule file; items that are none of a list,
    macro or rule (versions, plugins) are left out."""
    found = FalcoFile()
    count = 0
    for where, data in files:
        items = _items(data, where)
        count += len(items)
        if count > MOST_ITEMS:
            raise LimitError(f"there are more than {MOST_ITEMS} items.", where=where)
        for item in items:
            _take(found, item, where)
    return found


def _items(data: bytes, where: str) -> list[dict[str, Any]]:
    """The document: a list of mappings. Scalars stay texts; aliases are not followed."""
    import yaml

    if len(data) > MOST:
        raise LimitError(f"it is larger than {MOST >> 20} MiB.", where=where)
    depth = 0
    try:
        for event in yaml.parse(data, Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    raise LimitError(f"it is nested more than {DEEPEST} deep.", where=where)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.AliasEvent):
                raise FormatError("it uses aliases ('*name').", "Write them out.", where=where)
        plain = yaml.load(data, Loader=yaml.CBaseLoader)  # noqa: S506 -- the base loader makes texts, lists and mappings only
    except (yaml.YAMLError, UnicodeError, ValueError, TypeError, RecursionError) as error:
        told = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise FormatError(f"it is no YAML: {told}.", where=where) from error
    if plain in (None, ""):
        return []
    if not isinstance(plain, list):
        raise FormatError("it is no list of rules.", "Name a file of Falco's rules.", where=where)
    return [item for item in plain if isinstance(item, dict)]


def _take(found: FalcoFile, item: dict[str, Any], where: str) -> None:
    override = item.get("override")
    ways = {str(k): str(v) for k, v in override.items()} if isinstance(override, dict) else {}
    append = item.get("append") == "true"
    if "list" in item:
        name, values = _text(item["list"], where), [v for v in _sequence(item.get("items")) if isinstance(v, str)]
        more = append or ways.get("items") == "append"
        found.lists[name] = [*found.lists.get(name, ()), *values] if more else values
    elif "macro" in item:
        name, condition = _text(item["macro"], where), _text(item.get("condition", ""), where)
        more = append or ways.get("condition") == "append"
        found.macros[name] = f"{found.macros.get(name, '')} {condition}" if more else condition
    elif "rule" in item:
        _rule(found, item, ways, where, append=append)


def _rule(found: FalcoFile, item: dict[str, Any], ways: dict[str, str], where: str, *, append: bool) -> None:
    name = _text(item["rule"], where)
    known = found.rules.get(name)
    if set(item) <= {"rule", "enabled"} and known is not None:
        known.enabled = item.get("enabled") != "false"
        return
    if known is None or not (append or ways):
        known = found.rules[name] = FalcoRule(name=name)
    for key, field in _TEXTS.items():
        if key in item:
            text = _text(item[key], where)
            more = key in _JOINED and (append or ways.get(key) == "append")
            setattr(known, field, f"{getattr(known, field)} {text}".strip() if more else text)
    if "tags" in item:
        tags = tuple(tag for tag in _sequence(item["tags"]) if isinstance(tag, str))
        known.tags = (*known.tags, *tags) if append or ways.get("tags") == "append" else tags
    if "enabled" in item:
        known.enabled = item["enabled"] != "false"
    if "exceptions" in item:
        replaced = ways.get("exceptions") == "replace"
        known.exceptions = {} if replaced else dict(known.exceptions)
        for each in _sequence(item["exceptions"]):
            if isinstance(each, dict):
                _exception(known.exceptions, each, where)


def _exception(known: dict[str, RuleException], item: dict[str, Any], where: str) -> None:
    name = _text(item.get("name", ""), where)
    before = known.get(name, RuleException(name=name))
    fields, single = before.fields, before.single
    if "fields" in item:
        single = isinstance(item["fields"], str)
        fields = (item["fields"],) if single else tuple(v for v in _sequence(item["fields"]) if isinstance(v, str))
    comparisons = before.comparisons
    if "comps" in item:
        told = item["comps"]
        comparisons = (told,) if isinstance(told, str) else tuple(v for v in _sequence(told) if isinstance(v, str))
    if not comparisons:
        comparisons = ("in",) if single else ("=",) * len(fields)
    values = (*before.values, *_sequence(item.get("values")))
    known[name] = RuleException(name=name, fields=fields, comparisons=comparisons, single=single, values=values)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise FormatError("a name or a condition in it is no text.", where=where)
    return " ".join(value.split()) if "\n" in value else value.strip()


def _sequence(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
