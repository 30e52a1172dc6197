"""Which findings the store's exceptions take away, and by which of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import Application
from periderm.model.exception import Excepted, Exemption
from periderm.model.finding import Finding
from periderm.model.places import ImageState


class Hidden(msgspec.Struct, frozen=True):
    """`left` count, `findings` do not; `by` says which exception hides which."""

    left: tuple[Finding, ...]
    findings: tuple[Finding, ...] = ()
    by: tuple[Excepted, ...] = ()


def hide(app: Application, findings: Sequence[Finding], images: Sequence[ImageState]) -> Hidden:
    """Puts the store's exceptions to these findings of these images."""
    del app, images
    return Hidden(tuple(findings))


def hidden_by(exemption: Exemption, finding: Finding, image: ImageState | None, now: int) -> bool:
    """Whether this exception takes this finding away now."""
    del exemption, finding, image, now
    return False
