"""Scanning what is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.adapters.image_folder import kind_of
from periderm.app.scan_image import scan_folder, scan_reference, scan_request, split
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError, FormatError, NotFoundError, UsageError
from periderm.model.principal import Principal
from periderm.model.settings import Settings
from tests.images import base_layer, blobs, config_of, digest, docker_archive, write_layout

LAYERS = [base_layer()]
DIGEST = digest(config_of(LAYERS, User="1000"))


def scanner(path: Path) -> wiring.ImageScanner:
    """The real one, its folders below the test's."""
    return wiring.image_scanner(Settings(state=str(path / "s"), cache=str(path / "c")))


def test_kinds_of_references(tmp_path: Path) -> None:
    """A prefix decides; else what lies at the path; else it is a name in podman's storage."""
    archive = str(docker_archive(tmp_path / "a.tar", LAYERS))
    layout = str(write_layout(tmp_path / "l", *blobs(LAYERS)))
    assert split(archive, kind_of) == ("archive", archive)
    assert split(layout, kind_of) == ("layout", layout)
    assert split("podman:sha256:ab", kind_of) == ("podman", "sha256:ab")
    assert split("folder:/x", kind_of) == ("folder", "/x")
    assert split("localhost/web:1", kind_of) == ("podman", "localhost/web:1")
    with pytest.raises(UsageError, match="folder"):
        split(str(tmp_path), kind_of)
    for gone in ("/none/x.tar", "./x", "x.tar"):
        with pytest.raises(NotFoundError):
            split(gone, kind_of)
    with pytest.raises(UsageError):
        split("", kind_of)


def test_scan_by_reference(tmp_path: Path) -> None:
    """An archive and a layout of the same image give the same digest and findings; a name may choose."""
    archive = str(docker_archive(tmp_path / "a.tar", LAYERS))
    layout = str(write_layout(tmp_path / "l", *blobs(LAYERS)))
    one = scan_reference(scanner(tmp_path), archive, name="t:1", node_id="n")
    two = scan_reference(scanner(tmp_path), layout)
    assert one.image_digest == two.image_digest == DIGEST
    assert one.node_id == "n"
    assert [f.id for f in one.findings] == [f.id for f in two.findings]
    assert one.inventory is not None
    assert one.inventory.reference == "t:1"


def test_a_request_is_for_one_image(tmp_path: Path) -> None:
    """What waits in the queue is scanned, unless another image lies there now."""
    archive = str(docker_archive(tmp_path / "a.tar", LAYERS))
    request = ScanRequest(image_digest=DIGEST, source=archive, reference="t:1", node_id="n", requested=1)
    assert scan_request(scanner(tmp_path), request).image_digest == DIGEST
    other = ScanRequest(image_digest="sha256:" + "0" * 64, source=archive, reference="t:1", node_id="n", requested=1)
    with pytest.raises(FormatError, match="is now"):
        scan_request(scanner(tmp_path), other)


def test_a_folder(tmp_path: Path) -> None:
    """A folder is scanned as a root file system, whatever is in it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/x").write_text("hello")
    result = scan_folder(scanner(tmp_path), str(tmp_path / "root"))
    assert result.inventory is not None
    assert result.inventory.files == 1


def test_permission(tmp_path: Path) -> None:
    """Who may not read may not scan."""
    with pytest.raises(DeniedError):
        scan_reference(scanner(tmp_path), "podman:x", who=Principal("nobody", frozenset()))
