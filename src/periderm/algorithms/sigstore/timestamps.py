"""Timestamps by RFC 3161: when a signature existed, signed by an authority that a trusted root names. Asks no authority.

Source: RFC 3161 (TimeStampResp, TSTInfo; its certificate is for time stamping and nothing else), RFC 5652 (SignedData: what
is signed are the attributes, as a SET), RFC 5816 (signing-certificate-v2 binds the certificate).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from periderm.algorithms.sigstore import der
from periderm.algorithms.sigstore.certificates import damage, key_of, load_certificate
from periderm.model.signature import Refusal, TrustedAuthority, UntrustedError

if TYPE_CHECKING:
    from cryptography import x509

LARGEST = 64 << 10
MOST = 16
_SIGNED_DATA = der.object_id("1.2.840.113549.1.7.2")
_TST_INFO = der.object_id("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE = der.object_id("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.object_id("1.2.840.113549.1.9.4")
_CERTIFICATE_V2 = der.object_id("1.2.840.113549.1.9.16.2.47")
_HASHES = {
    der.object_id("2.16.840.1.101.3.4.2.1"): hashlib.sha256,
    der.object_id("2.16.840.1.101.3.4.2.2"): hashlib.sha384,
    der.object_id("2.16.840.1.101.3.4.2.3"): hashlib.sha512,
}


class _Token(msgspec.Struct, frozen=True):
    """The parts of a token that count, none of them believed yet. `attributes` are as they stand in the token."""

    info: bytes
    attributes: der.Part
    digest: bytes  # object identifiers' contents
    signature: bytes


def stamped_time(response: bytes, signature: bytes, authorities: Iterable[TrustedAuthority]) -> int:
    """When the signature existed (Unix seconds), as a trusted authority signed it. Raises UntrustedError (TIMESTAMP)."""
    if len(response) > LARGEST:
        raise UntrustedError(Refusal.TOO_LARGE)
    try:
        token = _token(response)
        imprint, time = _info(token.info)
        _check_attributes(token)
    except (ValueError, IndexError, OverflowError) as error:
        raise UntrustedError(Refusal.TIMESTAMP, "it cannot be read") from error
    make = _HASHES.get(imprint[0])
    if make is None or make(signature).digest() != imprint[1]:
        raise UntrustedError(Refusal.TIMESTAMP, "it is about another signature")
    for authority in authorities:
        chain = [load_certificate(each) for each in authority.chain]
        if authority.valid.holds(time) and _chains(chain, time) and _signed(token, chain[0]):
            return time
    raise UntrustedError(Refusal.TIMESTAMP, "no trusted authority signed it")


def _token(response: bytes) -> _Token:
    """TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo }; status 0 or 1 is granted."""
    status, content = der.read_all(der.read_one(response, der.SEQUENCE).content)
    if next(der.read_all(status.content)).content not in (b"\x00", b"\x01"):
        raise ValueError("it was not granted")
    kind, inside = der.read_all(content.content)
    if kind.content != _SIGNED_DATA:
        raise ValueError("no signed data")
    _version, _digests, encapsulated, *rest = der.read_all(der.read_one(inside.content, der.SEQUENCE).content)
    what, wrapped = der.read_all(encapsulated.content)
    if what.content != _TST_INFO or rest[-1].tag != der.SET:
        raise ValueError("no timestamp")
    info = der.read_one(wrapped.content, der.OCTETS).content
    signer = der.read_one(rest[-1].content, der.SEQUENCE)  # exactly one, as RFC 3161, 2.4.2 says
    _version, _who, digest, attributes, _algorithm, signature, *_ = der.read_all(signer.content)
    if attributes.tag != der.CONTEXT_0 or signature.tag != der.OCTETS:
        raise ValueError("nothing is signed")
    return _Token(info, attributes, next(der.read_all(digest.content)).content, signature.content)


def _info(info: bytes) -> tuple[tuple[bytes, bytes], int]:
    """((hash, imprint), time) of a TSTInfo."""
    _version, _policy, imprint, _serial, when, *_ = der.read_all(der.read_one(info, der.SEQUENCE).content)
    algorithm, digest = der.read_all(imprint.content)
    text = when.content.decode("ascii")
    if when.tag != der.TIME or digest.tag != der.OCTETS or not text.endswith("Z"):
        raise ValueError("no time")
    whole = text[:-1].partition(".")[0]
    if len(whole) != 14:
        raise ValueError("no time")
    time = int(datetime.datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=datetime.UTC).timestamp())
    return (next(der.read_all(algorithm.content)).content, digest.content), time


def _check_attributes(token: _Token) -> None:
    """The signed attributes name the content's type and its hash. Raises ValueError."""
    told = _attributes(token)
    make = _HASHES.get(token.digest)
    kind, digest = told.get(_CONTENT_TYPE), told.get(_MESSAGE_DIGEST)
    if make is None or kind is None or digest is None:
        raise ValueError("an attribute is missing")
    if (
        der.read_one(kind, der.OBJECT).content != _TST_INFO
        or der.read_one(digest, der.OCTETS).content != make(token.info).digest()
    ):
        raise ValueError("the attributes are of another content")


