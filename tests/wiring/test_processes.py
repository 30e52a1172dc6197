"""The product's processes are put together; they are run as processes in tests/cli."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm import wiring
from periderm.model.envelope import ScanRequest
from periderm.model.errors import ConnectError, FormatError, ImageSourceError
from periderm.model.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own, and a port where nobody listens."""
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"), port=1)


def test_one_secret_for_all_processes(settings: Settings) -> None:
    """Whichever process comes first makes the secret; the others find it."""
    assert wiring.service_token(settings) == wiring.service_token(settings)


def test_a_server_that_is_not_there_is_told(settings: Settings) -> None:
    """Asking it raises what a caller waits for."""
    wiring.service_token(settings)
    with pytest.raises(ConnectError):
        wiring.uplink(settings).policies()


def test_a_request_is_scanned_by_its_source(settings: Settings, tmp_path: Path) -> None:
    """An image that is not the one asked for any more is refused, as is a source that is not there."""
    tree = tmp_path / "tree"
    (tree / "etc").mkdir(parents=True)
    (tree / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\nPRETTY_NAME=Debian\n")
    scan = wiring.image_scan(settings)
    request = ScanRequest(image_digest="", source=f"folder:{tree}", reference="x", node_id="n", requested=1)
    result = scan(request)
    assert result.inventory is not None
    assert result.inventory.os.id == "debian"
    with pytest.raises(FormatError, match="not sha256:1"):
        scan(msgspec.structs.replace(request, image_digest="sha256:1"))
    missing = ScanRequest(image_digest="sha256:1", source=f"archive:{tmp_path}/no.tar", reference="x", node_id="n", requested=1)
    with pytest.raises(ImageSourceError):
        scan(missing)
