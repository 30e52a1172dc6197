"""YAML as plain data: mappings, lists and texts, nothing else. It resolves no types and follows no aliases.

Every scalar stays the text that was written (`1.10` is no number, `2021-07-15` no date). The C parser of libyaml is
recursive and does not survive deep nesting, so the events are counted before anything is built.
"""

from __future__ import annotations

from periderm.model.errors import FormatError, LimitError

DEEPEST = 40
MOST = 8 << 20


def load(data: bytes, *, where: str = "") -> object:
    """The one document in the data. Raises FormatError; LimitError beyond 8 MiB or a depth of 40."""
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
                raise FormatError("it uses aliases, which no advisory needs.", where=where)
        return yaml.load(data, Loader=yaml.CBaseLoader)  # noqa: S506 -- the base loader makes texts, lists and mappings only
    except (yaml.YAMLError, UnicodeError, ValueError, TypeError, RecursionError) as error:
        # A mapping with a list as its key is a TypeError.
        raise FormatError(f"it is no YAML: {_short(error)}.", where=where) from error


def _short(error: Exception) -> str:
    """The first line of what the parser says."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
