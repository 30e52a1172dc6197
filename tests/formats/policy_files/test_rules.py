"""Promises of rule packs in a file: what is written is read with its place, checked, and its tests are run."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules import gate
from periderm.algorithms.rules.pack import Action, Pack, load
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.errors import RuleError

GOOD = """lists:
  base: [openssl, glibc]
  years: [1, 2]
macros:
  serious: severity >= high && !development
policy:
  - id: fixable
    title: Serious and fixable
    condition: serious && fixed
    tests:
      - given: {severity: high, fixed: true}
        fires: true
      - name: not yet fixed
        given: {severity: high}
        fires: false
  - id: base
    condition: |
      package in base &&
        severity >= medium
    action: warn
    tests:
      - given: {package: glibc, severity: medium, aliases: [a], location: ""}
        fires: true
"""


def loaded(text: str) -> Pack:
    """The pack of a file."""
    return load(read_rule_pack(text.encode(), "p.yaml"), gate.language(), gate.example())


def test_a_pack_is_read_and_its_tests_hold() -> None:
    """Lists, macros, conditions over several lines, tests."""
    pack = loaded(GOOD)
    assert [(r.id, r.title, r.action) for r in pack.rules] == [
        ("fixable", "Serious and fixable", Action.FAIL),
        ("base", "base", Action.WARN),
    ]
    assert pack.run_tests() == ()


def test_a_test_that_does_not_hold_says_so() -> None:
    """By its name and line."""
    failures = loaded(GOOD.replace("serious && fixed", "serious")).run_tests()
    assert [(f.rule, f.test, f.where) for f in failures] == [("fixable", "not yet fixed", "p.yaml:13")]


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("serious && fixed", "seriuos && fixed", (9, 16), "Did you mean 'serious'"),
        ("severity >= medium", "severity >= medum", (19, 21), "Did you mean 'medium'"),
        ("    title: Ser", "    titel: Ser", (8, 5), "Did you mean 'title'"),
        ("action: warn", "action: wran", (20, 13), "Did you mean 'warn'"),
        ("fixed: true}", "fixd: true}", (11, 39), "Did you mean 'fixed'"),
        ("fires: false", "fires: no", (15, 16), "neither true nor false"),
        ("    condition: serious && fixed\n", "", (7, 5), "needs 'condition'"),
        ("severity >= high && !dev", "severity >= high & !dev", (5, 29), "written &&"),
        ("id: base", "id: fixable", (16, 9), "already"),
        ("base: [openssl", "severity: [openssl", (2, 13), "already"),
        ("lists:", "list:", (1, 1), "Did you mean 'lists'"),
    ],
)
def test_mistakes_are_told_where_they_are(old: str, new: str, place: tuple[int, int], what: str) -> None:
    """Line and column of the file, in every kind of text."""
    assert old in GOOD
    with pytest.raises(RuleError, match=what) as caught:
        loaded(GOOD.replace(old, new, 1))
    assert (caught.value.line, caught.value.column) == place


def test_an_empty_file_has_no_rules() -> None:
    """And that is fine."""
    assert loaded("").rules == ()
