"""Credentials as docker and podman keep them: `config.json`, `auth.json`, the older `.dockercfg`, and what their helper
programs answer. Opens nothing, runs nothing.

containers-auth.json(5); the protocol of docker-credential-helpers. Nothing here puts a secret into an error.
"""

from __future__ import annotations

import base64
import binascii
import re

import msgspec

from periderm.model.errors import FormatError
from periderm.model.registry import Credentials

_LARGEST = 4 << 20
_TOKEN_USER = "<token>"  # noqa: S105 -- a helper's user name that says: the secret is an identity token
_HELPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
HUB_SERVER = "https://index.docker.io/v1/"  # under this name docker keeps what it knows of its default registry
_NONE = ("credentials not found", "no credentials server url", "no credentials username")


class _Entry(msgspec.Struct, frozen=True):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""


class AuthFile(msgspec.Struct, frozen=True):
    """What one file tells: its entries by the name they have there, the helper of each registry, and the one for all."""

    auths: dict[str, _Entry] = {}
    helpers: dict[str, str] = {}
    store: str = ""


class _Config(msgspec.Struct, frozen=True):
    auths: dict[str, _Entry | None] | None = None
    cred_helpers: dict[str, str] | None = msgspec.field(default=None, name="credHelpers")
    creds_store: str | None = msgspec.field(default=None, name="credsStore")


class _Answer(msgspec.Struct, frozen=True, rename="pascal"):
    username: str = ""
    secret: str = ""


def parse(data: bytes, where: str, *, old: bool = False) -> AuthFile:
    """One file; `old` for `.dockercfg`, which is the entries alone. Raises FormatError."""
    if len(data) > _LARGEST:
        raise FormatError(f"it has {len(data)} bytes; {_LARGEST} is the most that is read.", where=where)
    try:
        if old:
            return AuthFile(msgspec.json.decode(data, type=dict[str, _Entry]))
        told = msgspec.json.decode(data, type=_Config)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # The library's own words might quote what it read.
        raise FormatError("it is no file of credentials.", "Sign in again with `podman login`.", where=where) from None
    helpers = told.cred_helpers or {}
    for helper in (*helpers.values(), *((told.creds_store,) if told.creds_store else ())):
        if not _HELPER.fullmatch(helper):
            raise FormatError(f"{helper[:40]!r} is no name of a credential helper.", where=where)
    return AuthFile({k: v for k, v in (told.auths or {}).items() if v is not None}, helpers, told.creds_store or "")


def keys(registry: str, repository: str) -> tuple[str, ...]:
    """The names under which credentials may stand, the most exact first: HOST/a/b/c, HOST/a/b, …, HOST."""
    parts = repository.split("/") if repository else []
    return tuple("/".join((registry, *parts[:count])) for count in range(len(parts), -1, -1))


def entry_for(file: AuthFile, registry: str, repository: str) -> Credentials | None:
    """The entry with the longest fitting name. Raises FormatError for one that cannot be read."""
    plain = {_plain(name): entry for name, entry in reversed(file.auths.items())}
    for key in keys(registry, repository):
        names = _HUB if key in _HUB else (key,)
        for name in names:
            entry = plain.get(name)
            if entry is not None and entry != _Entry():
                return _credentials(entry, name)
    return None


def helper_for(file: AuthFile, registry: str) -> tuple[str, str]:
    """(helper, what to ask it for) of a registry; ('', '') if none is named."""
    names = (HUB_SERVER, *sorted(_HUB)) if registry in _HUB else (registry,)
    for name in names:
        if name in file.helpers:
            return file.helpers[name], name
    return (file.store, names[0]) if file.store else ("", "")


def parse_helper(data: bytes) -> Credentials | None:
    """What a helper printed for `get`; None where it says that it knows none. Raises FormatError."""
    try:
        told = msgspec.json.decode(data, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if is_none(data):
            return None
        raise FormatError("The credential helper gave no answer that can be read.") from None
    if not told.secret:
        return None
    if told.username == _TOKEN_USER:
        return Credentials(identity_token=told.secret)
    return Credentials(told.username, told.secret)


def is_none(data: bytes) -> bool:
    """Whether a helper's words say that it keeps nothing for that name."""
    said = data[:4096].decode("utf-8", "replace").lower()
    return any(words in said for words in _NONE)


def _plain(name: str) -> str:
    """A name without scheme and version: docker writes 'https://HOST/v1/' for some."""
    bare = re.sub(r"^https?://", "", name)
    return re.sub(r"/v[12]/?$", "", bare).rstrip("/")


def _credentials(entry: _Entry, name: str) -> Credentials:
    if entry.identitytoken:
        return Credentials(identity_token=entry.identitytoken)
    if not entry.auth:
        return Credentials(entry.username, entry.password)
    try:
        user, colon, password = base64.b64decode(entry.auth, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        colon, user, password = "", "", ""
    if not colon:
        raise FormatError(f"The credentials for {name[:80]} cannot be read.", "Sign in again with `podman login`.")
    return Credentials(user, password.rstrip("\0"))  # docker pads some with zero bytes
