"""What an image holds: configuration, layer entries as they are read, packages, executables, and the whole inventory."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.contents import LookedAt
from periderm.model.start_facts import StartFacts

WHITEOUT = ".wh."  # image-spec v1.1, layer.md: `.wh.NAME` hides NAME of the layers below
OPAQUE = ".wh..wh..opq"  # hides all that the layers below have in this folder


# Folders of a machine with other people's containers and images: each is scanned as itself, and not with the machine.
CONTAINER_STORAGE = (
    "var/lib/containerd",
    "var/lib/containers",
    "var/lib/cri-o",
    "var/lib/docker",
    "var/lib/kubelet/pods",
    "var/lib/lxc",
    "var/lib/lxcfs",
    "var/lib/machines",
)


class FileType(enum.IntEnum):
    """Type of a layer entry."""

    REGULAR = 0
    DIRECTORY = 1
    SYMLINK = 2
    HARDLINK = 3
    CHARACTER = 4
    BLOCK = 5
    FIFO = 6
    SOCKET = 7


class LayerEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One entry of a layer, its path relative and normalised ('usr/bin/env'); bytes that are not UTF-8 are
    surrogate-escaped. Whiteouts keep their names (`.wh.x`, `.wh..wh..opq`). `offset` and `size` locate the content
    in the layer's uncompressed bytes. `escapes` tells that the name, or a hard link's target, tried to climb out of the
    root (`../`); `device` is (major, minor) of a device node; `capabilities` are the permitted file capabilities as bits,
    by their numbers in linux/capability.h."""

    path: str
    type: FileType
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    link: str = ""
    offset: int = 0
    escapes: bool = False
    device: tuple[int, int] = (0, 0)
    capabilities: int = 0


class History(msgspec.Struct, frozen=True):
    """One build step as the image's configuration tells it."""

    created_by: str
    comment: str = ""
    empty_layer: bool = False


class ImageConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The OCI image configuration, the parts that judgement needs."""

    architecture: str = ""
    os: str = ""
    user: str = ""
    environment: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    working_directory: str = ""
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    healthcheck: tuple[str, ...] = ()
    created: str = ""
    diff_ids: tuple[str, ...] = ()
    history: tuple[History, ...] = ()


class OsRelease(msgspec.Struct, frozen=True):
    """`ID`, `VERSION_ID`, `PRETTY_NAME`, `ID_LIKE`, `VERSION_CODENAME` and `SUPPORT_END` of os-release(5)."""

    id: str = ""
    version: str = ""
    pretty_name: str = ""
    like: tuple[str, ...] = ()
    codename: str = ""
    support_end: str = ""


class Origin(enum.StrEnum):
    """How a package is known."""

    INSTALLED = "installed"  # a package manager says so, or the package lies there whole
    DECLARED = "declared"  # a lock file or manifest asks for it
    EMBEDDED = "embedded"  # built into a binary or an archive, which says so itself
    RECOGNISED = "recognised"  # a program that no package manager brought, known by its content


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A package. `type` is the package-url type ('deb', 'pypi', 'golang', …); `purl` follows the package-url
    specification; `layer` is the digest (diff id) that brought it, `created_by` the build step that made that layer;
    `source` and `source_version` name the source package that advisories speak of.

    `version` is as the package manager writes it (rpm: 'EPOCH:VERSION-RELEASE', the epoch only if it is not 0).
    `licence` is an SPDX expression where it is one. `cpes` are CPE 2.3 names. `path` is the file that tells of it.
    `owner` is the name of the distribution's package that brought that file ('deb:python3-yaml'): such a package is
    not counted twice. `on_disk` is false where the package manager still lists it and none of its files is there any
    more. `scope` is '' (run time), 'development', 'optional' or 'test'. `hashes` are 'sha1:…', 'sha256:…' of what was
    recognised. `dependencies` are names or package URLs that it asks for. `files` are the paths it owns.
    `line` is where it stands in the manifest at `path` (0: not known)."""

    name: str
    version: str
    type: str
    purl: str
    architecture: str = ""
    source: str = ""
    source_version: str = ""
    licence: str = ""
    layer: str = ""
    path: str = ""
    origin: Origin = Origin.INSTALLED
    created_by: str = ""
    owner: str = ""
    on_disk: bool = True
    scope: str = ""
    vendor: str = ""
    module: str = ""  # rpm modularity: 'nodejs:18'
    cpes: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    line: int = 0


class BuildStart(msgspec.Struct, frozen=True, array_like=True, order=True):
    """An image that a build file begins with: the file, the line (from 1), and what stands there, with variables put in.
    `known` that no variable of it was left open."""

    path: str
    line: int
    image: str
    known: bool = True


class ExecutableFile(msgspec.Struct, frozen=True, array_like=True):
    """An executable regular file of the final file system. `package` is the owning package's name, '' if unowned;
    `sha256` is hex, '' where the content was not read."""

    path: str
    size: int
    mode: int
    sha256: str
    package: str
    layer: str


class ImageInventory(msgspec.Struct, frozen=True, kw_only=True, tag="inventory"):
    """All facts of one image. `digest` is the image's configuration digest, or for a folder a digest of its path.

    `secret_paths` are the files in which a secret was found (never the secret), so that the runtime engine can tell
    when one is read. `not_examined` says what a limit left out. `layer_sizes` are the inflated bytes of each of `layers`
    (empty where they are not known). `manifests` are the digests of the image's manifest and of the indexes that led to it,
    computed from their bytes (empty where there are none: an archive of `docker save`, a folder). `starts` are the images
    that the build files of source code begin with. `start_facts` is what its containers will do, None where nobody looked.
    """

    digest: str
    reference: str
    source: str
    config: ImageConfig
    os: OsRelease
    packages: tuple[Package, ...]
    executables: tuple[ExecutableFile, ...]
    secret_paths: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    size: int = 0
    files: int = 0
    not_examined: tuple[str, ...] = ()
    layer_sizes: tuple[int, ...] = ()
    contents: LookedAt | None = None
    manifests: tuple[str, ...] = ()
    starts: tuple[BuildStart, ...] = ()
    start_facts: StartFacts | None = None
