"""Promises of packs: rules are checked with their tests, which say what does not hold and where."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules import gate
from periderm.algorithms.rules.pack import Action, WrittenPack, WrittenRule, WrittenTest, load
from periderm.algorithms.rules.places import Place
from periderm.model.errors import RuleError
from periderm.model.severity import Severity


def at(text: str, line: int = 1) -> Place:
    """A text at a line of a file."""
    return Place(text, "policy.yaml", line, 1)


def a_test(fires: bool, **given: str | list[str]) -> WrittenTest:
    """A test with these facts."""
    return WrittenTest("", {k: (v, at(k, 9)) for k, v in given.items()}, fires, at("", 8))


def a_pack(condition: str, *tests: WrittenTest, macros: tuple[tuple[str, Place], ...] = ()) -> WrittenPack:
    """One rule."""
    rule = WrittenRule(id="one", title="One", condition=at(condition, 5), tests=tests, place=at("one", 4))
    return WrittenPack((("base", ["openssl", "glibc"], at("base", 2)),), macros, (rule,), "policy.yaml")


def test_rules_use_lists_and_macros() -> None:
    """And say which hold."""
    macros = (("serious", at("severity >= high", 3)), ("basic", at("serious && package in base", 3)))
    pack = load(a_pack("basic && fixed", macros=macros), gate.language(), gate.example())
    facts = load(a_pack("fixed", a_test(True, severity="high", fixed="true", package="glibc")), gate.language(), gate.example())
    subject = facts.rules[0].tests[0][0]
    assert [r.id for r in pack.holding(subject)] == ["one"]
    assert pack.rules[0].action is Action.FAIL
    assert pack.holding(gate.example()) == ()


def test_tests_are_run() -> None:
    """Those that hold are silent, the others say what and where; one that cannot be evaluated is a failure too."""
    tests = (a_test(True, severity="high"), a_test(True, severity="low"), a_test(False, severity="critical", aliases=["a"]))
    failures = load(a_pack("severity >= high", *tests), gate.language(), gate.example()).run_tests()
    assert [(f.test, f.where, f.what) for f in failures] == [
        ("test 2", "policy.yaml:8", "does not fire, and should"),
        ("test 3", "policy.yaml:8", "fires, and should not"),
    ]
    broken = load(a_pack("aliases[0] == 'x'", a_test(False)), gate.language(), gate.example()).run_tests()
    assert "elements" in broken[0].what


@pytest.mark.parametrize(
    ("given", "value"),
    [({"severity": "high"}, int(Severity.HIGH)), ({"severity": "3"}, 3), ({"epss": "0.5"}, 0.5), ({"fixed": "true"}, True),
     ({"aliases": ["a", "b"]}, ("a", "b")), ({"package": "true"}, "true")],
)  # fmt: skip
def test_written_values_become_the_fields_type(given: dict[str, str | list[str]], value: object) -> None:
    """Severities by their words, numbers, truth, lists; a text stays one."""
    facts = load(a_pack("fixed", a_test(False, **given)), gate.language(), gate.example()).rules[0].tests[0][0]
    assert getattr(facts, next(iter(given))) == value


@pytest.mark.parametrize(
    "given",
    [{"severty": "high"}, {"severity": "hihg"}, {"fixed": "perhaps"}, {"aliases": "a"}, {"package": ["a"]}, {"epss": "9" * 99}],
)
def test_wrong_facts_are_told(given: dict[str, str | list[str]]) -> None:
    """With the line of the value."""
    with pytest.raises(RuleError) as caught:
        load(a_pack("fixed", a_test(False, **given)), gate.language(), gate.example())
    assert caught.value.line == 9


def test_ids_are_unique_and_conditions_have_their_lines() -> None:
    """Where in the file, not where in the condition."""
    pack = a_pack("fixd")
    with pytest.raises(RuleError, match=r"policy.yaml:5:1: There is no 'fixd'"):
        load(pack, gate.language(), gate.example())
    twice = WrittenPack((), (), (a_pack("fixed").rules[0],) * 2, "")
    with pytest.raises(RuleError, match="already"):
        load(twice, gate.language(), gate.example())
