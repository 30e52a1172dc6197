"""Chooses what is meant of an index (by platform), and says of each layer whether it can be read. Asks nothing.

OCI image-spec v1.1 (image-index.md, media-types.md, layer.md) and docker's image manifest version 2, schema 2.
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.model.errors import FormatError, NotFoundError
from periderm.model.registry import Descriptor, Platform

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i686": "386", "i386": "386"}
_ATTESTATION = "vnd.docker.reference.type"  # BuildKit hangs attestations into the index, for no platform
_FOREIGN = (
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
)
_LAYERS = ("application/vnd.docker.image.rootfs.diff.tar", "application/vnd.oci.image.layer.v1.tar")
_PACKED = frozenset({"", "+gzip", "+zstd", ".gzip", ".zstd"})
CONFIGS = frozenset({"", "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"})


def this_machine(machine: str) -> Platform:
    """The platform of a machine as uname(2) names it: what its containers run on."""
    return Platform("linux", _MACHINES.get(machine, machine))


def choose(manifests: Sequence[Descriptor], wanted: Platform, *, named: bool) -> tuple[Descriptor, str]:
    """(the manifest for a platform, a sentence to say where it is another than this machine's). `named` tells that a person
    asked for it: then no other will do. Raises NotFoundError, FormatError for an index without images."""
    images = [m for m in manifests if m.platform.os != "unknown" and _ATTESTATION not in m.annotations]
    if not images:
        raise FormatError("the index names no image.")
    fitting = [m for m in images if fits(m.platform, wanted)]
    if fitting:
        return fitting[0], ""
    bare = [m for m in images if m.platform == Platform()]
    there = ", ".join(sorted({str(m.platform) for m in images if m.platform != Platform()})[:20]) or "none is told"
    if named and not bare:
        raise NotFoundError(f"There is no image for {wanted} in the index.", f"Choose another --platform: {there}.")
    chosen = (bare or [m for m in images if m.platform.os == "linux"] or images)[0]
    said = f"There is no image for {wanted}; that for {chosen.platform} was scanned." if not bare else ""
    return chosen, said


def fits(there: Platform, wanted: Platform) -> bool:
    """Whether a platform is the one that is wanted; a variant counts only if it was asked for. arm64 is v8 by itself."""
    if (there.os, there.architecture) != (wanted.os, wanted.architecture):
        return False
    if not wanted.variant or there.variant == wanted.variant:
        return True
    return there.architecture == "arm64" and {there.variant, wanted.variant} == {"", "v8"}


def unread(layer: Descriptor) -> str:
    """Why a layer is not read; '' where it is."""
    kind = layer.media_type
    if kind.startswith(_FOREIGN):
        return f"The layer {layer.digest[:19]} is a foreign one, which registries do not hand on; it was not examined."
    if not kind or any(kind.startswith(known) and kind[len(known) :] in _PACKED for known in _LAYERS):
        return ""
    shown = "".join(c if c.isprintable() else "?" for c in kind[:80])
    return f"The layer {layer.digest[:19]} is of the kind {shown}, which is not known; it was not examined."
