"""What a guarded build works with, what it is asked for, and what comes of it. Does nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.app.judge_image import Judged
from periderm.app.report import ReportParts
from periderm.model.build import BuildCommand
from periderm.model.report import Report
from periderm.ports.builder import Builder
from periderm.ports.source_state import SourceStates

if TYPE_CHECKING:
    from periderm.algorithms.rules.pack import Pack
    from periderm.app.gate import Gate

Attach = Callable[[str, str, Sequence[bytes]], str]  # (name, manifest digest, envelopes) -> where they are now


class BuildParts(msgspec.Struct, frozen=True):
    """What a guarded build works with. `key` gives the private key in PEM; `attach` puts attestations beside an image in its
    registry, None where that is not possible; `keep` puts a report and its verdict into the store."""

    builder: Builder
    reports: ReportParts
    states: SourceStates
    attach: Attach | None = None
    keep: Callable[[Report, Judged], None] | None = None


class BuildOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for. `allow` is a reason for which a refused image passes; `folder` where the bundles of attestations
    go; `key` the private key that signs them (PEM)."""

    command: BuildCommand
    gate: Gate | None = None
    pack: Pack | None = None
    allow: str = ""
    push: bool = False
    folder: str
    key: bytes
    exceptions: str = ""
    vex: tuple[str, ...] = ()
    results_aside: bool = False  # the builder's own results go to standard error
    plain_http: bool = False  # the registry has no TLS
    check: bool = True  # whether the build definition is looked at before


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """One image that was built: its report, what the gate said, and where its attestations (`envelopes`) lie, '' for a
    refused one."""

    id: str
    report: Report
    judged: Judged
    bundle: str = ""
    envelopes: tuple[bytes, ...] = ()


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A build definition, by its path: what was found in it, and what the gate said."""

    path: str
    report: Report
    judged: Judged


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is the builder's own where it failed (then nothing was built). `names` are those that the image has now;
    `pushed` maps them to the manifest digest in the registry, `attached` says where the attestations are there."""

    status: int = 0
    checked: tuple[Checked, ...] = ()
    images: tuple[Image, ...] = ()
    names: tuple[str, ...] = ()
    pushed: dict[str, str] = {}
    attached: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the gate refused one of its images, or the definition: then nothing was built."""
        said = (*(image.judged for image in self.images), *(checked.judged for checked in self.checked))
        return any(not judged.verdict.passed for judged in said)


def full_name(command: BuildCommand, name: str) -> str:
    """A name as the builder keeps it: podman and buildah put what has no registry below 'localhost'."""
    if not name:
        return ""
    first, slash, _ = name.partition("/")
    placed = bool(slash) and (first == "localhost" or "." in first or ":" in first)
    whole = name if placed or command.tool == "docker" else f"localhost/{name}"
    return whole if ":" in whole.rpartition("/")[2] or "@" in whole else f"{whole}:latest"
