"""Opens a running container as its image's layers with what it has changed on top, or as its whole root where the image
is not at hand. Reads through the kernel's own view of the container; executes nothing in it and changes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from periderm.model.asset import Container
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.model.image import ImageConfig
from periderm.ports.image_source import OpenImage, TreeLayer

CHANGES = "container"  # the digest of the layer that a container has written: it has none of its own
Containers = Callable[[], Sequence[Container]]
OpenContainerImage = Callable[[Container], AbstractContextManager[OpenImage]]


class RunningContainers:
    """`ports.image_source.ImageSource`: `location` is a container's id, the beginning of one, or its name."""

    def __init__(
        self,
        containers: Containers,
        open_image: OpenContainerImage,
        open_changes: Callable[[str, str], TreeLayer],
        open_root: Callable[[str, str], TreeLayer],
    ) -> None:
        self._containers = containers
        self._open_image = open_image
        self._open_changes = open_changes
        self._open_root = open_root

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the container. Raises NotFoundError, ImageSourceError, FormatError."""
        container = choose(self._containers(), name or location)
        with contextlib.ExitStack() as stack:
            try:
                image = stack.enter_context(self._open_image(container))
                changes = self._open_changes(container.overlay_upper, CHANGES) if container.overlay_upper else None
            except (NotFoundError, ImageSourceError, FormatError):
                if not container.pid:
                    raise
                image, changes = self._whole(container), None
            layers = (*image.layers, changes) if changes is not None else image.layers
            yield OpenImage(
                reference=f"{container.name} ({image.reference})",
                source=f"container:{container.container_id}",
                digest=image.digest,
                config=image.config,
                layers=layers,
            )

    def _whole(self, container: Container) -> OpenImage:
        """The root file system as the container sees it, as one layer."""
        root = self._open_root(f"/proc/{container.pid}/root", CHANGES)
        digest = container.image_digest or f"sha256:{container.container_id:0<64}"[:71]
        return OpenImage(container.image_name or container.name, "container", digest, ImageConfig(), (root,))


def choose(containers: Sequence[Container], wanted: str) -> Container:
    """The container that is meant. Raises NotFoundError, also when it could be several."""
    exact = [c for c in containers if wanted in (c.container_id, c.name)]
    if len(exact) == 1:
        return exact[0]
    fitting = exact or [c for c in containers if len(wanted) >= 4 and c.container_id.startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        meant = ", ".join(f"{c.name} ({c.container_id[:12]})" for c in fitting[:5])
        raise NotFoundError(f"{wanted!r} may mean {meant}.", "Give more of the id.")
    raise NotFoundError(
        f"No running container {wanted!r} was found on this machine.",
        "`periderm assets --kind container` or the runtime's own list shows ids; other users' need root.",
    )
