"""Until when a weakness is to be dealt with: by its severity and by how much the business depends on what has it.

Ordinary assets follow what authorities ask of those whom they may ask: critical and high as CISA's Binding Operational
Directive 19-02 (15 and 30 days), medium and low as FedRAMP's monitoring of Revision 5 (90 and 180). More depends on important
and core assets, so they have a half and a fifth of it. Decides dates, and nothing else.
"""

from __future__ import annotations

from periderm.model.asset import Grade
from periderm.model.severity import Severity

DAY_NS = 86_400 * 10**9
DAYS: dict[Severity, int] = {Severity.CRITICAL: 15, Severity.HIGH: 30, Severity.MEDIUM: 90, Severity.LOW: 180}
_SHARE = {Grade.CORE: 5, Grade.IMPORTANT: 2, Grade.ORDINARY: 1, Grade.UNKNOWN: 1}
INCIDENT_DAYS: dict[Severity, int] = {Severity.CRITICAL: 1, Severity.HIGH: 1, Severity.MEDIUM: 3, Severity.LOW: 7}


def days_for(severity: Severity, grade: Grade) -> int:
    """How many days a finding may stay; 0 for what has no date."""
    days = DAYS.get(severity, 0)
    return max(1, days // _SHARE[grade]) if days else 0


def due_of_finding(severity: Severity, grade: Grade, first_seen: int) -> int:
    """Unix nanoseconds; 0 for what has no date."""
    days = days_for(severity, grade)
    return first_seen + days * DAY_NS if days else 0


def due_of_incident(severity: Severity, first_time: int) -> int:
    """Until when somebody must have dealt with it, whatever it hit; 0 for what has no date."""
    days = INCIDENT_DAYS.get(severity, 0)
    return first_time + days * DAY_NS if days else 0
