"""Looks at one watched registry: asks for digests, fetches what is new, puts its images into the queue. Scans nothing.

Only the digests of tags are asked for (HEAD); a manifest is fetched when a digest has changed, a configuration only where
tags are chosen by when they were built. What a webhook says is believed in nothing but that it is worth a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from periderm.flow import watch_registries as decide
from periderm.flow.queue import MOST_WAITING
from periderm.formats.oci import INDEX_TYPES, parse_config, parse_manifest, verify
from periderm.formats.registry_answers import parse_descriptors
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError, FormatError, NotFoundError
from periderm.model.queue import Asked
from periderm.model.registry import Descriptor, ImageReference, RawManifest
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.watching import LookState, PlatformImage, RegistryTag, WatchedRegistry
from periderm.ports.clock import Clock
from periderm.ports.registry import Registry
from periderm.ports.store import Store

MOST_REPOSITORIES = 10_000
MOST_TAGS = 10_000  # of one repository
MOST_PLATFORMS = 20
LARGEST_CONFIG = 4 << 20
SAVE_EVERY = 100
IMAGE_CONFIGS = (
    "",  # which a manifest may leave out
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_BROKEN = (FormatError, NotFoundError, DeniedError)  # of one repository or tag; what ConnectError says is true of all


class LookEndedError(Exception):
    """The server stops: the look is made again when it starts. Never shown to anybody."""


class Look:
    """One look. `still` is called before each question and may end it by raising; ConnectError ends it too."""

    def __init__(
        self,
        watch: WatchedRegistry,
        registry: Registry,
        store: Store,
        clock: Clock,
        *,
        asked: Asked = Asked.SCHEDULED,
        asked_by: str = "",
        still: Callable[[], None] = lambda: None,
    ) -> None:
        self._watch = watch
        self._registry = registry
        self._store = store
        self._clock = clock
        self._asked = asked
        self._asked_by = asked_by or f"registry {watch.name}"
        self._still = still
        self._left_out: dict[str, None] = {}
        self._counts = {"repositories": 0, "tags": 0, "new_images": 0, "changed": 0, "gone": 0}
        self._known: dict[str, tuple[PlatformImage, ...]] = {}

    def all(self, state: LookState) -> LookState:
        """The whole registry; the state with what was found. Raises ConnectError, DeniedError (nobody may look at
        anything), UsageError (it has no list of repositories)."""
        names = self._repositories()
        refused: list[DeniedError] = []
        for name in names:
            try:
                self.repository(name)
            except DeniedError as error:
                refused.append(error)
                self._leave_out(f"{name}: {error.what}")
            except NotFoundError:
                self._gone(name)
            except FormatError as error:
                self._leave_out(f"{name}: {error.what}")
        if refused and len(refused) == len(names):
            raise refused[0]
        self._forgotten(names)
        return self._told(state)

    def some(self, state: LookState, repository: str, tag: str) -> LookState:
        """One repository, or one tag of it, that somebody says is new. What is not watched is not asked for."""
        if decide.takes_repository(self._watch, repository) and not decide.is_pattern(repository):
            try:
                self.repository(repository, tag)
            except NotFoundError:
                self._gone(repository)
            except FormatError as error:
                self._leave_out(f"{repository}: {error.what}")
        return msgspec.structs.replace(state, left_out=tuple(dict.fromkeys((*state.left_out, *self._left_out)))[:20])

    def repository(self, name: str, only: str = "") -> None:
        """All its tags, or one. Raises NotFoundError, DeniedError, FormatError, ConnectError."""
        self._still()
        before = {tag.tag: tag for tag in self._store.tags_of(self._watch.name, name)}
        chosen = self._watch.tags
        if only and not (chosen.versions or chosen.newest):
            listed = [only] if decide.takes_tag(chosen, only) else []
            before = {tag: known for tag, known in before.items() if tag == only}
        else:
            listed = list(self._registry.tags(self._at(name)))
        wanted = decide.choose_tags(chosen, listed)
        if len(wanted) > MOST_TAGS:
            self._leave_out(f"{name}: {len(wanted) - MOST_TAGS} of {len(wanted)} tags")
            wanted = wanted[-MOST_TAGS:]
        self._counts["repositories"] += 1
        digests = self._digests(name, wanted)
        there = [tag for tag in listed if tag in digests or tag not in wanted]
        told = decide.compare(before, digests, there, dated=bool(chosen.newest))
        self._counts["changed"] += len(told.changed)
        self._count_gone(before, told.gone)
        tags = [self._same(before[tag]) for tag in told.same]
        new = [*told.new, *told.changed]
        for begin in range(0, len(new), SAVE_EVERY):
            some = [self._fetched(name, tag, digests[tag], before.get(tag)) for tag in new[begin : begin + SAVE_EVERY]]
            tags += self._save(some)  # what was fetched is not fetched again if this process dies
        rest = {tag: known for tag, known in before.items() if tag not in told.gone and tag not in wanted}
        self._save(self._kept(rest, tags))

    def _kept(self, rest: Mapping[str, RegistryTag], tags: Sequence[RegistryTag]) -> list[RegistryTag]:
        """Which of the tags the filter takes; the `rest`, which it does not take any more, keep what is known of them."""
        best = decide.newest(self._watch.tags, tags)
        out = [msgspec.structs.replace(tag, chosen=tag.tag in best) for tag in tags]
        return out + [msgspec.structs.replace(t, chosen=False) for t in rest.values() if t.chosen and not t.gone]

    def _repositories(self) -> list[str]:
        """By name and by glob. Raises UsageError where a glob is asked of a registry that does not tell its repositories."""
        self._still()
        named = [name for name in self._watch.repositories if not decide.is_pattern(name)]
        if len(named) < len(self._watch.repositories):
            listed = self._registry.repositories(self._watch.registry)
            named += [name for name in listed if decide.takes_repository(self._watch, name)]
        found = list(dict.fromkeys(named))
        if len(found) > MOST_REPOSITORIES:
            self._leave_out(f"{len(found) - MOST_REPOSITORIES} of {len(found)} repositories")
        return found[:MOST_REPOSITORIES]

    def _at(self, repository: str, *, tag: str = "", digest: str = "") -> ImageReference:
        return ImageReference(registry=self._watch.registry, repository=repository, tag=tag, digest=digest)

    def _digests(self, name: str, tags: Iterable[str]) -> dict[str, str]:
        """What each tag names now; one that went away since the list was made is left out."""
        found: dict[str, str] = {}
        for tag in tags:
            self._still()
            try:
                found[tag] = self._registry.digest(self._at(name, tag=tag))
            except NotFoundError:
                continue
            self._counts["tags"] += 1
        return found

    def _fetched(self, name: str, tag: str, digest: str, before: RegistryTag | None) -> RegistryTag:
        """A tag whose digest is new, with its images; none of what is no image. One that cannot be read has no digest either,
        so that the next look tries again."""
        now = self._clock.now()
        images: tuple[PlatformImage, ...] = ()
        created = 0
        try:
            images = self._known.get(digest) or self._images(name, digest)
            self._known[digest] = images
            if images and self._watch.tags.newest:
                created = self._created(name, images[0])
        except _BROKEN as error:
            self._leave_out(f"{name}:{tag}: {error.what}")
            digest = ""
        return RegistryTag(
            watch=self._watch.name,
            registry=self._watch.registry,
            repository=name,
            tag=tag,
            digest=digest,
            images=images,
            first_seen=before.first_seen if before is not None else now,
            last_seen=now,
            changed=now,
            created=created,
            chosen=not self._watch.tags.newest,  # which those are is known at the end
        )

    def _images(self, name: str, digest: str) -> tuple[PlatformImage, ...]:
        """What lies behind a digest: one image, or those of an index for the platforms that are watched."""
        self._still()
        raw = self._registry.manifest(self._at(name, digest=digest))
        if raw.media_type not in INDEX_TYPES:
            return self._image(raw, "")
        found: list[PlatformImage] = []
        fitting = [m for m in parse_descriptors(raw.data) if decide.fits(self._watch.platforms, m)]
        if len(fitting) > MOST_PLATFORMS:
            self._leave_out(f"{name}@{digest[:19]}…: {len(fitting) - MOST_PLATFORMS} of {len(fitting)} platforms")
        for listed in fitting[:MOST_PLATFORMS]:
            self._still()
            inner = self._registry.manifest(self._at(name, digest=listed.digest))
            found.extend(self._image(inner, str(listed.platform)))
        return tuple(found)

    def _image(self, raw: RawManifest, platform: str) -> tuple[PlatformImage, ...]:
        """Nothing for what is no image: charts, signatures, an index in an index."""
        if raw.media_type in INDEX_TYPES:
            return ()
        manifest = parse_manifest(raw.data)
        if manifest.config.media_type not in IMAGE_CONFIGS:
            return ()
        size = sum(max(0, layer.size) for layer in manifest.layers)
        return (PlatformImage(platform, raw.digest, manifest.config.digest, size),)

    def _created(self, name: str, image: PlatformImage) -> int:
        """When an image was built, by its configuration."""
        self._still()
        manifest = parse_manifest(self._registry.manifest(self._at(name, digest=image.manifest)).data)
        told = manifest.config
        if not 0 <= told.size <= LARGEST_CONFIG:
            raise FormatError(f"the configuration has {told.size} bytes.")
        described = Descriptor(media_type=told.media_type, digest=told.digest, size=told.size)
        data = b"".join(self._registry.blob(self._at(name, digest=image.manifest), described))
        verify(data, told.digest)
        return unix_nanoseconds(parse_config(data).created)

    def _same(self, tag: RegistryTag) -> RegistryTag:
        return msgspec.structs.replace(tag, last_seen=self._clock.now(), chosen=True)

    def _save(self, tags: Sequence[RegistryTag]) -> list[RegistryTag]:
        """Tags, and their images into the queue, unless that is full: then the next look puts them there. The tags as they
        are stored now."""
        with self._store.transaction():
            state = self._store.queue_state()
            room = MOST_WAITING - state.waiting - state.retrying
            out = []
            for tag in tags:
                if tag.chosen and not tag.queued and room > 0 and not tag.gone:
                    room -= self._queue(tag)
                    tag = msgspec.structs.replace(tag, queued=True)  # noqa: PLW2901 -- the same tag, known to be queued
                elif tag.chosen and not tag.queued and not tag.gone:
                    self._leave_out(f"the queue is full: {MOST_WAITING} images wait")
                out.append(tag)
            self._store.put_tags(out)
        return out

    def _queue(self, tag: RegistryTag) -> int:
        """How many of its images wait now that did not before."""
        put = 0
        for image in tag.images:
            place = self._at(tag.repository, tag=tag.tag, digest=image.manifest)
            put += self._store.put_scan_request(
                ScanRequest(
                    image_digest=image.image,
                    source=f"registry:{place}",
                    reference=tag.reference,
                    node_id="",
                    requested=self._clock.now(),
                    asked=self._asked,
                    asked_by=self._asked_by,
                    credentials=self._watch.credentials,
                )
            )
        self._counts["new_images"] += put
        return put

    def _gone(self, name: str) -> None:
        """The whole repository is."""
        before = {tag.tag: tag for tag in self._store.tags_of(self._watch.name, name)}
        self._count_gone(before, [tag for tag, known in before.items() if not known.gone])

    def _forgotten(self, names: Sequence[str]) -> None:
        """Repositories that the registry does not list any more, or that are not watched any more."""
        there = set(names)
        lost = {tag.repository for tag in self._store.tags_of(self._watch.name) if not tag.gone} - there
        for name in sorted(lost):
            if len(names) < MOST_REPOSITORIES:
                self._gone(name)

    def _count_gone(self, before: Mapping[str, RegistryTag], gone: Sequence[str]) -> None:
        """What scans found stays; the tags say since when they are not there."""
        now = self._clock.now()
        self._counts["gone"] += len(gone)
        self._store.put_tags(msgspec.structs.replace(before[tag], gone=now, changed=now, queued=False) for tag in gone)

    def _leave_out(self, what: str) -> None:
        if len(self._left_out) < 20:
            self._left_out[what[:300]] = None

    def _told(self, state: LookState) -> LookState:
        return msgspec.structs.replace(state, left_out=tuple(self._left_out), **self._counts)
