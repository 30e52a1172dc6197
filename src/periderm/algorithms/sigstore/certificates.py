"""Certificates of signers: that a trusted authority issued one, for signing code, to this identity, at that time.

Whether a certificate log has seen it is told in `certificate_log.py`. Source: sigstore/fulcio,
docs/certificate-specification.md and docs/oid-info.md (extensions); RFC 5280 (path validation, which `cryptography` does).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from periderm.algorithms.sigstore import der
from periderm.algorithms.sigstore.keys import accepted
from periderm.model.signature import Refusal, TrustedAuthority, UntrustedError
from periderm.model.trust import KeylessSigner

if TYPE_CHECKING:
    from cryptography import x509

    from periderm.algorithms.sigstore.keys import PublicKey

LARGEST = 64 << 10  # bytes
LONGEST_NAME = 2_048  # characters of an identity; patterns are asked of nothing longer
_ISSUER_RAW, _ISSUER, _OTHER_NAME = "1.3.6.1.4.1.57264.1.1", "1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.7"
_LAST = 253_402_300_800  # the year 10000
_UTF8 = 0x0C  # ASN.1 UTF8String


class Identity(msgspec.Struct, frozen=True):
    """Who a certificate names (addresses and URIs of its SubjectAlternativeName), and who vouches for them."""

    names: tuple[str, ...]
    issuer: str


def damage() -> tuple[type[Exception], ...]:
    """All that the library says of a certificate that is damaged, or of a kind that it does not know."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.ExtensionNotFound,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    )


def key_of(certificate: x509.Certificate) -> PublicKey:
    """The certificate's key. Raises UntrustedError (WEAK, DAMAGED)."""
    try:
        return accepted(certificate.public_key())
    except damage() as error:
        raise UntrustedError(Refusal.DAMAGED, "no public key") from error


def load_certificate(data: bytes) -> x509.Certificate:
    """Raises UntrustedError (DAMAGED)."""
    from cryptography import x509

    if len(data) > LARGEST:
        raise UntrustedError(Refusal.TOO_LARGE)
    try:
        _check_serial(data)
        certificate = x509.load_der_x509_certificate(data)
        # The last bit string may claim unused bits that are zero by chance: the same signature, written otherwise.
        if data[-len(certificate.signature) - 1] != 0:
            raise UntrustedError(Refusal.DAMAGED, "no certificate")
        return certificate
    except damage() as error:
        raise UntrustedError(Refusal.DAMAGED, "no certificate") from error


def issuer_of(leaf: x509.Certificate, authorities: Iterable[TrustedAuthority], time: int) -> x509.Certificate:
    """The certificate that issued the leaf, whose whole path to a trusted root was valid at `time`. Raises UntrustedError
    (EXPIRED, CHAIN)."""
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

    if not 0 <= time < _LAST:
        raise UntrustedError(Refusal.EXPIRED)
    at = datetime.datetime.fromtimestamp(time, datetime.UTC)
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        raise UntrustedError(Refusal.EXPIRED)
    ca, end = _policies()
    for authority in authorities:
        chain = [load_certificate(each) for each in authority.chain]
        if not chain or not authority.valid.holds(time):
            continue
        builder = PolicyBuilder().store(Store(chain[-1:])).time(at.replace(tzinfo=None))
        verifier = builder.extension_policies(ca_policy=ca, ee_policy=end).build_client_verifier()
        try:
            return verifier.verify(leaf, chain[:-1]).chain[1]  # a leaf is no root: somebody issued it
        except VerificationError:
            continue
        except damage():
            continue
    raise UntrustedError(Refusal.CHAIN)


def _policies() -> tuple[x509.verification.ExtensionPolicy, x509.verification.ExtensionPolicy]:
    """Those of the web, but for the extended key usage: that of code signing is asked for in `check_purpose`."""
    from cryptography.x509 import ExtendedKeyUsage
    from cryptography.x509.verification import Criticality, ExtensionPolicy

    ca = ExtensionPolicy.webpki_defaults_ca().may_be_present(ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    end = ExtensionPolicy.webpki_defaults_ee().may_be_present(ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    return ca, end


def check_purpose(leaf: x509.Certificate) -> None:
    """Raises UntrustedError (PURPOSE) for a certificate that is not made for signing code."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except damage() as error:
        raise UntrustedError(Refusal.PURPOSE) from error
    if not usage.digital_signature or ExtendedKeyUsageOID.CODE_SIGNING not in extended:
        raise UntrustedError(Refusal.PURPOSE)


def identity_of(leaf: x509.Certificate) -> Identity:
    """Who the certificate names. Raises UntrustedError (IDENTITY, ISSUER) where it does not say, or says it twice."""
    from cryptography import x509

    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        told = tuple(_names(names))
        issuers = set(_issuers(leaf))
    except damage() as error:
        raise UntrustedError(Refusal.IDENTITY) from error
    if len(issuers) != 1:
        raise UntrustedError(Refusal.ISSUER)
    if not told:
        raise UntrustedError(Refusal.IDENTITY)
    return Identity(told, issuers.pop())


def _check_serial(data: bytes) -> None:
    """A serial number is positive (RFC 5280, 4.1.2.2); the library would only warn of another one. Raises ValueError."""
    tbs = next(der.read_all(der.read_one(data, der.SEQUENCE).content))
    first, second, *_ = der.read_all(tbs.content)
    serial = second if first.tag == der.CONTEXT_0 else first
    if serial.tag != der.INTEGER or not serial.content or serial.content[0] & 0x80 or not any(serial.content):
        raise ValueError("no serial number")


def _names(names: x509.SubjectAlternativeName) -> Iterator[str]:
    from cryptography import x509

    for name in names:
        if isinstance(name, x509.RFC822Name | x509.UniformResourceIdentifier):
            yield name.value
        elif isinstance(name, x509.OtherName) and name.type_id.dotted_string == _OTHER_NAME:
            yield _utf8(name.value)


def _issuers(leaf: x509.Certificate) -> Iterator[str]:
    """The newer extension is DER, the older one raw text: where both are there they must agree."""
    from cryptography import x509

    for extension in leaf.extensions:
        value = extension.value
        if isinstance(value, x509.UnrecognizedExtension):
            if extension.oid.dotted_string == _ISSUER:
                yield _utf8(value.value)
            elif extension.oid.dotted_string == _ISSUER_RAW:
                yield value.value.decode()


def _utf8(data: bytes) -> str:
    """A DER UTF8String. Raises ValueError."""
    return der.read_one(data, _UTF8).content.decode()


def check_identity(identity: Identity, signer: KeylessSigner) -> str:
    """The name that the signer was trusted by. Raises UntrustedError (ISSUER, IDENTITY)."""
    if identity.issuer != signer.issuer:
        raise UntrustedError(Refusal.ISSUER, identity.issuer[:200])
    for name in identity.names:
        if len(name) <= LONGEST_NAME and _fits(name, signer):
            return name
    raise UntrustedError(Refusal.IDENTITY, ", ".join(identity.names)[:200])


def _fits(name: str, signer: KeylessSigner) -> bool:
    return re.fullmatch(signer.pattern, name) is not None if signer.pattern else name == signer.identity
