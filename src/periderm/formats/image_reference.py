"""Names of images as people write them ('nginx', 'host:5000/team/app:1.2@sha256:…'). Asks no registry and no file.

The grammar is that of the distribution reference (distribution/reference, reference.go), the default registry and the
`library/` of short names as in its normalize.go.
"""

from __future__ import annotations

import ipaddress
import re

from periderm.model.errors import FormatError
from periderm.model.registry import ImageReference, Platform

DEFAULT_REGISTRY = "docker.io"
DEFAULT_TAG = "latest"
_OLD_DEFAULT = "index.docker.io"
_OFFICIAL = "library/"
_LONGEST = 4096
_LONGEST_REPOSITORY = 255
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[(?P<six>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?")
_PATH = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}  # go-digest's registered algorithms
_DIGEST = re.compile(r"(sha256|sha384|sha512):([0-9a-f]{64,128})")
_NEXT = "Write it like HOST/REPOSITORY:TAG or HOST/REPOSITORY@sha256:DIGEST."
_PLATFORM = re.compile(r"[a-z0-9._-]{1,40}")


def parse(text: str, default_tag: str = DEFAULT_TAG) -> ImageReference:
    """The reference; `default_tag` where it has neither tag nor digest ('' leaves both out). Raises FormatError."""
    if len(text) > _LONGEST:
        raise FormatError(f"An image's name has at most {_LONGEST} characters, and this one {len(text)}.", _NEXT)
    name, at, digest = text.partition("@")
    if at and not valid_digest(digest):
        raise FormatError(f"{_shown(digest)} is no digest.", "A digest is 'sha256:' and 64 of the characters 0-9 and a-f.")
    registry, rest = split_registry(name)
    repository, colon, tag = rest.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise FormatError(f"{_shown(tag)} is no tag.", "A tag has at most 128 letters, digits, '_', '.' and '-'.")
    _check_registry(registry)
    if not _PATH.fullmatch(repository):
        if _PATH.fullmatch(repository.lower()):
            raise FormatError(f"{_shown(repository)} has capital letters, which a repository may not have.", _NEXT)
        raise FormatError(f"{_shown(text)} is no name of an image.", _NEXT)
    if len(repository) > _LONGEST_REPOSITORY:
        raise FormatError(f"A repository's name has at most {_LONGEST_REPOSITORY} characters.", _NEXT)
    return ImageReference(registry=registry, repository=repository, tag=tag or ("" if digest else default_tag), digest=digest)


def names_registry(text: str) -> bool:
    """Whether the first part of a name is a host, and no folder of the default registry."""
    first, slash, _ = text.partition("/")
    return bool(slash) and (first == "localhost" or "." in first or ":" in first or first.lower() != first)


def split_registry(name: str) -> tuple[str, str]:
    """(registry, the rest) of a name that is not yet checked: the default registry's names get their `library/`."""
    if names_registry(name):
        registry, _, rest = name.partition("/")
    else:
        registry, rest = DEFAULT_REGISTRY, name
    registry = DEFAULT_REGISTRY if registry == _OLD_DEFAULT else registry
    if registry == DEFAULT_REGISTRY and "/" not in rest:
        rest = _OFFICIAL + rest
    return registry, rest


def valid_digest(digest: str) -> bool:
    """Whether it is a digest of a kind that can be computed here."""
    match = _DIGEST.fullmatch(digest)
    return match is not None and len(match[2]) == _DIGITS[match[1]]


def valid_names(reference: ImageReference) -> bool:
    """Whether repository, tag and digest are such as a registry may have: they become part of an address. Whoever made the
    reference of a registry's own words asks."""
    return (
        (
            not reference.repository
            or (len(reference.repository) <= _LONGEST_REPOSITORY and _matches(_PATH, reference.repository))
        )
        and (not reference.tag or _matches(_TAG, reference.tag))
        and (not reference.digest or valid_digest(reference.digest))
    )


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def valid_registry(registry: str) -> bool:
    """Whether it is a host name or an address, with or without a port."""
    match = _HOST.fullmatch(registry)
    if match is None or len(registry) > _LONGEST_REPOSITORY:
        return False
    if match["port"] is not None and not 0 < int(match["port"]) < 65536:
        return False
    if match["six"] is None:
        return True
    try:
        ipaddress.IPv6Address(match["six"])
    except ValueError:
        return False
    return True


def _check_registry(registry: str) -> None:
    if not valid_registry(registry):
        raise FormatError(f"{_shown(registry)} is no host of a registry.", "Write HOST, HOST:PORT or [IPV6]:PORT.")


def parse_platform(text: str) -> Platform:
    """'os/architecture' or 'os/architecture/variant', as image-index.md names them. Raises FormatError."""
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(_PLATFORM.fullmatch(part) for part in parts):
        raise FormatError(f"{_shown(text)} is no platform.", "Write it like linux/arm64 or linux/arm/v7.")
    return Platform(*parts)


def _shown(text: str) -> str:
    return repr(text[:80])
