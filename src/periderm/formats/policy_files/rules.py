"""A pack of rules as a file: lists, macros, rules with their tests. Understands no condition: that is
`algorithms.rules.pack`.

    lists:
      base_packages: [openssl, glibc]
    macros:
      serious: severity >= high && !development
    policy:
      - id: fixable
        title: Serious and fixable
        condition: serious && fixed
        action: fail                 # or warn
        tests:
          - given: {severity: high, fixed: true}
            fires: true
"""

from __future__ import annotations

from periderm.algorithms.rules.pack import Action, Value, WrittenPack, WrittenRule, WrittenTest
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.formats.policy_files.nodes import Node, parse

FILE = ".periderm/policy.yaml"
MOST_RULES, MOST_TESTS = 1_000, 5_000
_RULE = ("id", "title", "condition", "action", "tests")


def read_rule_pack(data: bytes, where: str = FILE) -> WrittenPack:
    """What is written. Raises RuleError with line and column for unknown or missing names; FormatError for no YAML."""
    fields = parse(data, where).fields("the file", ("lists", "macros", "policy"))
    lists = [(name, _values(node), node_place(node, name)) for name, node in _entries(fields.get("lists"), "lists")]
    macros = [(name, node.place()) for name, node in _entries(fields.get("macros"), "macros")]
    nodes = fields["policy"].as_list("rules") if "policy" in fields else []
    if len(nodes) > MOST_RULES:
        raise fields["policy"].error(f"There are more than {MOST_RULES} rules.")
    rules = tuple(_rule(node) for node in nodes)
    if sum(len(rule.tests) for rule in rules) > MOST_TESTS:
        raise fields["policy"].error(f"There are more than {MOST_TESTS} tests.")
    return WrittenPack(tuple(lists), tuple(macros), rules, where)


def node_place(node: Node, text: str) -> Place:
    """A place in the file for what is no text of a rule."""
    return Place(text, node.where, node.line, node.column, node.indent)


def _entries(node: Node | None, what: str) -> list[tuple[str, Node]]:
    if node is None:
        return []
    if node.entries is None:
        raise node.error(f"Here a mapping of names to {what} is expected.")
    return list(node.entries.items())


def _values(node: Node) -> list[Value]:
    return [_value(each) for each in node.as_list("texts or numbers")]


def _value(node: Node) -> Value:
    text = node.as_text("a text or a number", 1_000)
    if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 19:
        return int(text)
    return text


def _rule(node: Node) -> WrittenRule:
    fields = node.fields("a rule", _RULE, ("id", "condition"))
    action = fields["action"].as_text("fail or warn") if "action" in fields else Action.FAIL.value
    if action not in tuple(Action):
        raise fields["action"].error(f"'{shown(action)}' is no action.", nearest(action, tuple(Action)))
    name = fields["id"].as_text("an id", 100)
    return WrittenRule(
        id=name,
        title=fields["title"].as_text("a title", 500) if "title" in fields else name,
        condition=fields["condition"].place(),
        action=Action(action),
        tests=tuple(_test(each) for each in fields["tests"].as_list("tests")) if "tests" in fields else (),
        place=node_place(fields["id"], name),
    )


def _test(node: Node) -> WrittenTest:
    fields = node.fields("a test", ("name", "given", "fires"), ("given", "fires"))
    fires = fields["fires"].as_text("true or false")
    if fires not in ("true", "false"):
        raise fields["fires"].error(f"'{shown(fires)}' is neither true nor false.")
    given = {
        name: (
            [v.as_text("a text", 1_000) for v in each.items] if each.items is not None else _given(each),
            node_place(each, name),
        )
        for name, each in _entries(fields["given"], "values")
    }
    told = fields["name"].as_text("a name", 200) if "name" in fields else ""
    return WrittenTest(told, given, fires == "true", node_place(node, told))


def _given(node: Node) -> str:
    """A value as it was written; an empty text is one."""
    return "" if node.text is not None and not node.text.strip() else node.as_text("a value", 10_000)
