"""The image that another was built from, and images that are known and could be built on. Values; recognises nothing."""

from __future__ import annotations

import enum

import msgspec


class BaseEvidence(enum.StrEnum):
    """By what a base image was recognised, the surest first."""

    LAYERS = "layers"  # its layers are the lowest ones of the image, digest by digest
    BUILDER = "builder"  # the builder wrote 'FROM …' into the history
    LABEL = "label"  # org.opencontainers.image.base.name
    HISTORY = "history"  # a CMD that other steps follow: the layers are known, the name is not
    NOTHING = ""


class BaseImage(msgspec.Struct, frozen=True, kw_only=True):
    """The base image. `name` is its reference ('' not known), `digest` that of its configuration if it is known here,
    `layers` the diff ids that it brought, from the lowest up."""

    name: str = ""
    digest: str = ""
    layers: tuple[str, ...] = ()
    evidence: BaseEvidence = BaseEvidence.NOTHING


class KnownImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image that this machine or the store knows. `digest` is that of its configuration, `created` as its
    configuration says it (RFC 3339)."""

    names: tuple[str, ...]
    digest: str
    diff_ids: tuple[str, ...]
    created: str = ""
