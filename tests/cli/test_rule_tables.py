"""The tables of `periderm rules`: what was cut or failed is said."""

from __future__ import annotations

import io

from periderm.app.rules import Linted
from periderm.cli import rule_tables
from periderm.cli.output import Output
from periderm.flow.try_rules import Trial, Tried
from periderm.model.severity import Severity


def told(trial: Trial, language: str = "en") -> str:
    """Both streams."""
    stream = io.StringIO()
    out = Output(out=stream, err=stream)
    out.language = language
    rule_tables.tried(trial, out)
    return stream.getvalue()


def trial(**changes: object) -> Trial:
    """A trial of one rule in many containers."""
    where = {f"c{n}": n + 1 for n in range(9)} | {"": 1}
    rule = Tried(rule="r-1", severity=Severity.HIGH, alerts=9, events=46, containers=where, shown=(), failed=3, reason="why")
    values: dict[str, object] = {"events": 50, "first": 10**18, "last": 2 * 10**18, "rules": (rule,), "cut": True}
    return Trial(**(values | changes))  # type: ignore[arg-type]  # as written above


def test_a_trial() -> None:
    """The first containers, the failures, the cut; in Chinese too."""
    english = told(trial())
    assert "c0 1, c1 2, c2 3, c3 4 …" in english
    assert "r-1 could not be answered for 3 events: why" in english
    assert "more alerts than" in english
    assert "无法求值" in told(trial(), "zh")
    assert told(trial(events=0)) == "There are no events in that time.\n"


def test_a_fine_pack() -> None:
    """One line."""
    stream = io.StringIO()
    rule_tables.linted((Linted(file="a\x1b.yaml", rules=2, remarks=()),), Output(out=stream, err=stream))
    assert stream.getvalue() == "a\\x1b.yaml: 2 rules, nothing to say.\n"
