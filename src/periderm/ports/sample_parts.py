"""What the sample is made with: sources, a container engine, and a visitor who speaks HTTP. `ports.sample` is the whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from periderm.model.text import Text

Progress = Callable[[Text, float], None]  # what happens now, and the share that is done (0 to 1)


class SampleBuilt(msgspec.Struct, frozen=True, kw_only=True):
    """The sample image as it is now. `digest` is its configuration's (`sha256:…`); `fresh` says that it was built just
    now, in `seconds`; `dropped` is the program that the attack drops."""

    reference: str
    digest: str
    fresh: bool
    seconds: float
    dropped: bytes


class SampleParts(msgspec.Struct, frozen=True, kw_only=True):
    """What the image is made of: the folder with the base's file system, the folder of the other sources (with what
    was made for it), and keys that change when either must be made again. Folders are '' where the key was enough."""

    base_key: str
    key: str
    base: str = ""
    context: str = ""
    token: str = ""
    dropped: bytes = b""


class SampleSource(Protocol):
    """Makes the parts. Raises ContainerRuntimeError with what is missing."""

    def available(self) -> str:
        """'' if the parts can be made here, else one sentence what is missing and how to get it."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """While it is held, no other process builds or cleans below the same cache; waits for its turn."""
        ...

    def key(self) -> SampleParts:
        """The keys alone; quick, and needs nothing."""
        ...

    def make(self, progress: Progress, *, base: bool) -> SampleParts:
        """The context, and with `base` the base's file system (about half a minute; from the cache where it can)."""
        ...

    def discard_base(self) -> None:
        """The base's file system is in an image now; its folder is no longer needed."""
        ...

    def clean(self) -> tuple[str, ...]:
        """Remove the cache; says what was removed."""
        ...


class SampleEngine(Protocol):
    """Makes the image and runs the container. Raises ContainerRuntimeError."""

    def available(self) -> str:
        """'' if containers can be run here, else one sentence what is missing and how to get it."""
        ...

    def has_base(self, parts: SampleParts) -> bool:
        """Whether the base with this key is an image already."""
        ...

    def built(self, parts: SampleParts) -> SampleBuilt | None:
        """The image, if it is there and its sources are the same."""
        ...

    def build(self, parts: SampleParts, progress: Progress) -> SampleBuilt:
        """Make the image from the parts."""
        ...

    def start(self) -> str:
        """Start a container afresh (one that is left over is replaced); returns its id."""
        ...

    def pid(self) -> int:
        """The container's first process on the host, 0 if it does not run."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is anything at an absolute path inside the running container."""
        ...

    def present(self) -> str:
        """The name of the sample's container, '' if there is none."""
        ...

    def stop(self) -> bool:
        """Remove the container; whether there was one."""
        ...

    def clean(self) -> tuple[str, ...]:
        """Remove the container and the images; says what was removed."""
        ...


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer; the body is cut at a limit."""

    status: int
    body: bytes


class Listener(Protocol):
    """One address inside the container's network, and what was said to it."""

    def heard(self, timeout: float) -> bytes:
        """The first bytes that a caller sent, b'' if nobody did within `timeout` seconds."""
        ...

    def close(self) -> None: ...


class Visitor(Protocol):
    """Somebody inside the container's network (and in nothing else of it). Raises ConnectError."""

    def get(self, target: str) -> Answer:
        """GET `target` from the web server at 127.0.0.1:80."""
        ...

    def listen(self, address: str, port: int) -> Listener:
        """Answer at an address that exists only in this network."""
        ...

    def close(self) -> None:
        """Leave; what was added to the network is removed."""
        ...
