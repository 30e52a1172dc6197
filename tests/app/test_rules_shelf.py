"""Packs as readers see them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from periderm.adapters.rule_files import LocalRuleFiles
from periderm.app.application import Application
from periderm.app.rules_shelf import RuleShelf
from periderm.flow.rule_packs import RulePacks
from tests.flow.test_rule_packs import pack


def shelved(app: Application, folder: Path) -> Application:
    """The application with a folder of packs."""
    packs = RulePacks(LocalRuleFiles(str(folder), "", str(folder.parent / "kept")), keep=False)
    return msgspec.structs.replace(app, rules=RuleShelf(packs))


def test_rules_stay_listed_and_follow_the_files(empty: Application, tmp_path: Path) -> None:
    """A second look without a change tells the same; a new file and a broken one are told."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yaml").write_text(pack())
    app = shelved(empty, folder)
    assert app.rules is not None
    first = app.rules.listed()
    assert [r.id for r in first.rules if r.source] == ["shop-nc"]
    assert app.rules.listed() == first
    (folder / "b.yaml").write_text("kind: runtime\nrules: [")
    again = app.rules.listed()
    assert [bool(p.problem) for p in again.packs] == [False, True]
