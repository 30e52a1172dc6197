"""What a trust policy is judged with: where signatures come from, and the walls behind which they are verified.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.app.scan_image import ImageScanner
    from periderm.app.trust import TrustParts
    from periderm.ports.registry import Registry


def trust_parts(settings: Settings, scanner: ImageScanner, asking: Callable[[], Registry] | None = None) -> TrustParts:
    """Where signatures come from; no registry is asked before one is needed."""
    from periderm.adapters.documents_local import LocalDocuments
    from periderm.adapters.signature_layout import LayoutSignatures
    from periderm.app.trust import TrustParts
    from periderm.wiring.registering import registry_client

    return TrustParts(
        documents=LocalDocuments(),
        registry=asking or (lambda: registry_client(settings)),
        layout=LayoutSignatures,
        limits=scanner.limits,
        sandbox=scanner.sandbox,
    )
