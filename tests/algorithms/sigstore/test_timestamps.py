"""Timestamps by RFC 3161: when a signature existed, as a trusted authority says."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from periderm.algorithms.sigstore.timestamps import LARGEST, stamped_time
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.signature import Refusal, Span, TrustedAuthority, UntrustedError
from tests.sigstore import NOW, dumped, new_key, world


def stampers() -> tuple[TrustedAuthority, ...]:
    """The world's."""
    return parse_trusted_root(dumped(world().trusted_root())).timestampers


def refused(response: bytes, signature: bytes = b"signature", authorities: Any = None) -> Refusal:
    """Why a timestamp does not hold."""
    with pytest.raises(UntrustedError) as caught:
        stamped_time(response, signature, stampers() if authorities is None else authorities)
    return caught.value.why


def test_a_timestamp() -> None:
    """Its time, by the authority's certificate or one that a root names alone."""
    stamp = world().timestamp(b"signature")
    assert stamped_time(stamp, b"signature", stampers()) == NOW
    alone = (TrustedAuthority(chain=(world().tsa.public_bytes(Encoding.DER),)),)
    assert stamped_time(stamp, b"signature", alone) == NOW


def test_timestamps_of_somebody_else() -> None:
    """Over another signature, with another key, a certificate for signing code, an authority that is not trusted then."""
    ours = world()
    stamp = ours.timestamp(b"signature")
    assert refused(stamp, b"other") is Refusal.TIMESTAMP
    assert refused(stamp, authorities=()) is Refusal.TIMESTAMP
    assert refused(ours.timestamp(b"signature", key=new_key())) is Refusal.TIMESTAMP
    key = new_key()
    leaf = ours.certificate(key)
    signed_by_leaf = ours.timestamp(b"signature", key=key, certificate=leaf)
    chain = tuple(each.public_bytes(Encoding.DER) for each in (leaf, ours.ca, ours.root))
    assert refused(signed_by_leaf, authorities=(TrustedAuthority(chain=chain),)) is Refusal.TIMESTAMP
    assert refused(signed_by_leaf, authorities=(TrustedAuthority(chain=chain[:1]),)) is Refusal.TIMESTAMP
    old = msgspec.structs.replace(stampers()[0], valid=Span(1, NOW - 1))
    assert refused(stamp, authorities=(old,)) is Refusal.TIMESTAMP
    assert refused(ours.timestamp(b"signature", time=NOW + 10**9)) is Refusal.TIMESTAMP


def test_no_byte_can_be_another() -> None:
    """Each changed byte of what is signed is refused; outside of it (versions, names) a change may mean nothing."""
    stamp = world().timestamp(b"signature")
    chance = random.Random(7)
    for place in sorted(chance.sample(range(len(stamp)), 150)):
        changed = bytearray(stamp)
        changed[place] ^= 1 << chance.randrange(8)
        with contextlib.suppress(UntrustedError):
            assert stamped_time(bytes(changed), b"signature", stampers()) == NOW


def test_what_is_no_timestamp() -> None:
    """Noise, depth, length, half of one."""
    stamp = world().timestamp(b"signature")
    for data in (b"", b"noise", b"\x30\x80" * 1000, stamp[: len(stamp) // 2], stamp + b"x"):
        assert refused(data) is Refusal.TIMESTAMP
    assert refused(bytes(LARGEST + 1)) is Refusal.TOO_LARGE
