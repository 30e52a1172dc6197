"""What a look at a watched registry means: which repositories and tags count, what is new, changed or gone, when the next
look is due. Pure: it asks nothing and stores nothing; `look_registry.py` does.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.algorithms.versions import semver
from periderm.model.registry import Descriptor
from periderm.model.watching import LookState, RegistryTag, TagFilter, WatchedRegistry

SECOND = 10**9
FIRST_RETRY_NS = 30 * SECOND
LEAST_EVERY = 30  # seconds
_VERSION = re.compile(r"v?[0-9]{1,10}(?:\.[0-9]{1,10}){1,3}")
# Signatures and attestations lie beside an image under such a tag (distribution-spec v1.1, "Referrers Tag Schema", and cosign).
_REFERRER = re.compile(r"sha256-[0-9a-f]{64}(?:\.[a-z]+)?")
_ATTESTATION = "vnd.docker.reference.type"  # BuildKit hangs attestations into the index, for no platform
_WILD = frozenset("*?[")


def is_pattern(name: str) -> bool:
    """Whether a repository is named by a glob: then the registry's catalogue must be read."""
    return not _WILD.isdisjoint(name)


def takes_repository(watch: WatchedRegistry, repository: str) -> bool:
    """Whether the repository is one of those that are watched."""
    return any(fnmatch.fnmatchcase(repository, wanted) for wanted in watch.repositories)


def takes_tag(chosen: TagFilter, tag: str) -> bool:
    """Whether a tag's name passes; how many of those are kept is another question."""
    if _REFERRER.fullmatch(tag):
        return False
    return any(fnmatch.fnmatchcase(tag, glob) for glob in chosen.only) and not any(
        fnmatch.fnmatchcase(tag, glob) for glob in chosen.never
    )


def choose_tags(chosen: TagFilter, tags: Iterable[str]) -> list[str]:
    """The tags that count by their names, each once, in their order: globs first, then the greatest versions."""
    named = [tag for tag in dict.fromkeys(tags) if takes_tag(chosen, tag)]
    if not chosen.versions:
        return named
    keyed = [(semver.key(tag) or "", tag) for tag in named if _VERSION.fullmatch(tag)]
    best = {tag for _, tag in sorted(keyed, reverse=True)[: chosen.versions]}
    return [tag for tag in named if tag in best]


def newest(chosen: TagFilter, tags: Sequence[RegistryTag]) -> set[str]:
    """The names of the tags that are kept of those of one repository, by when their images were built."""
    there = [tag for tag in tags if not tag.gone]
    if not chosen.newest:
        return {tag.tag for tag in there}
    ordered = sorted(there, key=lambda tag: (-tag.created, tag.tag))
    return {tag.tag for tag in ordered[: chosen.newest]}


def fits(platforms: Sequence[str], manifest: Descriptor) -> bool:
    """Whether a manifest of an index is for a watched platform. One that names none is; an attestation is for nobody."""
    told = manifest.platform
    if told.os == "unknown" or _ATTESTATION in manifest.annotations:
        return False
    name, short = str(told), f"{told.os}/{told.architecture}"
    return not name or "*" in platforms or name in platforms or short in platforms


class Difference(msgspec.Struct, frozen=True):
    """Tags of one repository by what became of them since the last look."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def compare(
    before: Mapping[str, RegistryTag], digests: Mapping[str, str], listed: Iterable[str], *, dated: bool = False
) -> Difference:
    """`digests` are those that the chosen tags have now, `listed` all tags that exist. A tag that came back, that could not
    be read (it has no digest), or (if they are to be `dated`) whose date is not known is new; one that is still listed but
    not chosen any more is not gone."""
    new, changed, same = [], [], []
    for tag, digest in digests.items():
        known = before.get(tag)
        if known is None or known.gone or not known.digest:
            new.append(tag)
        elif known.digest != digest:
            changed.append(tag)
        elif dated and known.images and not known.created:
            new.append(tag)
        else:
            same.append(tag)
    there = set(listed)
    gone = [tag for tag, known in before.items() if not known.gone and tag not in there]
    return Difference(tuple(new), tuple(changed), tuple(same), tuple(gone))


def spread(name: str, number: int) -> float:
    """A share from 0 to 1 that differs by name and number, and is the same for the same: registries are not all asked at
    once, and no chance is needed."""
    data = f"{name}\0{number}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=4).digest()) / 0xFFFFFFFF


def after_success(watch: WatchedRegistry, state: LookState, now: int) -> LookState:
    """The look that is in `state` ended well: nothing fails any more, and the next one is due."""
    wait = max(watch.every, LEAST_EVERY) * (1 + min(max(watch.jitter, 0.0), 1.0) * spread(watch.name, state.looks))
    return msgspec.structs.replace(
        state,
        looks=state.looks + 1,
        looking=0,
        looked=now,
        tried=now,
        next=now + int(wait * SECOND),
        failing=0,
        failures=0,
        problem="",
    )


def after_failure(watch: WatchedRegistry, state: LookState, problem: str, now: int) -> LookState:
    """It did not: asked again soon, then later and later, never more rarely than the schedule says."""
    most = max(watch.every, LEAST_EVERY) * SECOND
    wait = min(most, FIRST_RETRY_NS << min(state.failures, 20))
    wait = int(wait * (1 + 0.2 * spread(watch.name, state.failures)))
    return msgspec.structs.replace(
        state,
        looks=state.looks + 1,
        looking=0,
        tried=now,
        next=now + wait,
        failing=state.failing or now,
        failures=state.failures + 1,
        problem=problem,
    )
