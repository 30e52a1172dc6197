"""What is carried from one network to another: the list of an export, where an imported result came from, and the record of
each transfer. Values only."""

from __future__ import annotations

import enum

import msgspec


class Part(enum.StrEnum):
    """What a file of an export holds."""

    RESULT = "result"
    BILL = "bill"
    VERDICTS = "verdicts"
    EXCEPTIONS = "exceptions"
    ATTESTATIONS = "attestations"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an export: its name, what it holds, the bytes that it inflates to, and the SHA-256 of the packed ones.
    `image` is the digest of the image that it is about, '' if of several."""

    name: str
    part: Part
    size: int
    sha256: str
    image: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What was exported, signed. `source` names the network, `exported` is Unix nanoseconds and grows from one export of a
    network to the next, `product` is what wrote it."""

    source: str
    exported: int
    product: str
    members: tuple[Member, ...]
    by: str = ""


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """Where the stored result of an image came from: the network, the key's id that signed it, when it was scanned and exported
    there, and when and by whom it was imported here. Unix nanoseconds."""

    image_digest: str
    source: str
    signer: str
    scanned: int
    exported: int
    imported: int
    by: str = ""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One export or import that was done: what went, who did it, who signed. `id` is the SHA-256 of the archive and the
    direction. `outcome` counts what happened to the parts ('added', 'updated', 'unchanged', 'kept', 'refused')."""

    id: str
    direction: str
    source: str
    signer: str
    exported: int
    time: int
    by: str
    images: int = 0
    outcome: dict[str, int] = {}
