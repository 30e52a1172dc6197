"""One file for each thing that a trust policy asks for: its identity, its judgement, its examples."""

from __future__ import annotations

from periderm.engines.trust.detectors import (
    attestation_missing,
    base_image,
    base_old,
    build_start,
    digest,
    image_old,
    no_rule,
    not_examined,
    registry,
    repository,
    signature_missing,
)
from periderm.engines.trust.facts import Detector

DETECTORS: tuple[Detector, ...] = (
    no_rule.DETECTOR,
    registry.DETECTOR,
    repository.DETECTOR,
    digest.DETECTOR,
    base_image.DETECTOR,
    image_old.DETECTOR,
    base_old.DETECTOR,
    signature_missing.DETECTOR,
    attestation_missing.DETECTOR,
    build_start.DETECTOR,
    not_examined.DETECTOR,
)
