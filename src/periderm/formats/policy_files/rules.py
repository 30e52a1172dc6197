"""A pack of rules as a file: lists, macros, exceptions, rules with their tests. Understands no condition: that is
`algorithms.rules.pack`. Fields that only one kind of pack has are read by `runtime_rules`.

    kind: gate                         # or runtime; a file without it is a gate
    lists:
      base_packages: [openssl, glibc]
    macros:
      serious: severity >= high && !development
    rules:                             # 'policy' is the older word for it in gates
      - id: fixable
        title: Serious and fixable
        condition: serious && fixed
        action: fail                   # or warn
        tests:
          - given: {severity: high, fixed: true}
            fires: true
"""

from __future__ import annotations

from collections.abc import Collection

from periderm.algorithms.rules.pack import Action, PackKind, Value, WrittenPack, WrittenRule, WrittenTest
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.formats.policy_files import runtime_rules
from periderm.formats.policy_files.nodes import Node, parse
from periderm.formats.policy_files.places import node_place

FILE = ".periderm/policy.yaml"
MOST_RULES, MOST_TESTS = 1_000, 5_000
_FILE = ("kind", "name", "version", "lists", "macros")
_GATE = ("id", "title", "condition", "action", "tests")


def read_rule_pack(data: bytes, where: str = FILE, kinds: Collection[PackKind] = (PackKind.GATE,)) -> WrittenPack:
    """What is written. `kinds` are those that are taken. Raises RuleError with line and column for unknown or missing names;
    FormatError for no YAML."""
    root = parse(data, where)
    kind = _kind(root, kinds)
    runtime = kind is PackKind.RUNTIME
    fields = root.fields("the file", (*_FILE, "exceptions", "rules") if runtime else (*_FILE, "policy", "rules"))
    lists = [(name, _values(node), node_place(node, name)) for name, node in entries(fields.get("lists"), "lists")]
    macros = [(name, node.place()) for name, node in entries(fields.get("macros"), "macros")]
    holder = fields.get("rules") or fields.get("policy")
    nodes = holder.as_list("rules") if holder is not None else []
    if holder is not None and len(nodes) > MOST_RULES:
        raise holder.error(f"There are more than {MOST_RULES} rules.")
    rules = tuple(_rule(node, runtime) for node in nodes)
    if holder is not None and sum(len(rule.tests) for rule in rules) > MOST_TESTS:
        raise holder.error(f"There are more than {MOST_TESTS} tests.")
    return WrittenPack(
        tuple(lists),
        tuple(macros),
        rules,
        where,
        kind,
        fields["name"].as_text("a name", 100) if "name" in fields else "",
        fields["version"].as_text("a version", 100) if "version" in fields else "",
        runtime_rules.read_exceptions(fields["exceptions"]) if "exceptions" in fields else (),
    )


def _kind(root: Node, kinds: Collection[PackKind]) -> PackKind:
    node = (root.entries or {}).get("kind")
    if node is None:
        kind, place = PackKind.GATE, root
        step = f"Write `kind: {next(iter(kinds)).value}` at its beginning."
    else:
        told = node.as_text("the kind of the pack", 100)
        if told not in tuple(PackKind):
            raise node.error(f"'{shown(told)}' is no kind of pack.", nearest(told, tuple(PackKind)))
        kind, place, step = PackKind(told), node, ""
    if kind not in kinds:
        wanted = " or ".join(each.value for each in kinds)
        raise place.error(f"This is a pack of kind {kind.value}, and here one of kind {wanted} is expected.", step)
    return kind


def entries(node: Node | None, what: str) -> list[tuple[str, Node]]:
    """The names of a mapping with their nodes; none without a node."""
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


def _rule(node: Node, runtime: bool) -> WrittenRule:
    fields = node.fields("a rule", runtime_rules.FIELDS if runtime else _GATE, ("id", "condition"))
    action = fields["action"].as_text("fail or warn") if "action" in fields else Action.FAIL.value
    if action not in tuple(Action):
        raise fields["action"].error(f"'{shown(action)}' is no action.", nearest(action, tuple(Action)))
    name = fields["id"].as_text("an id", 100)
    tests = tuple(_test(each) for each in fields["tests"].as_list("tests")) if "tests" in fields else ()
    condition, place = fields["condition"].place(), node_place(fields["id"], name)
    if runtime:
        return runtime_rules.read_rule(fields, name, condition, tests, place)
    title = fields["title"].as_text("a title", 500) if "title" in fields else name
    return WrittenRule(id=name, title=title, condition=condition, action=Action(action), tests=tests, place=place)


def _test(node: Node) -> WrittenTest:
    fields = node.fields("a test", ("name", "given", "fires"), ("given", "fires"))
    fires = fields["fires"].as_text("true or false")
    if fires not in ("true", "false"):
        raise fields["fires"].error(f"'{shown(fires)}' is neither true nor false.")
    given = {name: (_written(each), node_place(each, name)) for name, each in entries(fields["given"], "values")}
    told = fields["name"].as_text("a name", 200) if "name" in fields else ""
    return WrittenTest(told, given, fires == "true", node_place(node, told))


def _written(node: Node) -> str | list[str] | dict[str, str]:
    if node.items is not None:
        return [_given(each) for each in node.items]
    if node.entries is not None:
        return {name: _given(each) for name, each in node.entries.items()}
    return _given(node)


def _given(node: Node) -> str:
    """A value as it was written; an empty text is one."""
    return "" if node.text is not None and not node.text.strip() else node.as_text("a value", 10_000)


__all__ = ["FILE", "Place", "read_rule_pack"]
