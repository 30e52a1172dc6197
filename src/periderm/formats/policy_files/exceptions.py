"""`.periderm/exceptions.yaml`: exceptions beside the code, each with reason, owner, end and scope. Matches nothing.

exceptions:
  - reason: The vulnerable parser is not reachable, it is behind …
    owner: shop-team@example.org
    expires: 2026-12-31          # the last day, in UTC, on which it holds
    scope:
      findings: [CVE-2026-1234]
      images: [shop/*]
"""

from __future__ import annotations

import datetime

from periderm.formats.policy_files.nodes import Node, parse
from periderm.model.exception import Exemption, Scope
from periderm.model.ids import stable_id

FILE = ".periderm/exceptions.yaml"
MOST, MOST_PATTERNS = 5_000, 200
_FIELDS = ("id", "reason", "owner", "expires", "created", "scope")
_SCOPE = Scope.__struct_fields__
_DAY = 86_400 * 10**9


def read_exceptions(data: bytes, where: str = FILE) -> tuple[Exemption, ...]:
    """All exceptions of a file, also those that are over. One without an `id` gets one from what it says. Raises RuleError
    with line and column: no reason, no owner, no end, an empty scope, an unknown name; FormatError for what is no YAML."""
    fields = parse(data, where).fields("the file", ("exceptions",))
    if "exceptions" not in fields:
        return ()
    nodes = fields["exceptions"].as_list("exceptions")
    if len(nodes) > MOST:
        raise fields["exceptions"].error(f"There are more than {MOST} exceptions.")
    seen: set[str] = set()
    out = []
    for node in nodes:
        exemption = _exemption(node, where)
        if exemption.id in seen:
            raise node.error(f"There is an exception '{exemption.id[:60]}' already.", "Give each its own id, or remove one.")
        seen.add(exemption.id)
        out.append(exemption)
    return tuple(out)


def _exemption(node: Node, where: str) -> Exemption:
    fields = node.fields("an exception", _FIELDS, ("reason", "owner", "expires", "scope"))
    reason = fields["reason"].as_text("a reason")
    owner = fields["owner"].as_text("an owner", 1_000)
    expires = _day(fields["expires"]) + _DAY  # it holds on its last day
    scope = _scope(fields["scope"])
    told = fields["id"].as_text("an id", 200) if "id" in fields else stable_id("exc", reason, owner, scope)
    created = _day(fields["created"]) if "created" in fields else 0
    return Exemption(id=told, reason=reason, owner=owner, expires=expires, scope=scope, created=created, source=where)


def _scope(node: Node) -> Scope:
    fields = node.fields("a scope", _SCOPE)
    given = {name: each.texts("names or patterns") for name, each in fields.items()}
    for name, values in given.items():
        if len(values) > MOST_PATTERNS:
            raise fields[name].error(f"There are more than {MOST_PATTERNS} patterns.")
        if all(set(value) <= set("*/") for value in values) and values:
            raise fields[name].error("This pattern takes everything.", f"Leave '{name}' out, or say which.")
    scope = Scope(**given)
    if scope.empty:
        raise node.error("An exception for everything hides everything.", f"Name one of: {', '.join(_SCOPE)}.")
    return scope


def _day(node: Node) -> int:
    text = node.as_text("a day", 40)
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise node.error(f"'{text}' is no day.", "Write it as 2026-12-31.") from None
    return (day - datetime.date(1970, 1, 1)).days * _DAY
