"""Every detector of build files in one ordered list. Loaded when the first such file is met, or its reference is asked for."""

from __future__ import annotations

from periderm.engines.config.detectors import (
    base_image,
    compose,
    compose_exposure,
    container_copy,
    container_packages,
    container_start,
    container_user,
    fetching,
    gitlab,
    language_packages,
    workflow_input,
    workflow_rights,
    workflow_supply,
    written_secrets,
)
from periderm.engines.config.facts import Detector

DETECTORS: tuple[Detector, ...] = (
    *base_image.DETECTORS,
    *container_user.DETECTORS,
    *container_packages.DETECTORS,
    *container_copy.DETECTORS,
    *container_start.DETECTORS,
    *fetching.DETECTORS,
    *language_packages.DETECTORS,
    *written_secrets.DETECTORS,
    *compose.DETECTORS,
    *compose_exposure.DETECTORS,
    *workflow_input.DETECTORS,
    *workflow_rights.DETECTORS,
    *workflow_supply.DETECTORS,
    *gitlab.DETECTORS,
)
