"""Falco's files become a pack that works, and what does not come over is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.algorithms.rules.pack import PackKind
from periderm.app.import_falco import import_falco
from periderm.engines.runtime.rules.lint import Level, lint
from periderm.engines.runtime.rules.pack import checked
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.errors import FormatError
from tests.formats.falco_rules.test_translate import OTHERS, RULES

MORE = """
- rule: Strange expression
  condition: evt.type = execve and proc.name regex "a{1,9999}"
- rule: Nothing to derive
  condition: evt.type = execve and proc.name = a and not proc.name in (a)
- macro: bad
  condition: proc.name regex "a{1,9999}"
- rule: Through a bad macro
  condition: evt.type = execve and bad
"""


def test_a_pack_that_works(tmp_path: Path) -> None:
    """All that is switched on has tests that hold; only macros that are needed are in it; every rule is accounted for."""
    source, output = tmp_path / "falco.yaml", tmp_path / "pack.yaml"
    source.write_text(RULES + OTHERS + MORE)
    imported = import_falco(LocalDocuments(), [str(source)], str(output))
    assert output.read_bytes() == imported.pack
    pack = checked(read_rule_pack(imported.pack, "pack.yaml", (PackKind.RUNTIME,)))
    assert not [remark for remark in lint(pack, 0) if remark.level is Level.ERROR]
    assert pack.written is not None
    assert pack.written.name == "falco"
    assert [name for name, _ in pack.written.macros] == ["started", "container_macro"]
    outcomes = {rule.name: rule for rule in imported.rules}
    assert len(outcomes) == 11
    assert outcomes["A shell!"].tested
    assert {rule.id for rule in imported.rules if rule.id} == {rule.id for rule in pack.rules}
    assert all(rule.id or rule.reasons for rule in imported.rules)
    assert "regular expression" in " ".join(outcomes["Strange expression"].reasons)
    assert "macro bad" in " ".join(outcomes["Through a bad macro"].reasons)


def test_a_rule_without_a_derived_test_is_off(tmp_path: Path) -> None:
    """And says what to do, above it."""
    source = tmp_path / "falco.yaml"
    source.write_text(MORE)
    imported = import_falco(LocalDocuments(), [str(source)])
    pack = checked(read_rule_pack(imported.pack, "pack.yaml", (PackKind.RUNTIME,)))
    (rule,) = pack.rules
    assert (rule.id, rule.written.enabled, rule.tests) == ("falco-nothing-to-derive", False, ())
    assert b"No test could be derived" in imported.pack


def test_what_is_no_file_of_rules(tmp_path: Path) -> None:
    """One error."""
    (tmp_path / "x.yaml").write_text("a: b")
    with pytest.raises(FormatError, match="no list of rules"):
        import_falco(LocalDocuments(), [str(tmp_path / "x.yaml")])
