"""Advisories are carried signed: nothing changes here before the signature, the bytes and the age were looked at."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from periderm.algorithms.signing import sign
from periderm.app.advisories import Advisories, advisory_info, build_advisories
from periderm.app.advisory_bundles import PAYLOAD_TYPE, export_advisories, import_advisories, verify_advisories
from periderm.model.advisory_build import BundleManifest
from periderm.model.errors import AdvisoryError, DeniedError, NotFoundError, PeridermError, SignatureError
from periderm.model.settings import Settings
from periderm.wiring import advisory_bundles, advisory_tools
from tests.app.test_advisories import READER, feed
from tests.flow.test_advisory_kinds import KEV, OSV
from tests.ports.plugs import CountingClock


def keys() -> tuple[bytes, bytes]:
    """(private, public), both PEM."""
    private = Ed25519PrivateKey.generate()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


PRIVATE, PUBLIC = keys()


def tools_in(folder: Path) -> Advisories:
    """A machine of its own."""
    return advisory_tools(Settings(state=str(folder / "state"), cache=str(folder / "cache")))


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """A bundle that was made on another machine."""
    tools = tools_in(tmp_path / "there")
    build_advisories(tools, [feed(tmp_path, "osv.json", OSV), feed(tmp_path, "kev.json", KEV)])
    path = str(tmp_path / "a.bundle")
    export_advisories(tools, advisory_bundles(), path, PRIVATE)
    return path


def test_there_and_here(tmp_path: Path, bundle: str) -> None:
    """The same store is in force on both machines."""
    here = tools_in(tmp_path / "here")
    manifest = verify_advisories(advisory_bundles(), bundle, [keys()[1], PUBLIC])
    assert import_advisories(here, advisory_bundles(), bundle, [PUBLIC]) == manifest
    assert advisory_info(here) == advisory_info(tools_in(tmp_path / "there"))
    assert manifest.product.startswith("periderm ")


def test_somebody_else_signed(tmp_path: Path, bundle: str) -> None:
    """It is refused, and nothing was installed."""
    here = tools_in(tmp_path / "here")
    for trusted in ([keys()[1]], []):
        with pytest.raises(SignatureError):
            import_advisories(here, advisory_bundles(), bundle, trusted)
    assert advisory_info(here).starter


def test_older_than_what_is_installed(tmp_path: Path, bundle: str) -> None:
    """Refused unless it is meant; the same age is no step back."""
    here = tools_in(tmp_path / "here")
    import_advisories(here, advisory_bundles(), bundle, [PUBLIC])
    import_advisories(here, advisory_bundles(), bundle, [PUBLIC])
    newer = build_advisories(here, [feed(tmp_path, "osv.json", OSV)]).info
    with pytest.raises(AdvisoryError, match="older"):
        import_advisories(here, advisory_bundles(), bundle, [PUBLIC])
    assert advisory_info(here) == newer
    import_advisories(here, advisory_bundles(), bundle, [PUBLIC], older=True)
    assert advisory_info(here) != newer


def test_a_damaged_store_is_replaced(tmp_path: Path, bundle: str) -> None:
    """Anything that is signed is better."""
    here = tools_in(tmp_path / "here")
    Path(here.store).parent.mkdir(parents=True)
    Path(here.store).write_bytes(b"x" * 200)
    import_advisories(here, advisory_bundles(), bundle, [PUBLIC])
    assert not advisory_info(here).starter


def test_changed_bytes(tmp_path: Path, bundle: str) -> None:
    """Anywhere in the file: refused, and the old store stays."""
    here = tools_in(tmp_path / "here")
    old = build_advisories(here, [feed(tmp_path, "osv.json", {**OSV, "id": "GHSA-old"})]).info
    data = Path(bundle).read_bytes()
    for place in range(600, len(data) - 20_000, max(1, len(data) // 12)):
        Path(bundle).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            import_advisories(here, advisory_bundles(), bundle, [PUBLIC], older=True)
        except PeridermError:
            assert advisory_info(here) == old
        else:  # a byte of padding
            assert Path(here.store).read_bytes()
            old = advisory_info(here)


def test_signed_for_another_store(tmp_path: Path, bundle: str) -> None:
    """A manifest that is signed but does not name this store, and one that is none."""
    here = tools_in(tmp_path / "here")
    there = tools_in(tmp_path / "there")

    def lying(sha256: str, size: int) -> bytes:
        manifest = BundleManifest(built=9 * 10**18, schema=1, digest="another", sha256=sha256, size=size)
        return sign(msgspec.json.encode(manifest), PAYLOAD_TYPE, PRIVATE)

    advisory_bundles().pack(there.store, bundle, lying)
    with pytest.raises(AdvisoryError, match="not the one"):
        import_advisories(here, advisory_bundles(), bundle, [PUBLIC])
    advisory_bundles().pack(there.store, bundle, lambda _sha, _size: sign(b"5", PAYLOAD_TYPE, PRIVATE))
    with pytest.raises(AdvisoryError, match="manifest"):
        import_advisories(here, advisory_bundles(), bundle, [PUBLIC])
    assert advisory_info(here).starter


def test_nothing_to_carry(tmp_path: Path) -> None:
    """The starter set is everywhere already; who only reads may not carry."""
    here = dataclasses.replace(tools_in(tmp_path), clock=CountingClock())
    with pytest.raises(NotFoundError):
        export_advisories(here, advisory_bundles(), str(tmp_path / "b"), PRIVATE)
    with pytest.raises(DeniedError):
        import_advisories(here, advisory_bundles(), str(tmp_path / "b"), [PUBLIC], who=READER)
