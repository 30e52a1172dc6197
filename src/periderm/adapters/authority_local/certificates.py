"""Certificates of the three kinds that the product has: of an authority, of the server, of a node (RFC 5280; EC P-256 with
SHA-256). Keeps no key and looks at no clock."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from periderm.model.errors import FormatError
from periderm.model.fleet import Peer

# Agents know the server by this name, signed by the authority that they trust, and not by where it can be reached: the same
# server has many addresses, and this authority signs for nobody else.
SERVER_NAME = "server.periderm.internal"
NODE_URN = "urn:periderm:node:"
EARLIER = timedelta(hours=25)  # a clock that is behind, even by a wrong day, must not make a certificate one of the future
AUTHORITY_LIFE = timedelta(days=3650)
SERVER_LIFE = timedelta(days=30)
_LONGEST_REQUEST = 16 << 10
_LONGEST_NAME = 64  # ub-common-name of RFC 5280, appendix A


def moment(nanoseconds: int) -> datetime:
    """As certificates say it: whole seconds, UTC."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC)


def nanoseconds(time: datetime) -> int:
    """As the product says it."""
    return int(time.timestamp()) * 10**9


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the SubjectPublicKeyInfo, in hex."""
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).hexdigest()


def pem(certificate: x509.Certificate) -> str:
    """As text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _named(name: str) -> x509.Name:
    letters = "".join(letter for letter in name if letter.isprintable())[:_LONGEST_NAME]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, letters or "-")])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def authority(
    key: ec.EllipticCurvePrivateKey, now: int, by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None
) -> x509.Certificate:
    """An authority's certificate: signed by itself, or `by` the one before it, which so vouches for it."""
    public = key.public_key()
    subject = _named(f"Periderm authority {fingerprint(public)[:12]}")
    signer, signing = (subject, key) if by is None else (by[0].subject, by[1])
    until = moment(now) + AUTHORITY_LIFE if by is None else by[0].not_valid_after_utc
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment(now) - EARLIER)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )


def _leaf(
    by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    public: ec.EllipticCurvePublicKey,
    name: str,
    alternatives: Sequence[x509.GeneralName],
    *,
    use: x509.ObjectIdentifier,
    times: tuple[datetime, datetime],
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(by[0].subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(times[0])
        .not_valid_after(min(times[1], by[0].not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by[1].public_key()), critical=False)
        .sign(by[1], hashes.SHA256())
    )


def of_server(
    by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    public: ec.EllipticCurvePublicKey,
    hosts: Sequence[str],
    now: int,
    life: timedelta = SERVER_LIFE,
) -> x509.Certificate:
    """The server's, by the name that agents expect and by these hosts (names or addresses)."""
    names: list[x509.GeneralName] = [x509.DNSName(SERVER_NAME)]
    for host in dict.fromkeys(hosts):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            if host.isascii() and host:
                names.append(x509.DNSName(host))
    times = (moment(now) - EARLIER, moment(now) + life)
    return _leaf(by, public, "Periderm server", names, use=ExtendedKeyUsageOID.SERVER_AUTH, times=times)


def of_node(
    by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey], request: str, *, node_id: str, name: str, now: int, seconds: int
) -> x509.Certificate:
    """A node's, for the key in the request. What else the request says is not looked at. Raises FormatError."""
    if len(request) > _LONGEST_REQUEST:
        raise FormatError(f"The certificate request has more than {_LONGEST_REQUEST} bytes.")
    try:
        asked = x509.load_pem_x509_csr(request.encode("ascii"))
        public = asked.public_key()
        good = asked.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FormatError(f"The certificate request cannot be read: {error}.", "Send PKCS 10 in PEM.") from error
    if not good or not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise FormatError("The certificate request is not signed by a P-256 key of its own.", "Make a new one.")
    times = (moment(now) - EARLIER, moment(now) + timedelta(seconds=seconds))
    names = [x509.UniformResourceIdentifier(NODE_URN + node_id)]
    return _leaf(by, public, name, names, use=ExtendedKeyUsageOID.CLIENT_AUTH, times=times)


def peer_of(certificate: bytes, authorities: Sequence[x509.Certificate]) -> Peer | None:
    """What a node's certificate (DER) says, None if none of these signed it, or if it is no node's."""
    try:
        found = x509.load_der_x509_certificate(certificate)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uses = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        urns = names.get_values_for_type(x509.UniformResourceIdentifier)
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return None
    if list(uses) != [ExtendedKeyUsageOID.CLIENT_AUTH] or len(urns) != 1 or not urns[0].startswith(NODE_URN):
        return None
    for signer in authorities:
        try:
            found.verify_directly_issued_by(signer)
        except (ValueError, TypeError, InvalidSignature):
            continue
        public = signer.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            return Peer(
                node_id=urns[0].removeprefix(NODE_URN),
                serial=f"{found.serial_number:x}",
                authority=fingerprint(public),
                since=nanoseconds(found.not_valid_before_utc + EARLIER),
                until=nanoseconds(found.not_valid_after_utc),
            )
    return None
