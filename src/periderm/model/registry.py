"""Nouns of image registries: references, descriptors, platforms, manifests, credentials. Parses and asks nothing.

Names are those of the OCI distribution and image specifications (v1.1): distribution-spec spec.md, image-spec
descriptor.md and image-index.md.
"""

from __future__ import annotations

import msgspec


class ImageReference(msgspec.Struct, frozen=True, kw_only=True):
    """Where an image is: `registry` (host, with a port where one is given), `repository` ('library/nginx'), and a `tag`, a
    `digest` ('sha256:…'), or both; then the digest counts."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tail = (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")
        return f"{self.registry}/{self.repository}{tail}"


class Platform(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an image runs on, as image-index.md names it ('linux', 'arm64', 'v8')."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class Descriptor(msgspec.Struct, frozen=True, kw_only=True):
    """A content that is named by its digest. `size` is in bytes."""

    media_type: str
    digest: str
    size: int
    artifact_type: str = ""
    annotations: dict[str, str] = {}
    platform: Platform = Platform()


class RawManifest(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest or index as the registry gave it. `digest` is computed from `data` and not believed."""

    media_type: str
    digest: str
    data: bytes


class Credentials(msgspec.Struct, frozen=True):
    """Of one registry. `identity_token` is an OAuth2 refresh token (docker's `identitytoken`) and stands alone. Never
    shown, stored, or put into an error."""

    username: str = ""
    password: str = ""
    identity_token: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, …)"


def digest_named(reference: str) -> str:
    """The digest that a reference ends with ('host/name@sha256:…'), '' if it names none."""
    digest = reference.rpartition("@")[2] if "@" in reference else ""
    algorithm, _, value = digest.partition(":")
    fits = algorithm == "sha256" and len(value) == 64 and not value.strip("0123456789abcdef")
    return digest if fits else ""


class RegistryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about registries for one run. `insecure` are hosts (HOST or HOST:PORT) that may be asked without
    TLS or with a certificate that nobody vouches for; `host`, `credentials` sign in to that one; `ca_file` is an authority
    for all; `realms` are hosts of token servers that credentials may be sent to, `redirects` those that a registry may lead
    to wherever they lie. `mirrors` false leaves mirrors out."""

    insecure: tuple[str, ...] = ()
    host: str = ""
    credentials: Credentials = Credentials()
    ca_file: str = ""
    realms: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    mirrors: bool = True
