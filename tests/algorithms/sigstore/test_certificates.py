"""Certificates of signers: who issued them, when they held, for what, and whom they name."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from periderm.algorithms.sigstore.certificate_log import check_logged
from periderm.algorithms.sigstore.certificates import (
    LARGEST,
    Identity,
    check_identity,
    check_purpose,
    identity_of,
    issuer_of,
    key_of,
    load_certificate,
)
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.signature import Refusal, TrustedAuthority, TrustedRoot, UntrustedError
from periderm.model.trust import KeylessSigner
from tests.sigstore import IDENTITY, ISSUER, NOW, WORKFLOW, dumped, new_key, utf8, world


def authorities() -> tuple[TrustedAuthority, ...]:
    """The world's."""
    return parse_trusted_root(dumped(world().trusted_root())).authorities


def refusal(call: Any, *given: Any) -> Refusal:
    """Why it is refused."""
    with pytest.raises(UntrustedError) as caught:
        call(*given)
    why: Refusal = caught.value.why
    return why


def test_issued_by_a_trusted_authority() -> None:
    """Through the issuing certificate to the root; at both ends of its ten minutes, and not a second beyond."""
    leaf = world().certificate(new_key())
    for time in (NOW - 60, NOW, NOW + 540):
        assert issuer_of(leaf, authorities(), time) == world().ca
    for time in (NOW - 61, NOW + 541, -1, 1 << 62):
        assert refusal(issuer_of, leaf, authorities(), time) is Refusal.EXPIRED


def test_issued_by_somebody_else() -> None:
    """An authority of the same name with another key, one that is not trusted at that time, none, a leaf as authority."""
    key, ours = new_key(), world()
    stranger = ec.generate_private_key(ec.SECP384R1())
    assert refusal(issuer_of, ours.certificate(key, ca_key=stranger), authorities(), NOW) is Refusal.CHAIN
    leaf = ours.certificate(key)
    assert refusal(issuer_of, leaf, (), NOW) is Refusal.CHAIN
    root = ours.trusted_root()
    root["certificateAuthorities"][0]["validFor"] = {"start": "2001-01-01T00:00:00Z", "end": "2002-01-01T00:00:00Z"}
    assert refusal(issuer_of, leaf, parse_trusted_root(dumped(root)).authorities, NOW) is Refusal.CHAIN
    below = ours.certificate(new_key(), ca=leaf, ca_key=key)
    assert refusal(issuer_of, below, authorities(), NOW) is Refusal.CHAIN
    with_leaf = TrustedAuthority(chain=(leaf.public_bytes(Encoding.DER), *authorities()[0].chain))
    assert refusal(issuer_of, below, (with_leaf,), NOW) is Refusal.CHAIN


def test_only_for_signing_code() -> None:
    """A certificate of a web server is none."""
    check_purpose(world().certificate(new_key()))
    assert refusal(check_purpose, world().certificate(new_key(), eku=[ExtendedKeyUsageOID.SERVER_AUTH])) is Refusal.PURPOSE
    assert refusal(check_purpose, world().ca) is Refusal.PURPOSE


def test_whom_it_names() -> None:
    """Addresses, workflows, and names of other kinds, with who vouches for them."""
    assert identity_of(world().certificate(new_key())) == Identity((IDENTITY,), ISSUER)
    workflow = world().certificate(new_key(), san=[x509.UniformResourceIdentifier(WORKFLOW)])
    assert identity_of(workflow).names == (WORKFLOW,)
    other = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), utf8("somebody"))
    assert identity_of(world().certificate(new_key(), san=[other])).names == ("somebody",)


def test_names_that_are_none() -> None:
    """No name, two issuers that do not agree, damage in the extension."""
    assert refusal(identity_of, world().ca) is Refusal.IDENTITY
    assert refusal(identity_of, world().certificate(new_key(), san=[x509.DNSName("example.org")])) is Refusal.IDENTITY
    assert refusal(identity_of, world().certificate(new_key(), old_issuer="https://other.example.org")) is Refusal.ISSUER
    for value in (b"\x05\x00", b"\x16\x01a", b"\x0c\x01\xff"):
        broken = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), value)
        assert refusal(identity_of, world().certificate(new_key(), san=[broken])) is Refusal.IDENTITY
    long = utf8("x" * 300)
    named = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), long)
    assert identity_of(world().certificate(new_key(), san=[named])).names == ("x" * 300,)


def signer(**told: str) -> KeylessSigner:
    """One who is trusted."""
    return KeylessSigner(**({"issuer": ISSUER} | told), root=b"", file="root.json")


def test_the_identity_is_the_trusted_one() -> None:
    """Equal, or fitting a pattern as a whole: a name that holds it somewhere is another name."""
    identity = Identity((IDENTITY,), ISSUER)
    assert check_identity(identity, signer(identity=IDENTITY)) == IDENTITY
    assert check_identity(identity, signer(pattern=r"[a-z]+@shop\.example\.org")) == IDENTITY
    for told in (
        {"identity": IDENTITY.upper()},
        {"identity": IDENTITY + "x"},
        {"pattern": r"@shop\.example\.org"},
        {"pattern": r"release@shop"},
    ):
        assert refusal(check_identity, identity, signer(**told)) is Refusal.IDENTITY
    assert refusal(check_identity, identity, signer(identity=IDENTITY, issuer=ISSUER + "/")) is Refusal.ISSUER
    assert refusal(check_identity, Identity(("x" * 5000,), ISSUER), signer(pattern="x+")) is Refusal.IDENTITY


def test_what_is_no_certificate() -> None:
    """Noise and megabytes."""
    assert refusal(load_certificate, b"noise") is Refusal.DAMAGED
    assert refusal(load_certificate, bytes(LARGEST + 1)) is Refusal.TOO_LARGE


def whole(data: bytes, trusted: TrustedRoot) -> None:
    """All that is asked of a certificate."""
    certificate = load_certificate(data)
    check_purpose(certificate)
    identity_of(certificate)
    key_of(certificate)
    check_logged(certificate, world().ca, trusted.certificate_logs)
    issuer_of(certificate, trusted.authorities, NOW)


def test_no_changed_byte_is_a_traceback() -> None:
    """Every byte of a certificate in turn: it is refused, or it is another certificate, and nothing else is raised."""
    leaf = world().certificate(new_key()).public_bytes(Encoding.DER)
    trusted = parse_trusted_root(dumped(world().trusted_root()))
    for place in range(len(leaf)):
        for mask in (1, 0x80, 0xFF):
            changed = leaf[:place] + bytes([leaf[place] ^ mask]) + leaf[place + 1 :]
            with pytest.raises(UntrustedError):
                whole(changed, trusted)


def test_a_signature_written_otherwise_is_refused() -> None:
    """A bit string that claims an unused bit where the last one is zero has the same value, and is nobody's certificate."""
    while True:
        leaf = world().certificate(new_key())
        if not leaf.signature[-1] & 1:
            break
    data = bytearray(leaf.public_bytes(Encoding.DER))
    assert data[-len(leaf.signature) - 1] == 0
    data[-len(leaf.signature) - 1] = 1
    with pytest.raises(UntrustedError):
        load_certificate(bytes(data))
