"""Whether an image comes from where it may, is built on what it may, and was signed by whom it must. Not: what is in it.

Charter: a policy, an image's names and digests, its base, and signed contents as they were found go in; findings of kind
UNTRUSTED and a verdict come out. It fetches nothing and reads no file: what could not be fetched is given as such, and is
told as 'not examined', never as trust. One more thing that a policy can ask for is one file in `detectors/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.trust.detectors import DETECTORS
from periderm.engines.trust.engine import findings, verdict
from periderm.engines.trust.facts import Detector, TrustFacts
from periderm.model.finding import Finding

__all__ = ["DETECTORS", "findings", "run_example", "verdict"]


def run_example(detector: Detector, given: TrustFacts) -> Sequence[Finding]:
    """What one detector says of one image."""
    return findings(given, (detector,))
