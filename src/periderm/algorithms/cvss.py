"""CVSS: the score of a vector, exact as FIRST specifies it (v2, v3.0, v3.1, v4.0). Finds no vectors and rates nothing
else.

Sources: first.org/cvss/v2/guide, /cvss/v3.0/specification-document, /cvss/v3.1/specification-document (7.4, appendix
A), /cvss/v4.0/specification-document (8.2) with the macro-vector scores that FIRST publishes beside it.
"""

from __future__ import annotations

import math
from fractions import Fraction

from periderm.algorithms.cvss4 import score_4
from periderm.model.severity import Severity

_LONGEST = 400  # a v4.0 vector with every optional metric has some 250 characters

_V2 = {
    "AV": {"L": "0.395", "A": "0.646", "N": "1"},
    "AC": {"H": "0.35", "M": "0.61", "L": "0.71"},
    "Au": {"M": "0.45", "S": "0.56", "N": "0.704"},
    "C": {"N": "0", "P": "0.275", "C": "0.66"},
    "I": {"N": "0", "P": "0.275", "C": "0.66"},
    "A": {"N": "0", "P": "0.275", "C": "0.66"},
}
_IMPACT = {"H": "0.56", "L": "0.22", "N": "0"}
_V3 = {
    "AV": {"N": "0.85", "A": "0.62", "L": "0.55", "P": "0.2"},
    "AC": {"L": "0.77", "H": "0.44"},
    "PR": {"N": "0.85", "L": "0.62", "H": "0.27"},
    "UI": {"N": "0.85", "R": "0.62"},
    "S": {"U": "0", "C": "1"},
    "C": _IMPACT,
    "I": _IMPACT,
    "A": _IMPACT,
}
_PRIVILEGES_CHANGED = {"N": "0.85", "L": "0.68", "H": "0.5"}


def score_of(vector: str) -> float | None:
    """The score (0 to 10, one decimal) of a vector: the base score for v2 and v3, and for v4.0 the score of all metrics
    that it tells (CVSS-B, -BT or -BTE: version 4 has one formula). None for what is no whole vector."""
    if len(vector) > _LONGEST:
        return None
    vector = vector.strip()
    if vector.startswith("CVSS:4.0/"):
        return _given(score_4, _metrics(vector[9:]))
    if vector.startswith(("CVSS:3.0/", "CVSS:3.1/")):
        metrics = _metrics(vector[9:])
        return None if metrics is None else _score_3(metrics, exact=vector.startswith("CVSS:3.0/"))
    return _given(_score_2, _metrics(vector.removeprefix("CVSS:2.0/").strip("()")))


def severity_of(score: float, vector: str = "") -> Severity:
    """The qualitative rating of a score (v3.1, section 5; v2 by NVD's scale, which knows no critical). A score of 0 is
    informational, a negative one unknown."""
    if not score >= 0:  # NaN too
        return Severity.UNKNOWN
    if score == 0:
        return Severity.INFORMATIONAL
    if score >= 9 and vector.startswith("CVSS:") and not vector.startswith("CVSS:2"):
        return Severity.CRITICAL
    if score >= 9 and not vector:
        return Severity.CRITICAL
    if score >= 7:
        return Severity.HIGH
    return Severity.MEDIUM if score >= 4 else Severity.LOW


def _given(score: object, metrics: dict[str, str] | None) -> float | None:
    return None if metrics is None else score(metrics)  # type: ignore[operator]


def _metrics(text: str) -> dict[str, str] | None:
    """`AV:N/AC:L` as a mapping; None if a metric is malformed or told twice."""
    metrics: dict[str, str] = {}
    for part in text.split("/"):
        name, colon, value = part.partition(":")
        if not colon or not value or name in metrics:
            return None
        metrics[name] = value
    return metrics


def _weights(metrics: dict[str, str], table: dict[str, dict[str, str]]) -> dict[str, Fraction] | None:
    """The weight of each metric of the table; None if one is missing or has an unknown value."""
    weights = {}
    for name, values in table.items():
        weight = values.get(metrics.get(name, ""))
        if weight is None:
            return None
        weights[name] = Fraction(weight)
    return weights


def _score_2(metrics: dict[str, str]) -> float | None:
    w = _weights(metrics, _V2)
    if w is None:
        return None
    impact = Fraction("10.41") * (1 - (1 - w["C"]) * (1 - w["I"]) * (1 - w["A"]))
    exploitability = 20 * w["AV"] * w["AC"] * w["Au"]
    base = (Fraction("0.6") * impact + Fraction("0.4") * exploitability - Fraction("1.5")) * (
        Fraction("1.176") if impact else 0
    )
    return math.floor(base * 10 + Fraction(1, 2)) / 10


def _score_3(metrics: dict[str, str], *, exact: bool) -> float | None:
    w = _weights(metrics, _V3)
    if w is None:
        return None
    changed = metrics["S"] == "C"
    privileges = Fraction(_PRIVILEGES_CHANGED[metrics["PR"]]) if changed else w["PR"]
    iss = 1 - (1 - w["C"]) * (1 - w["I"]) * (1 - w["A"])
    if changed:
        impact = Fraction("7.52") * (iss - Fraction("0.029")) - Fraction("3.25") * (iss - Fraction("0.02")) ** 15
    else:
        impact = Fraction("6.42") * iss
    if impact <= 0:
        return 0.0
    total = impact + Fraction("8.22") * w["AV"] * w["AC"] * privileges * w["UI"]
    return _round_up(min(total * Fraction("1.08") if changed else total, Fraction(10)), exact=exact)


def _round_up(value: Fraction, *, exact: bool) -> float:
    """The smallest number with one decimal that is not smaller. Version 3.1 first rounds to five decimals (appendix A)."""
    if exact:
        return math.ceil(value * 10) / 10
    return -(-math.floor(value * 100_000 + Fraction(1, 2)) // 10_000) / 10
