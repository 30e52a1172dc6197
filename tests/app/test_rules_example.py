"""The example that people begin with is without fault."""

from __future__ import annotations

from periderm.algorithms.rules.pack import PackKind
from periderm.app.rules import example
from periderm.engines.runtime.rules.lint import lint
from periderm.flow.rule_packs import usable
from periderm.formats.policy_files.rules import read_rule_pack


def test_nothing_to_say_of_it() -> None:
    """Its tests hold, lint is silent, and it would be taken into force."""
    pack = usable(example(), "example.yaml")
    assert lint(pack, 0) == ()
    assert len(pack.rules) > 3
    assert all(rule.written.title_zh for rule in pack.rules)
    assert read_rule_pack(example(), "x", (PackKind.RUNTIME,)).exceptions
