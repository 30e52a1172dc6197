"""Asks the gate about a report and says the verdict: conditions of the command line, a policy's rules, or what is refused by
default. Reads no image and keeps nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from periderm.app.gate import Gate, judge_gate, read_gate
from periderm.app.rule_gate import RuleResult, judge_rules
from periderm.model.build import MOST_FAILING, Verdict
from periderm.model.finding import Finding
from periderm.model.report import Report

if TYPE_CHECKING:
    from periderm.algorithms.rules.pack import Pack

# What nobody should ship: a critical weakness whose mend exists, a secret that is surely one, somebody else's tool.
DEFAULT = '(severity >= critical && fixed) || kind == "malware" || (kind == "secret" && severity >= high)'


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with the findings behind it: those of the condition, and each rule with its own."""

    verdict: Verdict
    gate: Gate | None = None
    tripped: tuple[Finding, ...] = ()
    rules: tuple[RuleResult, ...] = ()

    @property
    def failing(self) -> tuple[Finding, ...]:
        """All findings for which it fails, each once."""
        ruled = (f for result in self.rules if result.fails for f in result.findings)
        return tuple({f.id: f for f in (*self.tripped, *ruled)}.values())


def default_gate() -> Gate:
    """What is asked where neither a condition nor a policy was given."""
    return read_gate(DEFAULT)


def judge_image(
    report: Report, gate: Gate | None, pack: Pack | None, *, allowed: str = "", by: str = "", reference: str = ""
) -> Judged:
    """The verdict on a report. `allowed` is the reason for which it passes whatever was found. Raises RuleError if a
    condition cannot be answered: that is no 'no'."""
    tripped, rules = judge_gate(gate, report), judge_rules(pack, report)
    conditions = ((gate.text,) if gate is not None else ()) + _conditions(pack)
    judged = Judged(
        verdict=Verdict(image_digest=report.inventory.digest, passed=False, time=report.time),
        gate=gate,
        tripped=tripped,
        rules=rules,
    )
    failing = judged.failing
    verdict = Verdict(
        image_digest=report.inventory.digest,
        passed=not failing or bool(allowed),
        time=report.time,
        conditions=conditions,
        policy="sha256:" + hashlib.sha256("\0".join(conditions).encode("utf-8", "surrogatepass")).hexdigest(),
        failing=tuple(dict.fromkeys(named(f) for f in failing))[:MOST_FAILING],
        failures=len(failing),
        allowed=allowed if failing else "",
        by=by,
        reference=reference or report.inventory.reference,
    )
    return msgspec.structs.replace(judged, verdict=verdict)


def verdict_of(report: Report, gate: Gate | None, pack: Pack | None) -> Verdict | None:
    """The verdict alone, to be kept with a result; None where nothing was asked."""
    return judge_image(report, gate, pack, by="local").verdict if gate is not None or pack is not None else None


def _conditions(pack: Pack | None) -> tuple[str, ...]:
    from_pack = pack.rules if pack is not None else ()
    return tuple(f"{rule.id} ({rule.action.value}): {rule.condition.text}" for rule in from_pack)


def named(finding: Finding) -> str:
    """A finding in a few words: what it is, of what, and where."""
    found = finding.vulnerability
    if found is not None:
        return f"{found.id} {found.name} {found.version}" + (f" (fixed in {found.fixed_in})" if found.fixed_in else "")
    return f"{finding.detector} {finding.location}".strip()
