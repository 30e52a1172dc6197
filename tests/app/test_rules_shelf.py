"""Packs as readers see them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from periderm.adapters.rule_files import LocalRuleFiles
from periderm.app.application import Application
from periderm.app.rules_shelf import RuleShelf, show_rules
from periderm.flow.rule_packs import RulePacks
from periderm.model.principal import LOCAL_ADMIN
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
    first = show_rules(app, LOCAL_ADMIN)
    assert first is not None
    assert [r.id for r in first.rules if r.source] == ["shop-nc"]
    assert show_rules(app, LOCAL_ADMIN) == first
    (folder / "b.yaml").write_text("kind: runtime\nrules: [")
    again = show_rules(app, LOCAL_ADMIN)
    assert again is not None
    assert [bool(p.problem) for p in again.packs] == [False, True]


def test_without_a_folder_nothing_is_claimed(empty: Application) -> None:
    """None, and not an empty list."""
    assert show_rules(empty, LOCAL_ADMIN) is None