def _attributes(token: _Token) -> dict[bytes, bytes]:
    """The values of the attributes, by type; each may be there once."""
    found: dict[bytes, bytes] = {}
    for attribute in der.read_all(token.attributes.content):
        kind, values = der.read_all(attribute.content)
        if kind.content in found or values.tag != der.SET:
            raise ValueError("an attribute is there twice")
        found[kind.content] = values.content
    return found


def _signed(token: _Token, certificate: x509.Certificate) -> bool:
    """Whether this certificate's key signed the attributes, and they name this certificate where they name one."""
    from cryptography.hazmat.primitives.serialization import Encoding

    named = _attributes(token).get(_CERTIFICATE_V2)
    if named is not None and hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest() not in named:
        return False
    body = token.attributes.whole
    return _verifies(certificate, token, bytes([der.SET]) + body[1:])


def _verifies(certificate: x509.Certificate, token: _Token, body: bytes) -> bool:
    """With the digest that the token names; the key decides the rest."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

    known = {hashlib.sha256: hashes.SHA256(), hashlib.sha384: hashes.SHA384(), hashlib.sha512: hashes.SHA512()}
    algorithm = known[_HASHES[token.digest]]
    try:
        key = key_of(certificate)
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(token.signature, body)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(token.signature, body, ec.ECDSA(algorithm))
        else:
            key.verify(token.signature, body, padding.PKCS1v15(), algorithm)
    except (InvalidSignature, UntrustedError, ValueError):
        return False
    return True


def _chains(chain: list[x509.Certificate], time: int) -> bool:
    """Whether each certificate was issued by the next, all were valid then, and the first is for time stamping."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.x509.oid import ExtendedKeyUsageOID

    at = datetime.datetime.fromtimestamp(time, datetime.UTC)
    if not chain or any(not c.not_valid_before_utc <= at <= c.not_valid_after_utc for c in chain):
        return False
    try:
        usage = chain[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            return False
        for certificate, issuer in zip(chain, (*chain[1:], chain[-1]), strict=True):
            certificate.verify_directly_issued_by(issuer)
            if certificate is not chain[0] and not _is_ca(certificate):
                return False
    except InvalidSignature:
        return len(chain) == 1 and _is_stamper(chain[0])
    except damage():
        # A leaf that its root names alone is trusted as it is, and was signed by somebody else.
        return len(chain) == 1 and _is_stamper(chain[0])
    return True


def _is_ca(certificate: x509.Certificate) -> bool:
    from cryptography import x509

    return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)


def _is_stamper(certificate: x509.Certificate) -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except damage():
        return False
    return list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
