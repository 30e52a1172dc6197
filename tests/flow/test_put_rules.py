"""Rules reach the watch when they change, and what is not in force is a coverage gap."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.rule_files import LocalRuleFiles
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.scene import HOST, batch_of, runs
from periderm.flow.news import Rules
from periderm.flow.put_rules import PutRules
from periderm.flow.rule_packs import RulePacks
from periderm.model.gap import GapKind
from tests.flow.test_rule_packs import pack


def test_news_and_gaps(tmp_path: Path) -> None:
    """One piece of news for each change; a refused pack is told with its place, and what it replaced goes on alerting."""
    given: list[Rules] = []
    put = PutRules(RulePacks(LocalRuleFiles(str(tmp_path))), given.append)
    (tmp_path / "a.yaml").write_text(pack())
    assert put.step() == []
    assert put.step() == []
    (tmp_path / "a.yaml").write_text(pack().replace("kind ==", "kimd =="))
    told = put.step()
    assert [t.kind for t in told] == [GapKind.RULES_REFUSED]
    assert "a.yaml:6:16" in told[0].message.en
    assert "stays in force" in told[0].message.en
    assert told[0].message.zh
    assert put.step() == []
    assert len(given) == 2
    engine = RuntimeEngine(HOST, ())
    engine.use_rules(given[-1].detectors)
    assert [a.detector for a in engine.feed(batch_of((runs(2, 1, "/usr/bin/nc", "nc"),)))] == ["shop-nc"]


def test_a_rule_that_cannot_be_answered_is_told(tmp_path: Path) -> None:
    """With how often, and again only when it grew."""
    given: list[Rules] = []
    put = PutRules(RulePacks(LocalRuleFiles(str(tmp_path))), given.append)
    text = pack().replace("name == 'nc'", "argv[1] == '-l'").replace("exe: /bin/nc", "argv: [nc, -l]")
    (tmp_path / "a.yaml").write_text(text.replace("exe: /bin/ls", "argv: [nc, -x]"))
    assert put.step() == []
    engine = RuntimeEngine(HOST, ())
    engine.use_rules(given[-1].detectors)
    engine.feed(batch_of((runs(2, 1, "/usr/bin/x", "-l"),)))
    told = put.step()
    assert [(t.kind, t.count) for t in told] == [(GapKind.RULE_FAILED, 1)]
    assert "none at 1" in told[0].message.en
    assert put.step() == []
