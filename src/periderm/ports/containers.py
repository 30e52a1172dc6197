"""What runs on this machine: the node itself, container images and containers, from the runtimes' own records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.asset import Container, Image, Node


class Machine(Protocol):
    """Facts about this machine."""

    def node(self) -> Node:
        """This machine as an asset; needs no root."""
        ...


class ContainerRuntime(Protocol):
    """One runtime's records. Reading never changes them and needs no daemon."""

    def name(self) -> str:
        """'podman', 'docker', 'containerd'."""
        ...

    def available(self) -> str:
        """'' if it can be used, else one sentence what is missing."""
        ...

    def images(self) -> Sequence[Image]:
        """Images on this machine. Raises ContainerRuntimeError."""
        ...

    def containers(self) -> Sequence[Container]:
        """Running containers, with pid, cgroup and mount namespace. Raises ContainerRuntimeError."""
        ...

    def identify(self, pid: int) -> Container | None:
        """The container of a process that has just been seen, without listing all; None if it is in none."""
        ...

    def scan_source(self, image: Image) -> str:
        """What an image source opens to scan this image ('podman:sha256:…')."""
        ...
