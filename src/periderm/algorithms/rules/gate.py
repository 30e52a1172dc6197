"""The language of gates: conditions about one finding, as `--fail-on` and policies write them. Decides nothing."""

from __future__ import annotations

from functools import lru_cache

from periderm.algorithms.rules.language import Language
from periderm.model.advisory import Verdict
from periderm.model.finding import FindingKind
from periderm.model.gate import FindingFacts
from periderm.model.severity import Severity

# The words for severities; FATAL is not used by the product.
SEVERITIES = {s.name.lower(): int(s) for s in Severity}


@lru_cache(maxsize=1)
def language() -> Language:
    """Conditions over `model.gate.FindingFacts`, with the severities' names as numbers: `severity >= high && fixed`."""
    words = {"kind": tuple(FindingKind), "verdict": ("", *Verdict)}
    return Language(FindingFacts, SEVERITIES, words)


def example() -> FindingFacts:
    """Facts from which the tests of a policy start: a vulnerability of which nothing is known."""
    return FindingFacts(id="test", detector="test", kind=FindingKind.VULNERABILITY.value, severity=int(Severity.UNKNOWN))
