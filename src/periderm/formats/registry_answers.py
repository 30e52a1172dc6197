"""What registries answer besides manifests and blobs: lists, errors, tokens, `Link` and `WWW-Authenticate`. Asks nothing.

OCI distribution-spec v1.1 (tags, referrers, error codes), the registry token specification (spec/auth/token.md), RFC 8288
for links, RFC 9110 section 11.6 for challenges.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from periderm.model.errors import FormatError
from periderm.model.registry import Descriptor, Platform

T = TypeVar("T")
_MOST_HEADER = 16 << 10
_MOST_CHALLENGES = 16
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PARAMETER = re.compile(r"[ \t,]*([A-Za-z0-9!#$%&'*+.^_`|~-]+)[ \t]*=[ \t]*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s,\"]+))")
_LINK = re.compile(r"[ \t,]*<([^<>]*)>([^<]*)")
_NEXT_PAGE = re.compile(r";[ \t]*rel[ \t]*=[ \t]*\"?next\"?[ \t]*(?:;|,|$)", re.IGNORECASE)


class Challenge(msgspec.Struct, frozen=True):
    """One way to sign in: the scheme in lower case ('basic', 'bearer') and its parameters, names in lower case."""

    scheme: str
    parameters: dict[str, str] = {}


class Token(msgspec.Struct, frozen=True):
    """A token server's answer. `expires_in` is in seconds; 60 where it is left out, says the specification."""

    token: str = ""
    access_token: str = ""
    refresh_token: str = ""
    expires_in: float = 60.0

    @property
    def bearer(self) -> str:
        """The token, under whichever name it came."""
        return self.token or self.access_token


class _Tags(msgspec.Struct, frozen=True):
    tags: tuple[str, ...] | None = ()


class _Repositories(msgspec.Struct, frozen=True):
    repositories: tuple[str, ...] | None = ()


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""


class _Errors(msgspec.Struct, frozen=True):
    errors: tuple[_Error, ...] | None = ()


class _Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    digest: str
    media_type: str = ""
    size: int = 0
    artifact_type: str = ""
    annotations: dict[str, str] | None = None
    platform: Platform | None = None


class _Index(msgspec.Struct, frozen=True):
    manifests: tuple[_Descriptor, ...] = ()


def _decode(data: bytes, kind: type[T], what: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FormatError(f"The registry's {what} cannot be read ({reason[:200]}).") from None


def parse_tags(data: bytes) -> tuple[str, ...]:
    """One page of tags. Raises FormatError."""
    return _decode(data, _Tags, "list of tags").tags or ()


def parse_repositories(data: bytes) -> tuple[str, ...]:
    """One page of the catalogue. Raises FormatError."""
    return _decode(data, _Repositories, "catalogue").repositories or ()


def parse_token(data: bytes) -> Token:
    """A token server's answer. Raises FormatError: also for a token that could not stand in a header."""
    told = _decode(data, Token, "token server's answer")
    if not told.bearer:
        raise FormatError("The token server's answer holds no token.")
    if not all("!" <= c <= "~" for c in told.bearer):
        raise FormatError("The token server's token has characters that no token may have.")
    return told


def parse_descriptors(data: bytes) -> tuple[Descriptor, ...]:
    """The manifests that an index names, as the referrers API gives them. Raises FormatError."""
    return tuple(
        Descriptor(
            media_type=told.media_type,
            digest=told.digest,
            size=told.size,
            artifact_type=told.artifact_type,
            annotations=told.annotations or {},
            platform=told.platform or Platform(),
        )
        for told in _decode(data, _Index, "index").manifests
    )


def parse_error(data: bytes) -> str:
    """'CODE: message' of an error answer, made printable and short; '' where the body is none."""
    try:
        errors = msgspec.json.decode(data, type=_Errors).errors
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    told = "; ".join(f"{e.code}: {e.message}".strip(": ") for e in (errors or ())[:3])
    return "".join(c if c.isprintable() else "?" for c in told)[:300]


def next_page(link: str) -> str:
    """The address of the next page in a `Link` header (RFC 8288), '' if there is none."""
    for match in _LINK.finditer(link[:_MOST_HEADER]):
        if _NEXT_PAGE.search(match[2].strip()):
            return match[1]
    return ""


def parse_challenges(header: str) -> tuple[Challenge, ...]:
    """The challenges of `WWW-Authenticate` (several headers joined with commas). What is no challenge ends it."""
    text, at = header[:_MOST_HEADER], 0
    found: list[Challenge] = []
    while len(found) < _MOST_CHALLENGES:
        while at < len(text) and text[at] in " \t,":
            at += 1
        scheme = _TOKEN.match(text, at)
        if scheme is None:
            break
        at = scheme.end()
        parameters: dict[str, str] = {}
        while (match := _PARAMETER.match(text, at)) is not None:
            quoted, bare = match[2], match[3]
            parameters.setdefault(match[1].lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare)
            at = match.end()
        found.append(Challenge(scheme[0].lower(), parameters))
    return tuple(found)
