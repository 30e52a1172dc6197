"""A machine's own key, and who is recognised at the first contact."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.adapters.membership_local.keys import new_key, pinned
from periderm.model.errors import ConnectError

NOW = 1_795_600_000 * 10**9


def test_each_key_is_new_and_signs_its_own_request() -> None:
    """The private key is not in what is sent."""
    (first, asked), (second, _) = new_key("node-1"), new_key("node-1")
    assert first != second
    assert x509.load_pem_x509_csr(asked.encode()).is_signature_valid
    assert "PRIVATE" not in asked


def test_the_one_of_the_fingerprint_is_found(tmp_path: Path) -> None:
    """Among several, and among nonsense; where it is not, somebody else answers."""
    ours, other = (LocalAuthority(str(tmp_path / name), NOW) for name in ("ours", "other"))
    fingerprint = ours.known()[0].fingerprint
    shown = ("nonsense", *other.certificates(), *ours.certificates())
    assert pinned(shown, fingerprint) == ours.certificates()[0]
    with pytest.raises(ConnectError, match="not the server that the join token is of"):
        pinned(other.certificates(), fingerprint)
