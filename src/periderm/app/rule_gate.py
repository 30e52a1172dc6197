"""The gate as a file: a pack of rules beside the code, whose own tests must hold before it judges anything. Prints nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from periderm.model.errors import RuleError
from periderm.model.finding import Finding
from periderm.model.report import Report
from periderm.ports.documents import Documents

if TYPE_CHECKING:
    from periderm.algorithms.rules.pack import Pack

USUAL = os.path.join(".periderm", "policy.yaml")
_MOST = 1 << 20


class RuleResult(msgspec.Struct, frozen=True, kw_only=True):
    """One rule and the findings that meet it. `fails` says that meeting it fails the pipeline; else it is a warning."""

    id: str
    title: str
    fails: bool
    findings: tuple[Finding, ...] = ()


def read_rules(documents: Documents, named: str = "", folder: str = "") -> Pack | None:
    """The pack of a file that was named, or of the usual place below a folder ('' where the command runs), None if there
    is none. Raises NotFoundError for a named file that is not there; RuleError with line and column for what is wrong in
    it, and for a test of it that does not hold: such a policy means something else than its author thinks."""
    usual = os.path.join(folder, USUAL)
    path = named or (usual if documents.exists(usual) else "")
    if not path:
        return None
    from periderm.algorithms.rules import gate
    from periderm.algorithms.rules.pack import load
    from periderm.formats.policy_files.rules import read_rule_pack

    pack = load(read_rule_pack(documents.read(path, _MOST), path), gate.language(), gate.example())
    failures = pack.run_tests()
    if failures:
        first = failures[0]
        more = f" ({len(failures)} tests do not hold.)" if len(failures) > 1 else ""
        raise RuleError(
            f"{first.where}: rule '{first.rule}', {first.test}: it {first.what}.{more}", "Mend the rule or its test."
        )
    return pack


def judge_rules(pack: Pack | None, report: Report) -> tuple[RuleResult, ...]:
    """Every rule with the findings that meet it, in the file's order; none without a pack. Raises RuleError if it cannot
    be said of one: that is no 'no'."""
    if pack is None or not pack.rules:
        return ()
    from periderm.algorithms.rules.pack import Action
    from periderm.correlate.gate import gate_facts

    met: dict[str, list[Finding]] = {rule.id: [] for rule in pack.rules}
    for finding, facts in gate_facts(report.findings, report.inventory, report.time):
        for rule in pack.holding(facts):
            met[rule.id].append(finding)
    return tuple(
        RuleResult(id=rule.id, title=rule.title, fails=rule.action is Action.FAIL, findings=tuple(met[rule.id]))
        for rule in pack.rules
    )
