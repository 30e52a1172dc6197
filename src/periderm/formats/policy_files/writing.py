"""A pack of runtime rules as text: what `rules` reads again. Checks nothing.

Scalars are written as JSON strings, which YAML reads as they are; conditions as folded text, broken only beside && and ||.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from periderm.algorithms.rules.pack import Written, WrittenPack, WrittenRule, WrittenTest
from periderm.model.policy import ResponseKind
from periderm.model.severity import Maturity

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_SIMPLE = re.compile(r"true|false|-?[0-9]{1,18}")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def write_rule_pack(pack: WrittenPack, head: str = "", notes: Mapping[str, str] | None = None) -> bytes:
    """The file. `head` is a comment at its beginning, `notes` are comments above rules, by id."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    lines += [f"kind: {pack.kind.value}"]
    lines += [f"name: {scalar(pack.name)}"] if pack.name else []
    lines += [f"version: {scalar(pack.version)}"] if pack.version else []
    if pack.lists:
        lines += ["", "lists:", *(f"  {name}: {_flow([str(v) for v in values])}" for name, values, _ in pack.lists)]
    if pack.macros:
        lines += ["", "macros:"]
        for name, place in pack.macros:
            lines += [f"  {name}: >-", *_folded(place.text, 4)]
    lines += ["", "rules:" if pack.rules else "rules: []"]
    for rule in pack.rules:
        lines += [f"  # {line}".rstrip() for line in (notes or {}).get(rule.id, "").splitlines()]
        lines += [*_rule(rule), ""]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "backslashreplace")


def scalar(text: str) -> str:
    """One value on one line."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _quoted(text)


def _rule(rule: WrittenRule) -> list[str]:
    lines = [f"  - id: {scalar(rule.id)}", f"    title: {_two(rule.title, rule.title_zh)}"]
    lines += ["    condition: >-", *_folded(rule.condition.text, 6)]
    lines += [f"    severity: {rule.severity.name.lower()}"]
    lines += [f"    techniques: {_flow([place.text for place in rule.techniques])}"] if rule.techniques else []
    if rule.message is not None:
        lines += [f"    message: {_two(rule.message.text, rule.message_zh.text if rule.message_zh else '')}"]
    lines += [f"    remediation: {scalar(rule.remediation)}"] if rule.remediation else []
    lines += [f"    response: {rule.response.value}"] if rule.response is not ResponseKind.ALERT else []
    lines += [f"    maturity: {rule.maturity.value}"] if rule.maturity is not Maturity.STABLE else []
    lines += ["    enabled: false"] if not rule.enabled else []
    lines += ["    tests:" if rule.tests else "    tests: []"]
    for test in rule.tests:
        lines += _test(test)
    return lines


def _test(test: WrittenTest) -> list[str]:
    first = [f"      - name: {scalar(test.name)}"] if test.name else []
    given = ", ".join(f"{name}: {_value(value)}" for name, (value, _) in test.given.items())
    lead = "        " if first else "      - "
    return [*first, f"{lead}given: {{{given}}}", f"        fires: {'true' if test.fires else 'false'}"]


def _value(value: Written) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(name)}: {scalar(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return _flow(value)
    return value if _SIMPLE.fullmatch(value) else scalar(value)


def _flow(values: list[str]) -> str:
    return "[" + ", ".join(map(scalar, values)) + "]"


def _two(text: str, chinese: str) -> str:
    return f"{{en: {_quoted(text)}, zh: {_quoted(chinese)}}}" if chinese else scalar(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _folded(text: str, indent: int) -> list[str]:
    """Lines that fold to the same text: each break stands for the one blank before && or ||."""
    lines: list[str] = []
    now = ""
    for piece in re.split(r" (?=&& |\|\| )", text):
        if now and len(now) + len(piece) + 1 > WIDTH:
            lines.append(now)
            now = piece
        else:
            now = f"{now} {piece}" if now else piece
    return [" " * indent + line for line in (*lines, now)]
