"""What lint says of a pack, with its place, and how bad it is."""

from __future__ import annotations

from periderm.algorithms.rules.pack import PackKind
from periderm.engines.runtime.rules.lint import Level, errors, lint
from periderm.engines.runtime.rules.pack import checked
from periderm.formats.policy_files.rules import read_rule_pack

TESTS = """
    tests:
      - {given: {kind: exec, exe: /bin/nc}, fires: true}
      - {given: {kind: exec, exe: /bin/ls}, fires: false}
"""
GOOD = f"kind: runtime\nrules:\n  - id: r-1\n    condition: kind == 'exec' && name == 'nc'{TESTS}"


def remarks(text: str, now: int = 0) -> list[tuple[str, str, int]]:
    """Level, words, line."""
    pack = checked(read_rule_pack(text.encode(), "p.yaml", (PackKind.RUNTIME,)))
    return [(r.level.value, r.what, r.line) for r in lint(pack, now)]


def test_nothing_to_say() -> None:
    """Of a good pack."""
    assert remarks(GOOD) == []


def test_rules_without_tests_are_errors() -> None:
    """Both kinds are needed; of a rule that is switched off it is only a warning."""
    bare = GOOD.replace(TESTS, "\n")
    assert [(level, line) for level, _, line in remarks(bare)] == [("error", 3), ("error", 3)]
    assert {level for level, _, _ in remarks(bare + "    enabled: false\n")} == {"warning"}
    one = GOOD.replace("      - {given: {kind: exec, exe: /bin/ls}, fires: false}\n", "")
    assert [what for _, what, _ in remarks(one)] == ["The rule has no test on which it stays quiet."]
    pack = checked(read_rule_pack(bare.encode(), "p.yaml", (PackKind.RUNTIME,)))
    assert [e.level for e in errors(pack)] == [Level.ERROR] * 2


def test_failing_tests_and_conditions_that_are_never_true() -> None:
    """Each with its line."""
    assert ("error", "test 2: it fires, and should not.", 7) in remarks(GOOD.replace("/bin/ls", "/usr/bin/nc"))
    assert "The condition can never be true." in [
        w for _, w, _ in remarks(GOOD.replace("name ==", "kind == 'open' && name =="))
    ]


def test_unused_names() -> None:
    """Lists and macros, also those that only unused macros use; those used through macros are used."""
    extra = "lists:\n  a: [x]\n  b: [y]\n  c: [z]\nmacros:\n  m: name in a\n  n: m || name in b\n  o: name in c\n"
    told = [
        what for _, what, _ in remarks(GOOD.replace("rules:", f"{extra}rules:").replace("name == 'nc'", "(name == 'nc' || n)"))
    ]
    assert told == ["The list 'c' is used nowhere.", "The macro 'o' is used nowhere."]


def test_techniques() -> None:
    """Unknown ones and old names."""
    told = remarks(GOOD.replace("    condition", "    techniques: [T1059, T1562.004, T0000]\n    condition"))
    assert [what for _, what, _ in told] == [
        "'T1562.004' is called T1686 since ATT&CK v19.",
        "'T0000' is no technique of ATT&CK v19 known here.",
    ]


def test_conditions_that_cost() -> None:
    """Those that must be asked for every open; a kind of few events is fine, and so is a path."""
    broad = GOOD.replace("kind == 'exec' && name == 'nc'", "kind in ['open', 'exec'] && user == 0 && name != 'ls'")
    assert any("every event of kind open." in what for level, what, _ in remarks(broad) if level == "warning")
    assert remarks(GOOD.replace("&& name == 'nc'", "&& (name == 'nc' || user == 7)")) == []


def test_exceptions_that_are_over() -> None:
    """At a time after their end."""
    extra = "exceptions:\n  - {reason: r, owner: o, expires: 2026-01-01, fields: [name], values: [[x]]}\n"
    assert remarks(GOOD + extra) == []
    assert [what for _, what, _ in remarks(GOOD + extra, now=2 * 10**18)] == [
        "This exception is over, and excepts nothing any more."
    ]
