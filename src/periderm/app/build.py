"""Builds an image so that it is scanned, judged and attested before it has a name: `periderm build`.

The builder runs with the user's own words and makes the image under a name for the time being; only what passes the gate gets
the names that were asked for, is pushed, and leaves its id in the user's file. What is refused stays without a name: its layers
serve the next build from the cache, and it can be looked into by its id.
"""

from __future__ import annotations

import re

import msgspec

from periderm import __version__
from periderm.algorithms.signing import sign
from periderm.app import build_command as words
from periderm.app.application import require
from periderm.app.build_check import check_definitions
from periderm.app.build_parts import BuildOrder, BuildParts, Image, Outcome, full_name
from periderm.app.judge_image import judge_image
from periderm.app.materials import materials
from periderm.app.release import ID, MOST_FILE, Release
from periderm.app.report import Order, scan_target
from periderm.flow.progress import Progress, quiet
from periderm.model.build import BuildCommand, Built
from periderm.model.errors import ContainerRuntimeError, FormatError, ImageSourceError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.report import Report, TargetKind

_SPACE = "localhost/periderm-build"
MOST_IMAGES = 32  # of one manifest list


def build_image(parts: BuildParts, order: BuildOrder, *, progress: Progress = quiet, who: Principal = LOCAL_ADMIN) -> Outcome:
    """Builds, scans, judges, attests, names, pushes. Raises PeridermError; then no name is left on the image either."""
    require(who, Permission.READ)
    command = order.command
    if (order.push or command.push) and not (command.tags or command.manifest):
        raise UsageError("Without a name nothing can be pushed.", "Add -t REGISTRY/NAME:TAG.")
    sign(b"", "text/plain", order.key)  # a key that cannot sign is told before the build, not after it
    checked = check_definitions(parts, order, progress) if order.check else ()
    if any(not each.judged.verdict.passed for each in checked):
        return Outcome(checked=checked)
    outcome = _build(parts, order, progress)
    if parts.keep is not None:
        for image in outcome.images:
            parts.keep(image.report, image.judged)
    return msgspec.structs.replace(outcome, checked=checked)


def _build(parts: BuildParts, order: BuildOrder, progress: Progress) -> Outcome:
    """Runs the builder, has what it made judged, and names what passed."""
    command, builder = order.command, parts.builder
    temporary = f"{_SPACE}:{builder.random()}"
    started = parts.reports.clock.now()
    with builder.folder() as folder:
        iidfile = f"{folder}/id"
        status = builder.run(words.build_words(command, iidfile, temporary), quiet_output=order.results_aside)
        if status:
            return Outcome(status=status)
        outcome = Outcome()
        try:
            iid = _id_in(parts, iidfile)
            built = _built(parts, order, temporary, started)
            found = tuple(_looked(parts, order, image, folder, progress) for image in _images(parts, command, iid, temporary))
            outcome = Outcome(images=found)
            if not outcome.refused:
                release = Release(parts=parts, order=order, built=built, iid=iid, folder=folder, progress=progress)
                outcome = release.run(found)
        finally:
            if nameless := words.untag_words(command, temporary, passed=not outcome.refused and bool(outcome.images)):
                builder.ask(nameless)
    return outcome


def _id_in(parts: BuildParts, path: str) -> str:
    try:
        told = parts.reports.documents.read(path, MOST_FILE).decode("ascii", "replace").strip()
    except NotFoundError:
        told = ""
    found = ID.fullmatch(told)
    if found is None:
        raise ContainerRuntimeError("The builder did not say what it has built.", "Build without --quiet, and see why.")
    return found[1]


def _built(parts: BuildParts, order: BuildOrder, temporary: str, started: int) -> Built:
    command, builder = order.command, parts.builder
    version = re.search(r"\d+(?:\.\d+)+", builder.ask(words.version_words(command)).output.decode("utf-8", "replace"))
    versions = {"periderm": __version__} | ({command.tool: version[0]} if version else {})
    return Built(
        command=command,
        identity=f"urn:periderm:build:{temporary.rpartition(':')[2]}",
        started=started,
        finished=parts.reports.clock.now(),
        versions=versions,
        materials=materials(command, builder, parts.reports.documents, parts.states),
    )


def _images(parts: BuildParts, command: BuildCommand, iid: str, temporary: str) -> tuple[str, ...]:
    """What is to be scanned: the image, or each image of the list."""
    if not command.manifest:
        return (iid,)
    answer = parts.builder.ask(words.instances_words(command, temporary))
    named = tuple(dict.fromkeys(re.findall(rb'"digest":\s*"(sha256:[0-9a-f]{64})"', answer.output)))
    listing = parts.builder.ask(words.listing_words(command)).output
    pairs = re.findall(rb"^(?:sha256:)?([0-9a-f]{64})\s+(sha256:[0-9a-f]{64})", listing, re.MULTILINE)
    known = {digest: image for image, digest in pairs}
    found = tuple(dict.fromkeys(known[digest].decode() for digest in named if digest in known))
    if answer.status or not named or len(named) > MOST_IMAGES or not set(named) <= set(known):
        raise ContainerRuntimeError(
            f"The list of images cannot be looked into ({len(named)} images, {len(found)} are here): {answer.error[:200]}",
            f"Build one platform at a time, or at most {MOST_IMAGES}.",
        )
    return found


def _looked(parts: BuildParts, order: BuildOrder, image: str, folder: str, progress: Progress) -> Image:
    """Scans one image and has it judged."""
    report = _scanned(parts, order, image, folder, progress)
    plain = image.removeprefix("sha256:")
    if order.command.tool != "docker" and report.inventory.digest != f"sha256:{plain}":
        raise FormatError(f"{image[:19]} was built, and {report.inventory.digest[:19]} was found.", "Build it again.")
    judged = judge_image(report, order.gate, order.pack, allowed=order.allow, by="local", reference=report.inventory.reference)
    return Image(id=report.inventory.digest, report=report, judged=judged)


def _scanned(parts: BuildParts, order: BuildOrder, image: str, folder: str, progress: Progress) -> Report:
    """Where the builder keeps it, or out of an archive that the builder writes: not every storage can be read by others."""
    wanted = Order(
        kind=TargetKind.IMAGE,
        target=f"{'docker' if order.command.tool == 'docker' else 'podman'}:{image}",
        reference=full_name(order.command, next(iter((*order.command.tags, order.command.manifest)), "")),
        exceptions=order.exceptions,
        vex=order.vex,
    )
    try:
        return scan_target(parts.reports, wanted, progress=progress)
    except (NotFoundError, ImageSourceError, ContainerRuntimeError):
        path = f"{folder}/{image.removeprefix('sha256:')}.tar"
        answer = parts.builder.ask(words.save_words(order.command, image, path), seconds=1800)
        if answer.status:
            raise ContainerRuntimeError(
                f"The image cannot be taken out of its storage: {answer.error[:300]}", "See whether it can be saved by hand."
            ) from None
        return scan_target(parts.reports, msgspec.structs.replace(wanted, target=path), progress=progress)
