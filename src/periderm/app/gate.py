"""The gate of a pipeline: a condition about findings, read before the scan begins and asked of every finding that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from periderm.model.finding import Finding
from periderm.model.report import Report
from periderm.model.severity import Severity

if TYPE_CHECKING:
    from periderm.algorithms.rules.language import Condition

_SEVERITIES = frozenset(s.name.lower() for s in Severity if Severity.INFORMATIONAL <= s <= Severity.CRITICAL)


class Gate(msgspec.Struct, frozen=True):
    """A condition that was checked; `text` as it is asked."""

    condition: Condition

    @property
    def text(self) -> str:
        """What is asked of each finding."""
        return self.condition.text


def read_gate(text: str) -> Gate:
    """The gate of a condition. A severity alone means 'at least so bad'. Raises RuleError with its column, and with the
    name that was perhaps meant."""
    from periderm.algorithms.rules.gate import language

    word = text.strip()
    return Gate(language().compile(f"severity >= {word}" if word in _SEVERITIES else text))


def judge_gate(gate: Gate | None, report: Report) -> tuple[Finding, ...]:
    """The findings that meet it; none without a gate. Raises RuleError if it cannot be said of one: that is no 'no'."""
    if gate is None:
        return ()
    from periderm.correlate.gate import gate_facts

    facts = gate_facts(report.findings, report.inventory, report.time)
    return tuple(finding for finding, fact in facts if gate.condition.holds(fact))
