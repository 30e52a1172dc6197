"""Runs the detectors over one image's facts, and says in one verdict whether it is trusted and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.trust.detectors import DETECTORS
from periderm.engines.trust.facts import Detector, Hit, TrustFacts
from periderm.model.finding import Finding
from periderm.model.identity import image_id
from periderm.model.ids import stable_id
from periderm.model.trust import TrustVerdict

MOST = 250  # findings of one detector


def findings(facts: TrustFacts, detectors: Sequence[Detector] = DETECTORS) -> tuple[Finding, ...]:
    """What the policy does not allow, each thing once, in the detectors' order."""
    found: dict[str, Finding] = {}
    for detector in detectors:
        for number, hit in enumerate(detector.judge(facts)):
            if number >= MOST:
                break
            finding = _finding(detector, hit, facts)
            found.setdefault(finding.id, finding)
    return tuple(found.values())


def verdict(facts: TrustFacts, found: Sequence[Finding]) -> TrustVerdict:
    """What the policy says of the image: trusted only if nothing was found, and nothing could not be looked at."""
    return TrustVerdict(
        reference=str(facts.reference) if facts.reference is not None else facts.name,
        rule=facts.rule.name if facts.rule is not None else "",
        policy=facts.policy.where,
        trusted=not found,
        digests=facts.digests,
        signers=facts.vouched,
        refused=facts.refused,
    )


def _finding(detector: Detector, hit: Hit, facts: TrustFacts) -> Finding:
    spec = detector.spec
    asset = image_id(facts.image_digest)
    return Finding(
        id=stable_id("fnd", spec.id, asset, hit.key),
        detector=spec.id,
        kind=detector.kind,
        severity=spec.severity if hit.severity is None else hit.severity,
        asset_id=asset,
        title=spec.title,
        message=hit.message or spec.message.fill(**hit.values),
        remediation=hit.remediation or spec.remediation,
        location=hit.location,
        evidence=hit.evidence,
        techniques=spec.techniques,
        first_seen=facts.now * 10**9,
        last_seen=facts.now * 10**9,
    )
