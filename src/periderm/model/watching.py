"""Nouns of watching registries: what is watched, how it went, and which images were seen there. Looks at nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.asset import Ownership

HOUR = 3600


class TagFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tags count. `only` and `never` are globs. `versions` keeps the greatest so many that are versions (semver,
    without pre-releases), `newest` the so many that were built last; 0 keeps all."""

    only: tuple[str, ...] = ("*",)
    never: tuple[str, ...] = ()
    versions: int = 0
    newest: int = 0


class Sender(enum.StrEnum):
    """Who sends webhooks, and in which shape."""

    DISTRIBUTION = "distribution"  # notifications of CNCF distribution; GitLab's registry sends the same
    HARBOR = "harbor"
    DOCKER_HUB = "docker-hub"
    GITHUB = "github"
    QUAY = "quay"
    AZURE = "azure"
    ECR = "ecr"


class Hook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A webhook that is taken. `secret` says where its secret lies ('file:PATH', 'env:NAME'): the secret itself is nowhere
    in the store. `made` is when (Unix nanoseconds)."""

    sender: Sender
    secret: str
    made: int = 0


class WatchedRegistry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registry that the server looks at every `every` seconds (spread by up to `jitter` of that). `repositories` are
    names or globs; `platforms` are 'os/architecture[/variant]', or '*' for all. `credentials` says where they lie: '' or
    'docker' (the files of docker and podman), 'env:NAME' or 'file:PATH' ('user:password' in it)."""

    name: str
    registry: str
    repositories: tuple[str, ...] = ("*",)
    tags: TagFilter = TagFilter()
    platforms: tuple[str, ...] = ("linux/amd64",)
    every: int = HOUR
    jitter: float = 0.1
    owner: Ownership = Ownership()
    credentials: str = ""
    paused: bool = False
    hooks: tuple[Hook, ...] = ()
    made: int = 0
    made_by: str = ""


class LookState(msgspec.Struct, frozen=True, kw_only=True):
    """How looking at a registry goes. `looking` is since when a look is under way (0: none is), `looked` when the last one that
    succeeded ended, `tried` when the last one ended, `next` when the next is due. `failing` is since when none succeeds,
    `problem` why. The counts are of the last look, `new_images` those that it put into the queue, `left_out` what a limit
    or a refusal kept it from, in words. Unix nanoseconds."""

    looks: int = 0
    looking: int = 0
    looked: int = 0
    tried: int = 0
    next: int = 0
    failing: int = 0
    failures: int = 0
    problem: str = ""
    repositories: int = 0
    tags: int = 0
    new_images: int = 0
    changed: int = 0
    gone: int = 0
    left_out: tuple[str, ...] = ()


class PlatformImage(msgspec.Struct, frozen=True):
    """One image behind a tag: its platform, the digest of its manifest, and of its configuration (by which it is known
    everywhere else). `size` is that of the layers as they are sent."""

    platform: str
    manifest: str
    image: str
    size: int = 0


class RegistryTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that was seen in a watched registry. `digest` is what it named at the last look; `gone` since when it does not
    exist any more (0: it does); `queued` whether its images were handed to the queue; `chosen` whether the filter takes
    it. `created` is when its first image was built (0: not asked). Unix nanoseconds."""

    watch: str
    registry: str
    repository: str
    tag: str
    digest: str
    images: tuple[PlatformImage, ...] = ()
    first_seen: int = 0
    last_seen: int = 0
    changed: int = 0
    gone: int = 0
    created: int = 0
    queued: bool = False
    chosen: bool = True

    @property
    def id(self) -> str:
        """What it is in the store."""
        return f"{self.watch}/{self.repository}:{self.tag}"

    @property
    def reference(self) -> str:
        """As people write it."""
        return f"{self.registry}/{self.repository}:{self.tag}"


class RegistryCall(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody says that something is new: a tag ('' for all) of a repository ('' for all) of a watched registry is to be
    looked at, not before `not_before`. What it became is asked of the registry itself."""

    watch: str
    repository: str = ""
    tag: str = ""
    not_before: int = 0
    asked_by: str = ""

    @property
    def id(self) -> str:
        """The same call twice is one."""
        return f"{self.watch}/{self.repository}:{self.tag}"


class RegistryEvent(msgspec.Struct, frozen=True):
    """What a registry says has changed: a tag ('': it does not say which) of a repository. Not to be believed: a look tells."""

    repository: str
    tag: str = ""
    deleted: bool = False
