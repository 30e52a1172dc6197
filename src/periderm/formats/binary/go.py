"""Go executables: the modules and the standard library they were built from, from the build information inside them.

Source: the Go standard library's debug/buildinfo and runtime/debug.ParseBuildInfo (formats since Go 1.13 and 1.18),
go.dev/ref/mod for pseudo-versions. Reads no symbol table: what a stripped program uses of a module is not known.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import msgspec

from periderm.formats.binary.sections import elf_at, has_sections, is_elf, section
from periderm.model.errors import LimitError
from periderm.model.image import Origin, Package
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.purl import PackageUrl
from periderm.model.text import Text

MOST_MODULES = 20_000
_MAGIC = b"\xff Go buildinf:"
_HEAD = 32
_INLINE, _BIG = 2, 1  # flags
_LARGEST = 16 * MIB  # of the list of modules
_CANDIDATES = 8
_RELEASE = re.compile(r"go(\d+\.\d+(?:\.\d+)?)((?:rc|beta)\d+)?")
_LINKED = re.compile(r"-X[ =]['\"]?([^\s'\"=]+)=v?(\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,40})")
_VERSIONS = frozenset(("version", "gitversion", "buildversion", "appversion", "releaseversion", "semver", "gitdescribe"))


class Module(msgspec.Struct, frozen=True):
    """A module with what replaces it. A folder that replaces it has no version."""

    path: str
    version: str


class BuildInfo(msgspec.Struct, frozen=True):
    """`go` is the toolchain's version as it names itself; `main` is None where not even a path is told."""

    go: str
    main: Module | None = None
    modules: tuple[Module, ...] = ()
    settings: dict[str, str] = {}


def find(data: bytes) -> BuildInfo | None:
    """The build information of an executable, None if it has none."""
    for go, text in _raw(data):
        if go.startswith((b"go", b"devel")):
            return _parse(go.decode("utf-8", "replace"), text)
    return None


