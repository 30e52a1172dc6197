"""What would be normal for an image before its first start: the image is scanned, and its promises are listed, with what a
manifest says of how it is to be run. Keeps nothing and starts nothing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import require
from periderm.app.scan_image import ImageScanner, scan_reference
from periderm.engines.baseline.birth import born
from periderm.flow.progress import Progress, quiet
from periderm.model.baseline import Baseline
from periderm.model.deployed import Deployed
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import Permission, Principal

MOST_MANIFEST = 1 << 20  # bytes
_MOST_DOCUMENTS = 200


class Birth(msgspec.Struct, frozen=True):
    """`baseline` holds promises only. `complete` is false where a limit left something of the image out; `deployed` is the
    container of the manifest that was used."""

    baseline: Baseline
    complete: bool
    deployed: Deployed | None = None


def promised(
    scanner: ImageScanner,
    who: Principal,
    reference: str,
    *,
    manifest: bytes = b"",
    container: str = "",
    progress: Progress = quiet,
) -> Birth:
    """Scans the image and makes its baseline. Raises NotFoundError if the manifest has no such container, UsageError if it has
    several and none was chosen, FormatError if it is no YAML."""
    require(who, Permission.READ)
    deployed = _chosen(containers(manifest), reference, container) if manifest else None
    inventory = scan_reference(scanner, reference, who=who, progress=progress).inventory
    if inventory is None:
        raise NotFoundError(f"{reference} was scanned, and has no inventory.", "Give an image or an archive.")
    baseline = born(inventory, deployed=deployed)
    facts = inventory.start_facts
    complete = facts is not None and facts.complete and not inventory.not_examined
    return Birth(msgspec.structs.replace(baseline, name=reference), complete, deployed)


def containers(manifest: bytes) -> tuple[Deployed, ...]:
    """All containers of all documents of a manifest. Raises FormatError."""
    from periderm.formats import plain_yaml, pod_manifest

    found: list[Deployed] = []
    for document in _documents(manifest):
        found.extend(pod_manifest.read(plain_yaml.load(document, where="the manifest")))
    return tuple(found)


def _documents(manifest: bytes) -> Sequence[bytes]:
    """Documents between lines of '---'."""
    lines: list[list[bytes]] = [[]]
    for line in manifest[:MOST_MANIFEST].split(b"\n"):
        if line.rstrip() == b"---" or line.startswith(b"--- "):
            lines.append([])
        else:
            lines[-1].append(line)
    return [text for some in lines[:_MOST_DOCUMENTS] if (text := b"\n".join(some)).strip()]


def _chosen(found: Sequence[Deployed], reference: str, name: str) -> Deployed:
    """The container of this name; without one, the only one, or the only one of this image."""
    if name:
        some = [each for each in found if each.name == name]
    else:
        wanted = reference.partition(":")[2] if reference.startswith(("podman:", "docker:", "containerd:")) else reference
        some = [each for each in found if each.image == wanted] or [each for each in found if not each.first]
    if not some:
        raise NotFoundError(
            f"The manifest has no container {name!r}." if name else "The manifest has no containers.",
            "Give a manifest of a Pod, or of what makes pods (Deployment, StatefulSet, DaemonSet, Job, CronJob).",
        )
    if len(some) > 1:
        names = ", ".join(dict.fromkeys(each.name for each in some))
        raise UsageError(f"The manifest has several containers: {names}.", "Choose one with --container NAME.")
    return some[0]
