"""Certificates of the three kinds: what each may be used for, and who is believed."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.authority_local.certificates import (
    SERVER_NAME,
    authority,
    fingerprint,
    of_node,
    of_server,
    peer_of,
)
from periderm.adapters.membership_local.keys import new_key
from periderm.model.errors import FormatError

NOW = 1_795_600_000 * 10**9
NODE = "node-0123456789abcdef01234567"
KEY = ec.generate_private_key(ec.SECP256R1())
OWN = (authority(KEY, NOW), KEY)


def der(certificate: x509.Certificate) -> bytes:
    """As TLS shows it."""
    return certificate.public_bytes(serialization.Encoding.DER)


def test_a_node_is_who_its_certificate_says() -> None:
    """Its id, until when, and by whom; for a client only."""
    made = of_node(OWN, new_key(NODE)[1], node_id=NODE, name="web-1", now=NOW, seconds=3600)
    peer = peer_of(der(made), [OWN[0]])
    assert peer is not None
    assert (peer.node_id, peer.since, peer.until) == (NODE, NOW, NOW + 3600 * 10**9)
    assert peer.authority == fingerprint(KEY.public_key())
    uses = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_nobody_else_is_a_node() -> None:
    """Neither the server, nor an authority, nor what another authority signed, nor nonsense."""
    server = of_server(OWN, KEY.public_key(), ["127.0.0.1", "server.example"], NOW)
    other = ec.generate_private_key(ec.SECP256R1())
    foreign = of_node((authority(other, NOW), other), new_key(NODE)[1], node_id=NODE, name="n", now=NOW, seconds=60)
    for shown in (der(server), der(OWN[0]), der(foreign), b"", b"\x30\x82nonsense"):
        assert peer_of(shown, [OWN[0]]) is None


def test_the_server_is_known_by_one_name_wherever_it_is() -> None:
    """And by the hosts that it was given, names and addresses."""
    made = of_server(OWN, KEY.public_key(), ["10.0.0.1", "server.example"], NOW)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [SERVER_NAME, "server.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]


def test_of_a_request_only_the_key_counts() -> None:
    """Who asks for a certificate of an authority, or for another name, gets one of the node that the server meant."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server.periderm.internal")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )
    made = of_node(OWN, asked, node_id=NODE, name="web-1", now=NOW, seconds=60)
    assert made.subject.rfc4514_string() == "CN=web-1"
    assert made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_other_keys_are_refused() -> None:
    """One kind of key, of one strength."""
    for key in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP521R1())):
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
        asked = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
        with pytest.raises(FormatError):
            of_node(OWN, asked, node_id=NODE, name="n", now=NOW, seconds=60)


@given(st.text(max_size=300))
def test_what_is_no_request_is_refused(text: str) -> None:
    """In one sentence, whatever it is."""
    with pytest.raises(FormatError):
        of_node(OWN, text, node_id=NODE, name="n", now=NOW, seconds=60)


@given(st.binary(max_size=400))
def test_what_is_no_certificate_is_nobody(data: bytes) -> None:
    """A peer may show anything."""
    assert peer_of(data, [OWN[0]]) is None


def test_a_new_authority_is_vouched_for_by_the_one_before() -> None:
    """Its certificate by the older one has the same key and name as its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    own, vouched = authority(key, NOW), authority(key, NOW, OWN)
    assert own.subject == vouched.subject
    vouched.verify_directly_issued_by(OWN[0])
    own.verify_directly_issued_by(own)
