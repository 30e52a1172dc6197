"""Certificate transparency: a trusted log has promised to show the certificate."""

from __future__ import annotations

import hashlib
import struct

import msgspec
import pytest
from cryptography import x509

from periderm.algorithms.sigstore.certificate_log import check_logged, signed_part
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.signature import Refusal, Span, TrustedLog, UntrustedError
from tests.sigstore import NOW, dumped, new_key, spki, world


def logs() -> tuple[TrustedLog, ...]:
    """The world's."""
    return parse_trusted_root(dumped(world().trusted_root())).certificate_logs


def is_refused(leaf: x509.Certificate, issuer: x509.Certificate, trusted: tuple[TrustedLog, ...]) -> bool:
    """Whether no log vouches for it."""
    with pytest.raises(UntrustedError) as caught:
        check_logged(leaf, issuer, trusted)
    return caught.value.why is Refusal.CERTIFICATE_LOG


def test_a_certificate_that_a_log_has_seen() -> None:
    """The embedded timestamp is over this certificate, its issuer and its time."""
    check_logged(world().certificate(new_key()), world().ca, logs())


def test_certificates_that_none_has_seen() -> None:
    """No timestamp, one of a log that is not trusted, or not any more, with another issuer."""
    ours = world()
    leaf = ours.certificate(new_key())
    assert is_refused(ours.certificate(new_key(), logged=False), ours.ca, logs())
    assert is_refused(ours.certificate(new_key(), stamp_key=new_key()), ours.ca, logs())
    assert is_refused(leaf, ours.ca, ())
    assert is_refused(leaf, ours.root, logs())
    assert is_refused(leaf, ours.ca, (msgspec.structs.replace(logs()[0], valid=Span(1, NOW - 1000)),))
    assert is_refused(leaf, ours.ca, (msgspec.structs.replace(logs()[0], key=spki(new_key())),))


def test_what_a_log_signs() -> None:
    """RFC 6962, 3.2, byte by byte."""
    told = signed_part(b"\1" * 32, b"tbs", 0x0102030405, b"ext")
    assert told == b"\0\0" + struct.pack(">Q", 0x0102030405) + b"\0\1" + b"\1" * 32 + b"\0\0\3tbs" + b"\0\3ext"
    assert hashlib.sha256(told).digest()
