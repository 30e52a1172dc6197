"""Chooses the tags of a repository that are to be scanned, each image once however many tags it has. Scans nothing."""

from __future__ import annotations

import fnmatch

import msgspec

from periderm.app.application import require
from periderm.flow.progress import Progress, quiet
from periderm.formats.image_reference import parse
from periderm.model.errors import FormatError, LimitError, NotFoundError, PeridermError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.registry import ImageReference
from periderm.ports.registry import Registry

MOST_TAGS = 2_000


class TaggedImage(msgspec.Struct, frozen=True):
    """One image of a repository by its digest, with all chosen tags that lead to it. `error` says why there is no digest."""

    repository: str
    tags: tuple[str, ...]
    digest: str = ""
    error: str = ""

    @property
    def reference(self) -> str:
        """As a registry takes it: the first tag, and the digest that it had when it was looked at."""
        return f"{self.repository}:{self.tags[0]}" + (f"@{self.digest}" if self.digest else "")


def registry_of(target: str) -> str:
    """The registry's host in a reference. Raises UsageError for what is none."""
    try:
        return parse(target.removeprefix("registry:")).registry
    except FormatError as error:
        raise UsageError(error.what, error.next_step) from None


def choose_tags(
    registry: Registry,
    target: str,
    *,
    pattern: str = "*",
    progress: Progress = quiet,
    who: Principal = LOCAL_ADMIN,
) -> tuple[TaggedImage, ...]:
    """The images of HOST/REPOSITORY whose tags match a pattern of the shell ('1.*'), in the registry's order. Raises
    UsageError for what is no repository, NotFoundError if nothing matches, LimitError beyond `MOST_TAGS`, and what the port
    raises."""
    require(who, Permission.READ)
    try:
        reference = parse(target.removeprefix("registry:"), default_tag="")
    except FormatError as error:
        raise UsageError(error.what, error.next_step) from None
    if reference.tag or reference.digest:
        raise UsageError(f"{target} names one image, and several were asked for.", "Leave the tag out.")
    tags = [tag for tag in registry.tags(reference) if fnmatch.fnmatchcase(tag, pattern)]
    if not tags:
        raise NotFoundError(f"No tag of {reference} matches {pattern!r}.", "Look at its tags, or leave --tags out.")
    if len(tags) > MOST_TAGS:
        raise LimitError(f"{len(tags)} tags match; {MOST_TAGS} is the most that one command scans.", "Choose with --tags.")
    return _grouped(registry, reference, tags, progress)


def _grouped(registry: Registry, reference: ImageReference, tags: list[str], progress: Progress) -> tuple[TaggedImage, ...]:
    """One for each digest; a tag that cannot be asked for stands alone with its error."""
    by_digest: dict[str, list[str]] = {}
    failed: list[TaggedImage] = []
    for number, tag in enumerate(tags):
        progress(f"{reference}:{tag}", number / len(tags))
        try:
            digest = registry.digest(msgspec.structs.replace(reference, tag=tag))
        except PeridermError as error:
            failed.append(TaggedImage(str(reference), (tag,), error=str(error)))
        else:
            by_digest.setdefault(digest, []).append(tag)
    return (*(TaggedImage(str(reference), tuple(names), digest) for digest, names in by_digest.items()), *failed)
