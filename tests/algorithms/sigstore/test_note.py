"""Signed notes and checkpoints: only what the trusted key signed, whole."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from periderm.algorithms.sigstore.keys import load_key
from periderm.algorithms.sigstore.note import LARGEST, read_checkpoint
from periderm.model.signature import Refusal, UntrustedError
from tests.sigstore import b64, new_key, pem, sign, world

ROOT = hashlib.sha256(b"root").digest()


def refused(note: str) -> Refusal:
    """Why the world's log does not vouch for a note."""
    with pytest.raises(UntrustedError) as caught:
        read_checkpoint(note, load_key(pem(world().rekor)), world().log_id)
    return caught.value.why


def test_a_checkpoint() -> None:
    """Origin, size and root, as the log signed them."""
    told = read_checkpoint(world().checkpoint(7, ROOT), load_key(pem(world().rekor)), world().log_id)
    assert (told.origin, told.size, told.root) == ("log.example.org - 42", 7, ROOT)


def test_every_changed_letter_is_refused() -> None:
    """Text, name, hint and signature: nothing of a note can be another."""
    endings = set()
    while len(endings) < 3:  # a signature has 70 to 72 bytes: its Base64 ends without, with one and with two fillers
        note = world().checkpoint(7, ROOT)
        if (ending := len(note) - len(note.rstrip("=\n"))) in endings:
            continue
        endings.add(ending)
        for place in range(len(note)):
            letter = "B" if note[place] != "B" else "C"
            assert refused(note[:place] + letter + note[place + 1 :]) is Refusal.LOG_NOTE


def test_notes_that_are_none() -> None:
    """No signature, somebody else's, a wrong one beside a right one, control characters, too long, no tree."""
    world_ = world()
    note = world_.checkpoint(7, ROOT)
    text, _, line = note.partition("\n\n")
    stranger = world_.checkpoint(7, ROOT, key=new_key())
    wrong = f"\u2014 {world_.origin} {b64(world_.log_id[:4] + b'nonsense')}\n"
    for each in (
        "",
        "\n\n",
        text + "\n\n",
        text,
        stranger,
        note + wrong,
        note.replace("7\n", "7\t\n"),
        "x" * (LARGEST + 1) + note,
    ):
        assert refused(each) is Refusal.LOG_NOTE
    for body in ("origin\n7\n", "\n7\nAAAA\n", "o\n-7\nAAAA\n", f"o\n{'9' * 30}\nAAAA\n", "o\n7\n!\n"):
        name = body.partition("\n")[0] or "o"
        signed = f"{body}\n\u2014 {name} {b64(world_.log_id[:4] + sign(world_.rekor, body.encode()))}\n"
        assert refused(signed) is Refusal.LOG_NOTE
    assert refused(f"{text}\n\n{line.strip()} {line}") is Refusal.LOG_NOTE
    assert refused(f"{text}\n\n{'- x AAAA'}\n{line}") is Refusal.LOG_NOTE


def test_witnesses_beside_the_log() -> None:
    """Signatures of keys that nobody knows are ignored, as the note's specification asks."""
    note = world().checkpoint(7, ROOT)
    witness = f"\u2014 witness.example.org {b64(b'abcd' + b'signature')}\n"
    assert read_checkpoint(note + witness, load_key(pem(world().rekor)), world().log_id).size == 7
    assert refused(note + witness * 200) is Refusal.LOG_NOTE


def test_a_log_of_the_second_version() -> None:
    """Ed25519, its origin is its name, and the hint is of name and key."""
    key = ed25519.Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes_raw()
    log_id = hashlib.sha256(b"log2.example.org\n\x01" + raw).digest()
    text = f"log2.example.org\n9\n{b64(ROOT)}\n"
    note = f"{text}\n\u2014 log2.example.org {b64(log_id[:4] + sign(key, text.encode()))}\n"
    assert read_checkpoint(note, load_key(pem(key)), log_id).size == 9
