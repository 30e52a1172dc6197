"""What a code analyser said in its own report, before it becomes a finding. Judges nothing."""

from __future__ import annotations

import msgspec

from periderm.model.severity import Severity


class AnalysisResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result. All texts are printable and short. `path` is relative to the analysed folder where that can be told;
    `fingerprint` is the analyser's own ('' if it gave none). `suppressed` is the reason for which it does not count."""

    tool: str
    rule: str
    title: str
    message: str
    severity: Severity
    path: str = ""
    line: int = 0
    change: str = ""
    evidence: str = ""
    fingerprint: str = ""
    weaknesses: tuple[str, ...] = ()
    suppressed: str = ""


class Analysis(msgspec.Struct, frozen=True):
    """All results of a report; `left_out` says in sentences what a limit or a failed run left out."""

    results: tuple[AnalysisResult, ...]
    left_out: tuple[str, ...] = ()
