"""The sample: a container of ours that works, is attacked through a real weakness, and is removed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from periderm.model.policy import Policy
from periderm.model.text import Text


class AttackStep(msgspec.Struct, frozen=True):
    """One step that was really done: `title` says what, `happened` whether the sample let it happen (a program that the
    kernel killed has happened), `detail` what came back (bounded). `name` is stable ('shell', 'credentials', 'drop',
    'execute', 'miner'), `request` the command that was sent. `detail` is foreign text: escape it where it is shown."""

    title: Text
    happened: bool
    detail: str = ""
    name: str = ""
    request: str = ""


class Sample(Protocol):
    """Raises ContainerRuntimeError with what is missing. All of it is bounded in time and touches only its own things."""

    def available(self) -> str:
        """'' if the sample can run here, else one sentence what is missing and how to get it."""
        ...

    def build(self, progress: Callable[[str, float | None], None]) -> None:
        """Makes the image unless it is there and its sources have not changed. Works offline after the first time."""
        ...

    def image_digest(self) -> str:
        """`sha256:…` of the image's configuration; '' before it was built."""
        ...

    def policy(self) -> Policy:
        """The sample's own policy: it may be enforced, everything else only alerts."""
        ...

    def start(self) -> str:
        """Starts the container; returns the runtime's id (64 hex digits) once its server answers."""
        ...

    def normal_work(self, seconds: float, progress: Callable[[float], None]) -> int:
        """Real requests for so long; `progress` gets 0 to 1. Returns the number of answered requests."""
        ...

    def attack(self) -> Iterator[AttackStep]:
        """Each step through the sample's real weakness, in order."""
        ...

    def expected_detectors(self) -> frozenset[str]:
        """Ids of the detectors that must be in the incident's chain."""
        ...

    def marker_absent(self) -> bool:
        """True if the dropped program has not written its file."""
        ...

    def stop(self) -> None:
        """Removes the container and all that was made for running it; the image stays."""
        ...

    def clean(self) -> list[str]:
        """Removes everything that the sample ever made; returns what was removed."""
        ...
