"""CVSS: the score of a vector, exact as FIRST specifies it (v2, v3.0, v3.1, v4.0). Finds no vectors and rates nothing
else.

Sources: first.org/cvss/v2/guide, /cvss/v3.0/specification-document, /cvss/v3.1/specification-document (7.4, appendix
A), /cvss/v4.0/specification-document (8.2) with the macro-vector scores that FIRST publishes beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

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


def _given(score: Callable[[dict[str, str]], float | None], metrics: dict[str, str] | None) -> float | None:
    return None if metrics is None else score(metrics)


def _metrics(text: str) -> dict[str, str] | None:
    """`AV:N/AC:L` as a mapping; None if a metric is malformed or told twice."""
    metrics: dict[str, str] = {}
    for part in text.split("/"):
        name, colon, value = part.partition(":")
        if not colon or not value or name in metrics:
            return None
        metrics[name] = value
    return metrics


# Numbers are whole counts of 10^-100: the formulas have at most 96 decimals, so that nothing is ever rounded before
# the end.
_ONE: int = 10**100


def _number(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole + decimals) * _ONE // int(10 ** len(decimals))


def _times(*factors: int) -> int:
    """The product, exact."""
    return math.prod(factors) // int(_ONE ** (len(factors) - 1))


def _weights(metrics: dict[str, str], table: dict[str, dict[str, str]]) -> dict[str, int] | None:
    """The weight of each metric of the table; None if one is missing or has an unknown value."""
    weights = {}
    for name, values in table.items():
        weight = values.get(metrics.get(name, ""))
        if weight is None:
            return None
        weights[name] = _number(weight)
    return weights


def _lost(w: dict[str, int]) -> int:
    """1 - (1 - C)(1 - I)(1 - A)."""
    return _ONE - _times(_ONE - w["C"], _ONE - w["I"], _ONE - w["A"])


def _score_2(metrics: dict[str, str]) -> float | None:
    w = _weights(metrics, _V2)
    if w is None:
        return None
    impact = _times(_number("10.41"), _lost(w))
    if not impact:
        return 0.0
    exploitability = 20 * _times(w["AV"], w["AC"], w["Au"])
    total = _times(_number("0.6"), impact) + _times(_number("0.4"), exploitability) - _number("1.5")
    return (_times(total, _number("1.176")) * 10 + _ONE // 2) // _ONE / 10


def _score_3(metrics: dict[str, str], *, exact: bool) -> float | None:
    w = _weights(metrics, _V3)
    if w is None:
        return None
    changed = metrics["S"] == "C"
    privileges = _number(_PRIVILEGES_CHANGED[metrics["PR"]]) if changed else w["PR"]
    iss = _lost(w)
    if changed:
        power = _times(*[iss - _number("0.02")] * 15)
        impact = _times(_number("7.52"), iss - _number("0.029")) - _times(_number("3.25"), power)
    else:
        impact = _times(_number("6.42"), iss)
    if impact <= 0:
        return 0.0
    total = impact + _times(_number("8.22"), w["AV"], w["AC"], privileges, w["UI"])
    return _round_up(min(_times(total, _number("1.08")) if changed else total, 10 * _ONE), exact=exact)


def _round_up(value: int, *, exact: bool) -> float:
    """The smallest number with one decimal that is not smaller. Version 3.1 first rounds to five decimals (appendix A)."""
    if exact:
        return -(-value * 10 // _ONE) / 10
    return -(-((value * 100_000 + _ONE // 2) // _ONE) // 10_000) / 10
