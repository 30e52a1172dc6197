"""`periderm authority`: list, show, roll, retire."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography import x509

from tests.cli.conftest import Periderm


def test_an_authority_is_made_rolled_over_and_retired(periderm: Periderm, state: Path) -> None:
    """Each step is seen in the list; the certificates can be given to a browser."""
    (first,) = json.loads(periderm("authority", "--json")[1])
    assert "issues" in periderm("authority")[1]
    x509.load_pem_x509_certificate(periderm("authority", "show")[1].encode())
    status, out, _ = periderm("authority", "roll")
    assert status == 0
    assert "issues from now on" in out
    second, old = json.loads(periderm("authority", "--json")[1])
    assert (second["issues"], old["issues"], old["fingerprint"]) == (True, False, first["fingerprint"])
    assert periderm("authority", "retire", second["fingerprint"])[0] == 2
    assert periderm("authority", "retire", first["fingerprint"][:16])[0] == 0
    assert [each["fingerprint"] for each in json.loads(periderm("authority", "--json")[1])] == [second["fingerprint"]]


def test_what_is_not_understood(periderm: Periderm, state: Path) -> None:
    """A usage error."""
    for words in (["remove"], ["retire"], ["roll", "x"]):
        assert periderm("authority", *words)[0] == 2
