"""Masks secrets in all that leaves a scan: a secret that a build argument, a label or a file's name holds is not stored.

Finds nothing by itself: the image engine's patterns do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.engines.image import redact
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory

if TYPE_CHECKING:
    from periderm.engines.image.secrets import SecretPattern


def masked(
    inventory: ImageInventory, findings: tuple[Finding, ...], patterns: Sequence[SecretPattern]
) -> tuple[ImageInventory, tuple[Finding, ...]]:
    """Both without secrets. `patterns` are those that were searched for; a scan that searched for none loads them only if
    the configuration gives a reason, and leaves names of files as they are."""
    if not patterns and redact.suspicious(inventory.config):
        from periderm.engines.image import DETECTORS

        patterns = tuple(p for d in DETECTORS for p in d.patterns)
    redactor = redact.Redactor(patterns)
    config = redactor.config(inventory.config)
    if config != inventory.config:
        shown = {step.created_by: redactor.text(step.created_by) for step in inventory.config.history}
        inventory = msgspec.structs.replace(
            inventory,
            config=config,
            packages=tuple(
                msgspec.structs.replace(p, created_by=shown.get(p.created_by, p.created_by)) if p.created_by else p
                for p in inventory.packages
            ),
        )
    if not patterns:
        return inventory, findings
    return (
        redact.redacted(inventory, redactor, msgspec.json.Decoder(ImageInventory).decode),
        redact.redacted(findings, redactor, msgspec.json.Decoder(tuple[Finding, ...]).decode),
    )
