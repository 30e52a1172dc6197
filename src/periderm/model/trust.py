"""A trust policy and what it says of one image: from where images may come, on what they may be built, who must have signed.
Judges nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text

DAY = 86_400


class KeySigner(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a key. `key` is PEM, `file` as the policy names it. With a `root` (a trusted root as a file holds it) the
    signature must be in one of its transparency logs too."""

    key: bytes
    file: str
    root: bytes = b""
    root_file: str = ""


class KeylessSigner(msgspec.Struct, frozen=True, kw_only=True):
    """Who an identity provider knows. Exactly one of `identity` (equal) and `pattern` (a regular expression that fits the
    whole) is set. `root` is the trusted root as a file holds it, `file` its name."""

    issuer: str
    root: bytes
    file: str
    identity: str = ""
    pattern: str = ""


Signer = KeySigner | KeylessSigner


class AllowedBase(msgspec.Struct, frozen=True, kw_only=True):
    """A base image: by a pattern of its name, by its layers' diff ids from the lowest up, or by both."""

    name: str = ""
    layers: tuple[str, ...] = ()


class RequiredAttestation(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of this predicate type about the image, signed by one whom the rule names."""

    type: str


class TrustRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the images that it is for (patterns). An empty member asks for nothing; ages are seconds, 0 none."""

    images: tuple[str, ...]
    name: str = ""
    registries: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    bases: tuple[AllowedBase, ...] = ()
    signatures: tuple[Signer, ...] = ()
    attestations: tuple[RequiredAttestation, ...] = ()
    max_age: int = 0
    base_max_age: int = 0
    line: int = 0


class Otherwise(enum.StrEnum):
    """What holds for an image that no rule is for."""

    REFUSE = "refuse"
    ALLOW = "allow"


class TrustPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of a file. The most specific pattern decides which one holds."""

    rules: tuple[TrustRule, ...] = ()
    otherwise: Otherwise = Otherwise.REFUSE
    where: str = ""


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that counts. `who` is the identity, or the key's fingerprint; `by` the identity provider, or the key's
    file. `time` is when it was signed, proven (Unix seconds; 0: a key alone proves no time). `predicate` is the type of a
    statement, '' of a signature over the image alone. `checked` names what was verified."""

    who: str
    by: str
    time: int = 0
    predicate: str = ""
    where: str = ""
    checked: tuple[str, ...] = ()


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that was found and does not count, and why."""

    where: str
    why: Text
    detail: str = ""
    predicate: str = ""


class TrustVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy says of an image. `reference` is the whole name that was judged, `rule` the name of the rule that
    holds, `policy` the file. `trusted` is true only if everything that the rule asks for was seen to hold. `signers` are
    the signatures that count, `refused` those that do not."""

    reference: str = ""
    rule: str = ""
    policy: str = ""
    trusted: bool = False
    digests: tuple[str, ...] = ()
    signers: tuple[Vouched, ...] = ()
    refused: tuple[Refused, ...] = ()
