"""What only rules about runtime events have: severity, technique, message, response; and exceptions as data. Understands no
condition.

    kind: runtime
    rules:
      - id: shell-in-shop
        title: {en: Run a shell in the shop, zh: 在商店中运行 shell}
        condition: kind == 'exec' && name in shells && container.startsWith('shop')
        severity: high                 # informational, low, medium, high, critical
        techniques: [T1059.004]
        message: "{name} was run in {container} by {parent}."
        response: kill-process         # asked for; done only where a policy allows it
        tests:
          - given: {kind: exec, exe: /bin/sh, container: shop-1}
            fires: true
          - given: {kind: exec, exe: /bin/ls, container: shop-1}
            fires: false
    exceptions:
      - reason: The backup starts a shell every night
        owner: shop-team@example.org
        expires: 2027-06-30            # the last day, in UTC, on which it holds
        rules: [shell-in-shop]
        fields: [parent, container]
        values: [[backup, shop-*]]
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from typing import TypeVar

from periderm.algorithms.rules.excepting import WrittenException
from periderm.algorithms.rules.pack import WrittenRule, WrittenTest
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.formats.policy_files.nodes import Node
from periderm.formats.policy_files.places import node_place, text_place
from periderm.model.ids import stable_id
from periderm.model.policy import ResponseKind
from periderm.model.severity import Maturity, Severity

FIELDS = (
    "id", "title", "condition", "severity", "technique", "techniques", "message", "remediation", "response", "maturity",
    "enabled", "tests",
)  # fmt: skip
_EXCEPTION = ("id", "reason", "owner", "expires", "rules", "fields", "values")
MOST_EXCEPTIONS, MOST_VALUES = 1_000, 1_000
_DAY = 86_400 * 10**9
_SEVERITIES = {s.name.lower(): s for s in Severity if s is not Severity.UNKNOWN}
_Word = TypeVar("_Word", bound=enum.StrEnum)


def read_rule(
    fields: dict[str, Node], name: str, condition: Place, tests: tuple[WrittenTest, ...], place: Place
) -> WrittenRule:
    """A rule of a runtime pack. Raises RuleError with line and column."""
    title, title_zh = _two(fields["title"], "a title", 200) if "title" in fields else (place, None)
    message, message_zh = _two(fields["message"], "a message", 500) if "message" in fields else (None, None)
    techniques = [
        text_place(each, "an ATT&CK technique", 40)
        for key in ("technique", "techniques")
        if key in fields
        for each in _each(fields[key])
    ]
    return WrittenRule(
        id=name,
        title=title.text,
        title_zh=title_zh.text if title_zh is not None else "",
        condition=condition,
        tests=tests,
        place=place,
        severity=_severity(fields["severity"]) if "severity" in fields else Severity.MEDIUM,
        techniques=tuple(techniques),
        message=message,
        message_zh=message_zh,
        remediation=fields["remediation"].as_text("what to do", 1_000) if "remediation" in fields else "",
        response=_word(fields, "response", ResponseKind, ResponseKind.ALERT),
        maturity=_word(fields, "maturity", Maturity, Maturity.STABLE),
        enabled=_truth(fields["enabled"]) if "enabled" in fields else True,
    )


def read_exceptions(node: Node) -> tuple[WrittenException, ...]:
    """The exceptions of a pack. Raises RuleError with line and column: no reason, no owner, no end."""
    nodes = node.as_list("exceptions")
    if len(nodes) > MOST_EXCEPTIONS:
        raise node.error(f"There are more than {MOST_EXCEPTIONS} exceptions.")
    return tuple(_exception(each) for each in nodes)


def _exception(node: Node) -> WrittenException:
    given = node.fields("an exception", _EXCEPTION, ("reason", "owner", "expires", "fields", "values"))
    reason, owner = given["reason"].as_text("a reason"), given["owner"].as_text("an owner", 1_000)
    fields = tuple(text_place(each, "the name of a fact", 100) for each in _each(given["fields"]))
    lines = given["values"].as_list("values")
    if not fields or not lines:
        raise node.error("An exception for everything hides everything.", "Name fields and their values.")
    if len(lines) > MOST_VALUES:
        raise given["values"].error(f"There are more than {MOST_VALUES} lines of values.")
    values = tuple(tuple(text_place(each, "a value") for each in _each(line)) for line in lines)
    expires = _day(given["expires"]) + _DAY  # it holds on its last day
    told = given["id"].as_text("an id", 200) if "id" in given else stable_id("exc", reason, owner, repr(values))
    return WrittenException(
        id=told,
        reason=reason,
        owner=owner,
        expires=expires,
        fields=fields,
        values=values,
        rules=tuple(text_place(each, "a rule's id", 100) for each in _each(given["rules"])) if "rules" in given else (),
        place=node_place(node, told),
    )


def _each(node: Node) -> list[Node]:
    return [node] if node.items is None else node.items


def _two(node: Node, what: str, longest: int) -> tuple[Place, Place | None]:
    """A text, or one in English and one in Chinese."""
    if node.entries is None:
        return text_place(node, what, longest), None
    fields = node.fields(what, ("en", "zh"), ("en",))
    return text_place(fields["en"], what, longest), text_place(fields["zh"], what, longest) if "zh" in fields else None


def _severity(node: Node) -> Severity:
    told = node.as_text("a severity", 100)
    if told not in _SEVERITIES:
        raise node.error(f"'{shown(told)}' is no severity.", nearest(told, _SEVERITIES))
    return _SEVERITIES[told]


def _word(fields: dict[str, Node], name: str, words: type[_Word], otherwise: _Word) -> _Word:
    if name not in fields:
        return otherwise
    told = fields[name].as_text(f"a {name}", 100)
    known: Iterable[str] = [str(each) for each in words]
    if told not in known:
        raise fields[name].error(f"'{shown(told)}' is no {name}.", nearest(told, known))
    return words(told)


def _truth(node: Node) -> bool:
    told = node.as_text("true or false", 20)
    if told not in ("true", "false"):
        raise node.error(f"'{shown(told)}' is neither true nor false.")
    return told == "true"


def _day(node: Node) -> int:
    text = node.as_text("a day", 40)
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise node.error(f"'{shown(text)}' is no day.", "Write it as 2027-12-31.") from None
    return (day - datetime.date(1970, 1, 1)).days * _DAY
