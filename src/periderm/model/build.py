"""Nouns of guarded builds: what a builder was asked for, what came of it, and what the gate said. Runs and reads nothing."""

from __future__ import annotations

import msgspec


class BuildCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command line of podman, buildah or docker, taken apart. `program` is the builder with its own options ('podman',
    '--root=…'), `verb` the words that mean building, `kept` the builder's arguments without what only holds after the gate:
    `tags`, `manifest`, `iidfile`, `push`. `context` is the folder or address that is built, '' where none was named;
    `files` the build definitions that were named. Of build arguments and secrets only the names are held."""

    tool: str
    program: tuple[str, ...]
    verb: tuple[str, ...]
    kept: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    manifest: str = ""
    iidfile: str = ""
    push: bool = False
    context: str = ""
    files: tuple[str, ...] = ()
    target: str = ""
    platforms: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # the names of all options that were given


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went into a build, by its digest: `uri` says what ('git+https://…', 'pkg:oci/…', 'file:…'), `digest`
    maps an algorithm of in-toto's digest set ('sha256', 'gitCommit') to hex. `dirty`: with changes that no commit has."""

    uri: str
    digest: dict[str, str]
    name: str = ""
    dirty: bool = False


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A build that ended. Times are Unix nanoseconds; `versions` are of the builder and of this product. `identity` names
    this one run."""

    command: BuildCommand
    identity: str
    started: int
    finished: int
    versions: dict[str, str] = {}
    materials: tuple[Material, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True, tag="verdict"):
    """What a gate said about one image, by its configuration digest. `conditions` are what was asked of each finding;
    `policy` is their digest ('sha256:…'). `failing` names the findings that met one (detector or vulnerability, package,
    place), the first `MOST_FAILING`; `failures` counts all. `allowed` is the reason for which it passes all the same, ''
    if nobody gave one. `source` is the network that it comes from and `signer` the id of the key that signed it, both ''
    for a verdict of this one. `time` is Unix nanoseconds."""

    image_digest: str
    passed: bool
    time: int
    conditions: tuple[str, ...] = ()
    policy: str = ""
    failing: tuple[str, ...] = ()
    failures: int = 0
    allowed: str = ""
    by: str = ""
    reference: str = ""
    source: str = ""
    signer: str = ""


MOST_FAILING = 50