def _raw(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(version, module text) at each place where build information may be. A stripped file has no named section."""
    if is_elf(data) and has_sections(data):
        block = section(data, b".go.buildinfo")
        if block is not None:
            yield _block(data, block)
        return
    at = data.find(_MAGIC)
    for _ in range(_CANDIDATES):
        if at < 0:
            return
        yield _block(data, data[at : at + _LARGEST + 4096])
        at = data.find(_MAGIC, at + 1)


def _block(data: bytes, block: bytes) -> tuple[bytes, bytes]:
    """Both strings: behind the head since Go 1.18, before that by pointers to strings."""
    if not block.startswith(_MAGIC) or len(block) < _HEAD:
        return b"", b""
    size, flags = block[14], block[15]
    if flags & _INLINE:
        go, at = _counted(block, _HEAD)
        text, _ = _counted(block, at)
    else:
        order = ">" if flags & _BIG else "<"
        if size not in (4, 8):
            return b"", b""
        pointer = struct.Struct(order + ("I" if size == 4 else "Q"))
        go, text = (_pointed(data, pointer, *pointer.unpack_from(block, 16 + i * size)) for i in range(2))
    # The list is framed by 16 bytes on each side.
    return go, text[16:-16] if len(text) >= 33 and text[-17:-16] == b"\n" else b""


def _counted(block: bytes, at: int) -> tuple[bytes, int]:
    """A string with its length before it (unsigned LEB128), and where it ends."""
    length = shift = 0
    for index in range(10):
        if at + index >= len(block):
            return b"", len(block)
        byte = block[at + index]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = at + index + 1
            if length > _LARGEST or start + length > len(block):
                return b"", len(block)
            return block[start : start + length], start + length
    return b"", len(block)


def _pointed(data: bytes, pointer: struct.Struct, address: int) -> bytes:
    """A Go string (pointer, length) at an address."""
    head = elf_at(data, address, 2 * pointer.size)
    if len(head) < 2 * pointer.size:
        return b""
    (start,), (length,) = pointer.unpack_from(head), pointer.unpack_from(head, pointer.size)
    return elf_at(data, start, length) if length <= _LARGEST else b""


def _parse(go: str, text: bytes) -> BuildInfo:
    """Lines of tab-separated words: path, mod, dep, =>, build."""
    main: Module | None = None
    modules: list[Module] = []
    settings: dict[str, str] = {}
    path = last = ""
    for line in text.decode("utf-8", "replace").split("\n"):
        kind, _, rest = line.partition("\t")
        words = rest.split("\t")
        if kind in ("mod", "dep") and len(words) >= 2:
            module = Module(words[0], words[1])
            if kind == "mod":
                main = module
            else:
                modules.append(module)
                if len(modules) > MOST_MODULES:
                    raise LimitError(f"a Go program lists more than {MOST_MODULES} modules.")
            last = kind
        elif kind == "=>" and len(words) >= 2 and last:
            replaced = modules[-1] if last == "dep" else main
            local = words[0].startswith(("./", "../", "/")) or not words[1]
            better = Module(replaced.path if local and replaced else words[0], "" if local else words[1])
            if last == "dep":
                modules[-1] = better
            else:
                main = better
            last = ""
        elif kind == "build":
            key, _, value = rest.partition("=")
            settings[key] = _unquoted(value)
        elif kind == "path":
            path = rest
    return BuildInfo(go, main or _module_of(path), tuple(modules), settings)


def _unquoted(value: str) -> str:
    """A value with spaces or quotes is a Go string literal; of its escapes only those of quotes and white space matter."""
    if len(value) < 2 or value[0] != value[-1] or value[0] not in '"`':
        return value
    inner = value[1:-1]
    return inner if value[0] == "`" else inner.replace('\\"', '"').replace("\\t", " ").replace("\\n", " ")


def _module_of(path: str) -> Module | None:
    """The module of a program that was built without modules (dockerd is), from the path of its main package."""
    if "." not in path.partition("/")[0]:  # 'command-line-arguments', 'cmd/go'
        return None
    return Module(path.partition("/cmd/")[0], "(devel)")


def toolchain(go: str) -> str:
    """'1.21.5' of 'go1.21.5 X:boringcrypto'; '1.22.0-rc.1' of 'go1.22rc1', as semver orders it; '' for a development one."""
    match = _RELEASE.match(go)
    if not match:
        return ""
    version, early = match[1], match[2]
    if not early:
        return version
    number = early.lstrip("rcbeta")
    return f"{version}{'.0' if version.count('.') == 1 else ''}-{early[: -len(number)]}.{number}"


def main_version(info: BuildInfo) -> str:
    """The program's own version: the module's, or what the linker was told, or a pseudo-version of its commit."""
    if info.main is None:
        return ""
    if info.main.version not in ("", "(devel)"):
        return info.main.version
    for name, value in _LINKED.findall(info.settings.get("-ldflags", "")[:65_536]):
        package, _, variable = name.rpartition(".")
        own = package in ("main", info.main.path) or package.startswith(info.main.path + "/")
        if own and variable.lower() in _VERSIONS:
            return f"v{value}"
    revision, time = info.settings.get("vcs.revision", ""), info.settings.get("vcs.time", "")
    stamp = re.sub(r"[^0-9]", "", time)
    if len(revision) >= 12 and len(stamp) == 14:
        return f"v0.0.0-{stamp}-{revision[:12]}"
    return ""


def _package(path: str, version: str, file: str, dependencies: tuple[str, ...] = ()) -> Package:
    namespace, _, name = path.rpartition("/")
    return Package(
        name=path,
        version=version,
        type="golang",
        purl=str(PackageUrl(type="golang", namespace=namespace, name=name, version=version)),
        path=file,
        origin=Origin.EMBEDDED,
        dependencies=dependencies,
    )


def read(data: bytes, path: str) -> FileFacts:
    """The standard library, the main module and all others that were built in; nothing for what is no Go program."""
    info = find(data)
    if info is None:
        return FileFacts()
    packages: dict[tuple[str, str], Package] = {}

    def add(package: Package) -> None:
        packages.setdefault((package.name, package.version), package)

    version = toolchain(info.go)
    if version:
        add(_package("stdlib", version, path))
    if info.main is not None and info.main.path:
        add(_package(info.main.path, main_version(info), path, tuple(m.path for m in info.modules)))
    for module in info.modules:
        if module.path:
            add(_package(module.path, "" if module.version == "(devel)" else module.version, path))
    return FileFacts(packages=tuple(packages.values()))


FORMAT = PackageFormat(
    id="go-binary",
    title=Text("Go executable", "Go 可执行文件"),
    read=read,
    executables=True,
    most=512 * MIB,
)
