"""Certificate transparency: that a trusted log promised to show a certificate to everyone. Knows nothing of identities.

Source: RFC 6962, 3.2: the structure that a signed certificate timestamp is made over, for a precertificate the hash of the
issuer's key and the certificate without the list of timestamps.
"""

from __future__ import annotations

import datetime
import hashlib
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from periderm.algorithms.sigstore.certificates import damage, key_of
from periderm.algorithms.sigstore.keys import load_key, spki, verifies
from periderm.model.signature import Refusal, TrustedLog, UntrustedError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.x509.certificate_transparency import SignedCertificateTimestamp

MOST = 16
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def check_logged(leaf: x509.Certificate, issuer: x509.Certificate, logs: Sequence[TrustedLog]) -> None:
    """Raises UntrustedError (CERTIFICATE_LOG) unless one of the trusted logs signed one of the embedded timestamps."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        found = leaf.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps).value
        issuer_hash = hashlib.sha256(spki(key_of(issuer))).digest()
        tbs = leaf.tbs_precertificate_bytes
    except damage() as error:
        raise UntrustedError(Refusal.CERTIFICATE_LOG) from error
    for stamp in list(found)[:MOST]:
        try:
            millis, sha256 = _milliseconds(stamp), isinstance(stamp.signature_hash_algorithm, SHA256)
        except damage():  # a time in the year two million, a hash that nobody knows
            continue
        log = next((each for each in logs if each.log_id == stamp.log_id), None)
        if log is None or not sha256 or not log.valid.holds(millis // 1000):
            continue
        if verifies(load_key(log.key), stamp.signature, signed_part(issuer_hash, tbs, millis, stamp.extension_bytes)):
            return
    raise UntrustedError(Refusal.CERTIFICATE_LOG)


def signed_part(issuer_hash: bytes, tbs: bytes, millis: int, extensions: bytes = b"") -> bytes:
    """What a log signs for a precertificate (version 1, certificate_timestamp, precert_entry)."""
    head = struct.pack(">BBQH", 0, 0, millis, 1)
    return head + issuer_hash + len(tbs).to_bytes(3, "big") + tbs + struct.pack(">H", len(extensions)) + extensions


def _milliseconds(stamp: SignedCertificateTimestamp) -> int:
    """Since 1970. The library gives a time without a zone, which is UTC."""
    return (stamp.timestamp.replace(tzinfo=datetime.UTC) - _EPOCH) // datetime.timedelta(milliseconds=1)
