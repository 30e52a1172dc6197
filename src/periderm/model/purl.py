"""Package URLs: one string that names a package in any ecosystem. Builds and reads them; looks nothing up.

Source: ECMA-427 (package-url specification) with its type definitions: which types write names and namespaces in lower
case, and how pypi, pub and cpan spell them.
"""

from __future__ import annotations

import re

import msgspec

_LOWER_NAMESPACES = frozenset(
    (
        *("alpm", "apk", "bitbucket", "composer", "deb", "github", "gitlab", "golang", "hex", "luarocks", "npm", "qpkg"),
        "rpm",
    )
)
_LOWER_NAMES = (_LOWER_NAMESPACES - {"rpm"}) | {"bitnami", "oci", "otp", "pub", "pypi"}
_PLAIN = re.compile(r"[A-Za-z0-9.:_~-]*")  # what is written as it is
_KEY = re.compile(r"[a-z][a-z0-9._-]*")
_ESCAPES = [chr(b) if _PLAIN.fullmatch(chr(b)) else f"%{b:02X}" for b in range(256)]
_ESCAPES_BUT_SLASH = [*_ESCAPES[:47], "/", *_ESCAPES[48:]]


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
        kind = self.type.lower()
        parts = ["pkg:", kind, "/"]
        namespace = _namespace(kind, self.namespace.strip("/"))
        if namespace:
            parts += ["/".join(_encode(p) for p in namespace.split("/") if p), "/"]
        parts.append(_encode(_name(kind, self.name.strip("/"))))
        if self.version:
            parts += ["@", _encode(self.version)]
        told = sorted((k.lower(), v) for k, v in self.qualifiers if v)
        if told:
            parts += ["?", "&".join(f"{k}={_value(v)}" for k, v in told)]
        subpath = "/".join(_encode(p) for p in self.subpath.split("/") if p not in ("", ".", ".."))
        if subpath:
            parts += ["#", subpath]
        return "".join(parts)


def of(kind: str, name: str, version: str = "", namespace: str = "", subpath: str = "", **qualifiers: str) -> str:
    """The canonical string of these parts."""
    return str(PackageUrl(kind, name, version, namespace, tuple(qualifiers.items()), subpath))


def _encode(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _quoted(text, _ESCAPES)


def _quoted(text: str, escapes: list[str]) -> str:
    """Percent-encoded, byte by byte of its UTF-8; `urllib.parse` would be loaded for this alone."""
    return "".join([escapes[byte] for byte in text.encode("utf-8", "surrogateescape")])


def _value(text: str) -> str:
    """Qualifiers keep the '/' of an address."""
    return text if _PLAIN.fullmatch(text) else _quoted(text, _ESCAPES_BUT_SLASH)


def _name(kind: str, name: str) -> str:
    if kind == "pypi":
        return re.sub(r"[-_.]+", "-", name).lower()
    if kind == "pub":
        return re.sub(r"[^a-z0-9_]", "_", name.lower())
    return name.lower() if kind in _LOWER_NAMES else name


def _namespace(kind: str, namespace: str) -> str:
    if kind == "cpan":
        return namespace.upper()
    return namespace.lower() if kind in _LOWER_NAMESPACES else namespace


def parse(text: str) -> PackageUrl | None:
    """The parts of a package URL; None for a string that is none."""
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() != "pkg":
        return None
    rest, _, subpath = rest.partition("#")
    rest, _, told = rest.partition("?")
    kind, slash, rest = rest.lstrip("/").partition("/")
    kind = kind.lower()
    if not slash or not re.fullmatch(r"[a-z][a-z0-9.-]*", kind):
        return None
    from urllib.parse import unquote

    version, rest = "", rest.strip("/")
    head, at, tail = rest.rpartition("@")
    if at and head and "/" not in tail:
        rest, version = head, unquote(tail)
    namespace, _, name = rest.rpartition("/")
    if not name:
        return None
    pairs = [(key.lower(), unquote(value)) for key, _, value in (p.partition("=") for p in told.split("&") if p) if value]
    if not all(_KEY.fullmatch(key) for key, _ in pairs):
        return None
    return PackageUrl(
        type=kind,
        name=_name(kind, unquote(name)),
        version=version,
        namespace=_namespace(kind, "/".join(unquote(part) for part in namespace.split("/") if part)),
        qualifiers=tuple(sorted(pairs)),
        subpath="/".join(unquote(part) for part in subpath.split("/") if part not in ("", ".", "..")),
    )
