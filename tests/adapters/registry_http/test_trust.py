"""TLS is verified against the right authorities, unless a person said otherwise."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from periderm.adapters.registry_http.trust import Contexts, Trust, folders, found_in
from periderm.model.errors import UsageError
from tests.adapters.advisories_http.serving import authority


def test_certs_d_as_the_manual_has_it(tmp_path: Path) -> None:
    """Authorities of every folder, the first client certificate that has a key."""
    one, two = tmp_path / "one/r.example:5000", tmp_path / "two/r.example:5000"
    for folder in (one, two):
        folder.mkdir(parents=True)
        (folder / "ca.crt").write_text("")
        (folder / "client.cert").write_text("")
    (two / "client.key").write_text("")
    found = found_in([str(tmp_path / "one"), str(tmp_path / "none"), str(tmp_path / "two")], "r.example:5000")
    assert found == Trust(False, (str(one / "ca.crt"), str(two / "ca.crt")), str(two / "client.cert"), str(two / "client.key"))
    assert found_in([str(tmp_path / "one")], "r.example") == Trust()
    assert folders("/home/u")[0] == "/home/u/.config/containers/certs.d"


def test_contexts_verify_and_are_made_once(tmp_path: Path) -> None:
    """Never below TLS 1.2; verification is off only where that is said."""
    ca, _ = authority(tmp_path)
    contexts = Contexts()
    usual = contexts.context(Trust(authorities=(str(ca),)))
    assert usual.verify_mode is ssl.CERT_REQUIRED
    assert usual.check_hostname
    assert usual.minimum_version is ssl.TLSVersion.TLSv1_2
    assert contexts.context(Trust(authorities=(str(ca),))) is usual
    blind = contexts.context(Trust(insecure=True))
    assert blind.verify_mode is ssl.CERT_NONE
    assert blind.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("which", ["authority", "certificate"])
def test_files_that_cannot_be_used_are_named(tmp_path: Path, which: str) -> None:
    """A broken file is no reason to trust less or more: it is said."""
    bad = tmp_path / "bad.pem"
    bad.write_text("nothing")
    trust = Trust(authorities=(str(bad),)) if which == "authority" else Trust(certificate=str(bad), key=str(bad))
    with pytest.raises(UsageError, match=r"bad\.pem"):
        Contexts().context(trust)
