"""Signed notes and the checkpoints of transparency logs in them. Trusts no key: whoever calls names it.

Source: C2SP, signed-note.md and tlog-checkpoint.md. Rekor's first version hints at its key by the hash of the key, the second
by the hash of name and key; both are the first four bytes of the log id that a trusted root tells.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec

from periderm.algorithms.sigstore.keys import verifies
from periderm.model.signature import Refusal, UntrustedError

if TYPE_CHECKING:
    from periderm.algorithms.sigstore.keys import PublicKey

LARGEST = 64 << 10  # characters
MOST_SIGNATURES = 64
_DASH = "\u2014 "
_HINT = 4


class Checkpoint(msgspec.Struct, frozen=True):
    """What a log says of its tree: its origin, how many leaves it has, and its root."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(note: str, key: PublicKey, log_id: bytes) -> Checkpoint:
    """The checkpoint of a note that this log's key signed. Raises UntrustedError (LOG_NOTE): no such signature, a wrong one
    beside it, or no checkpoint."""
    text, blank, lines = note.rpartition("\n\n")
    if len(note) > LARGEST or not blank or not lines.endswith("\n"):
        raise UntrustedError(Refusal.LOG_NOTE, "no signed note")
    if any(ord(letter) < 0x20 and letter != "\n" for letter in note):
        raise UntrustedError(Refusal.LOG_NOTE, "control characters")
    text += "\n"
    origin = text.partition("\n")[0]
    signed = False
    for line in lines[:-1].split("\n")[: MOST_SIGNATURES + 1]:
        name, hint, signature = _signature(line)
        # Rekor's origin is the name of its key, or that with the tree's number behind it.
        if hint == log_id[:_HINT] and origin in (name, f"{name} - {origin.rpartition(' - ')[2]}"):
            if not verifies(key, signature, text.encode("utf-8", "surrogatepass")):
                raise UntrustedError(Refusal.LOG_NOTE)
            signed = True
    if not signed or lines.count("\n") > MOST_SIGNATURES:
        raise UntrustedError(Refusal.LOG_NOTE, "the log did not sign it")
    return _checkpoint(text)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """(name of the key, its hint, signature) of one line."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash + " " != _DASH or not name:
        raise UntrustedError(Refusal.LOG_NOTE, "no signature line")
    data = _decoded(encoded)
    return name, data[:_HINT], data[_HINT:]


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit() or len(lines[1]) > 19:
        raise UntrustedError(Refusal.LOG_NOTE, "no checkpoint")
    return Checkpoint(lines[0], int(lines[1]), _decoded(lines[2]))


def _decoded(text: str) -> bytes:
    """The bytes, if they are written in the one way that Base64 has for them: a note has no letter that means nothing."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise UntrustedError(Refusal.LOG_NOTE, "no Base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise UntrustedError(Refusal.LOG_NOTE, "no Base64 as it is written")
    return data
