"""Package URLs: one string that names a package in any ecosystem. Builds and reads them; looks nothing up.

Source: ECMA-427 (package-url specification) with its type definitions.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

import msgspec

_LOWER_NAMES = frozenset(("alpm", "apk", "bitbucket", "composer", "deb", "github", "hex", "oci", "pub", "pypi"))
_LOWER_NAMESPACES = frozenset(("alpm", "apk", "bitbucket", "composer", "deb", "github", "golang", "hex", "rpm"))


class PackageUrl(msgspec.Struct, frozen=True):
    """The parts of a package URL, decoded. `qualifiers` are (key, value), sorted by key, without empty values."""

    type: str
    name: str
    version: str = ""
    namespace: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()
    subpath: str = ""

    def qualifier(self, key: str) -> str:
        """The value of a qualifier, '' if it has none."""
        return next((value for name, value in self.qualifiers if name == key), "")

    def __str__(self) -> str:
        """The canonical string."""
        parts = ["pkg:", self.type.lower(), "/"]
        if self.namespace:
            namespace = self.namespace.lower() if self.type in _LOWER_NAMESPACES else self.namespace
            parts += ["/".join(_encode(p) for p in namespace.split("/") if p), "/"]
        parts.append(_encode(_name(self.type, self.name)))
        if self.version:
            parts += ["@", _encode(self.version)]
        told = [(k.lower(), v) for k, v in sorted(self.qualifiers) if v]
        if told:
            parts += ["?", "&".join(f"{k}={_encode(v)}" for k, v in told)]
        if self.subpath:
            parts += ["#", "/".join(_encode(p) for p in self.subpath.split("/") if p not in ("", ".", ".."))]
        return "".join(parts)


def _encode(text: str) -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe=":.-_~")


def _name(kind: str, name: str) -> str:
    if kind == "pypi":
        return name.lower().replace("_", "-")
    return name.lower() if kind in _LOWER_NAMES else name


def parse(text: str) -> PackageUrl | None:
    """The parts of a package URL; None for a string that is none."""
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() != "pkg":
        return None
    rest, _, subpath = rest.strip("/").partition("#")
    rest, _, told = rest.partition("?")
    kind, slash, rest = rest.lstrip("/").partition("/")
    if not slash or not kind:
        return None
    version = ""
    head, at, tail = rest.rpartition("@")
    if at and "/" not in tail:
        rest, version = head, unquote(tail)
    namespace, _, name = rest.strip("/").rpartition("/")
    if not name:
        return None
    pairs = (pair.partition("=") for pair in told.split("&") if pair)
    return PackageUrl(
        type=kind.lower(),
        name=_name(kind.lower(), unquote(name)),
        version=version,
        namespace="/".join(unquote(part) for part in namespace.split("/") if part),
        qualifiers=tuple(sorted((key.lower(), unquote(value)) for key, _, value in pairs if value)),
        subpath="/".join(unquote(part) for part in subpath.split("/") if part not in ("", ".", "..")),
    )
