"""A machine's own key (EC P-256), and what it says to get a certificate for it (PKCS 10). The key never leaves the machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from periderm.model.errors import ConnectError


def new_key(node_id: str) -> tuple[str, str]:
    """(private key, request for a certificate), both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node_id)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return private.decode("ascii"), request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def pinned(authorities: Sequence[str], fingerprint: str) -> str:
    """The one of these certificates (PEM) whose public key has this SHA-256 (hex). Raises ConnectError: then somebody else
    answers in the server's place."""
    for text in authorities:
        try:
            found = x509.load_pem_x509_certificate(text.encode("ascii"))
            info = found.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        except (ValueError, TypeError):
            continue
        if hashlib.sha256(info).hexdigest() == fingerprint:
            return text
    raise ConnectError(
        "What answers there is not the server that the join token is of.",
        "Check the address, and that nobody stands between; the token stays good.",
    )
