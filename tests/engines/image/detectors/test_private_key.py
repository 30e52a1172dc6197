"""Private keys."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import private_key
from periderm.engines.image.facts import GivenFile, GivenImage


def found(path: str, data: bytes) -> list[str]:
    """Evidence of what is found in one file."""
    image = GivenImage(layers=((GivenFile(path, data),),))
    return [f.evidence for f in run_example(private_key.DETECTOR, image)]


LINE = b"MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aYPuoAoGCCqGSM49"


def pem(kind: str, head: bytes = b"") -> bytes:
    """A key in PEM armour."""
    return b"-----BEGIN " + kind.encode() + b"-----\n" + head + LINE + b"\n-----END " + kind.encode() + b"-----\n"


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
def test_armoured_keys(kind: str) -> None:
    """Keys without a password, as files and inside a JSON string; nothing of the key is shown."""
    for data in (pem(kind), pem(kind).replace(b"\n", b"\\n"), pem(kind).replace(b"\n", b"\r\n")):
        (evidence,) = found("k", data)
        assert "MHc" not in evidence


def test_other_forms() -> None:
    """PGP, PuTTY and age keys."""
    assert found("k", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" + LINE)
    assert found("k.ppk", b"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n")
    assert found("k", b"AGE-SECRET-KEY-1" + b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE")


def test_a_password_lowers_it() -> None:
    """A key behind a password is a smaller matter."""
    image = GivenImage(layers=((GivenFile("k", pem("ENCRYPTED PRIVATE KEY")),),))
    (finding,) = run_example(private_key.DETECTOR, image)
    assert finding.severity.name == "LOW"


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN PRIVATE KEY-----",
        pem("PUBLIC KEY"),
        pem("CERTIFICATE"),
        pem("RSA PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED\n"),
        b"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n",
    ],
)
def test_alike_but_none(data: bytes) -> None:
    """Headers alone, public parts and keys behind a password are no open keys."""
    assert found("k", data) == []
