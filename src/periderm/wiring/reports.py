"""What makes a report: the image scanner, the files that a person names, the advisories at hand.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from periderm.model.errors import NotFoundError
from periderm.model.settings import Settings
from periderm.wiring.advising import advisory_source
from periderm.wiring.scanning import Bring, Walls, image_scanner
from periderm.wiring.trusting import trust_parts

if TYPE_CHECKING:
    from periderm.app.report import ReportParts
    from periderm.engines.vulnerability.surroundings import Surroundings
    from periderm.ports.known_images import KnownImages
    from periderm.ports.registry import Registry
    from periderm.ports.store import Store


def report_parts(
    settings: Settings,
    *,
    cached: bool = True,
    required: bool = False,
    asking: Callable[[], Registry] | None = None,
    yara: str = "",
    services: str = "",
) -> ReportParts:
    """What `scan_target` works with. Without `cached` nothing that was kept is used, and nothing is kept. `required`: no
    scan without a whole sandbox. `asking` makes the client of registries. `yara` is a folder of rules, `services` a file of
    services, both besides what lies in the state's folder."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.documents_local import LocalDocuments
    from periderm.app.report import ReportParts

    scanner = image_scanner(settings, cached=cached, required=required, asking=asking, bring=Bring(yara, services))
    walls = scanner.sandbox
    return ReportParts(
        scanner=scanner,
        documents=LocalDocuments(),
        clock=SystemClock(),
        advisories=lambda: advisory_source(settings),
        gaps=lambda: walls.gaps() if isinstance(walls, Walls) else (),
        known=lambda: known_images(settings),
        around=around_container,
        trust=lambda: trust_parts(settings, scanner, asking),
    )


def known_images(settings: Settings) -> KnownImages:
    """What podman's storage and the store on this machine know of images."""
    from periderm.adapters.image_podman import PodmanKnown, default_roots
    from periderm.flow.known_images import AllKnown

    @contextlib.contextmanager
    def opened() -> Iterator[Store]:
        if not os.path.exists(settings.database):
            raise NotFoundError("Nothing is stored here.", "")
        from periderm.wiring.stored import reader

        with reader(settings) as app:
            yield app.store

    return AllKnown(PodmanKnown(default_roots()), opened)


def around_container(name: str) -> Surroundings:
    """How a container runs here: what listens in its network, what is published, with which powers."""
    from periderm.adapters.image_container import choose
    from periderm.adapters.listening_linux import LinuxListening
    from periderm.engines.vulnerability.running import around_of
    from periderm.wiring.scanning import running

    container = choose(running(), name)
    shared = "network" in container.host_namespaces
    heard = LinuxListening().listening(container.pid) if container.pid and not shared else None
    return around_of([container], listening=heard)
