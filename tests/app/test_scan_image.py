"""Scanning what is named."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from periderm import wiring
from periderm.adapters.image_folder import kind_of
from periderm.app.scan_image import ImageScanner, Place, itself, scan_folder, scan_reference, scan_request, split
from periderm.model.envelope import ScanRequest
from periderm.model.errors import ConnectError, DeniedError, FormatError, NotFoundError, UsageError
from periderm.model.image import ImageConfig
from periderm.model.principal import Principal
from periderm.model.settings import Settings
from periderm.ports.image_source import BlobLayer, OpenImage
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


class Remote:
    """A registry's source that opens nothing, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        self.asked.append((location, name))
        raise ConnectError("It is away.", "Try later.")
        yield


class Empty:
    """podman's storage without that image."""

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        raise NotFoundError(f"podman has no image {location!r} here.", "Pull it.")
        yield


def with_registry(path: Path, remote: Remote) -> ImageScanner:
    """The real scanner, with an empty podman and a registry that only remembers."""
    made = scanner(path)
    places = {**made.places, "podman": itself, "registry": lambda *_: Place((), outside=True)}
    return msgspec.structs.replace(made, sources={"podman": Empty(), "registry": remote}, places=places, sandbox=None)


def test_a_bare_name_is_looked_for_in_its_registry(tmp_path: Path) -> None:
    """If it names one and podman does not have it; never if a prefix says where it is."""
    remote = Remote()
    made = with_registry(tmp_path, remote)
    for reference in ("r.example/a:1", "registry:r.example/a:1"):
        with pytest.raises(ConnectError):
            scan_reference(made, reference, name="linux/arm64")
    assert remote.asked == [("r.example/a:1", "linux/arm64")] * 2
    for reference in ("podman:r.example/a:1", "a:1", "team/a"):
        with pytest.raises(NotFoundError):
            scan_reference(made, reference)
    assert len(remote.asked) == 2


def test_no_registry_is_asked_where_that_is_not_allowed(tmp_path: Path) -> None:
    """And the sentence says that it would have been."""
    remote = Remote()
    made = with_registry(tmp_path, remote)
    with pytest.raises(NotFoundError) as caught:
        scan_reference(made, "r.example/a:1", remote=False)
    assert "--offline" in caught.value.next_step
    with pytest.raises(UsageError, match="--offline"):
        scan_reference(made, "registry:r.example/a:1", remote=False)
    assert remote.asked == []


class Pinned:
    """An image whose bytes are all named by digests; counts how often its layer is read."""

    def __init__(self, manifest: str) -> None:
        self.manifest = manifest
        self.read = 0
        self.fetched: list[list[int]] = []

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        layer = LAYERS[0]

        def chunks() -> Iterator[bytes]:
            self.read += 1
            yield layer

        blob = BlobLayer(digest(layer), digest(layer), len(layer), chunks)
        config = ImageConfig(architecture="amd64", os="linux", diff_ids=(digest(layer),))

        def fetch(numbers: Sequence[int], _tell: object) -> None:
            self.fetched.append(list(numbers))

        yield OpenImage(
            location, f"registry:{location}@{self.manifest}", DIGEST, config, (blob,), manifests=(self.manifest,), fetch=fetch
        )


def test_what_is_named_by_digests_is_read_once(tmp_path: Path) -> None:
    """The same manifest again gives the kept result; another one of the same layers fetches none of them."""
    one, two = Pinned("sha256:" + "1" * 64), Pinned("sha256:" + "2" * 64)
    made = scanner(tmp_path)
    results = []
    for source in (one, one, two):
        outside = {**made.places, "registry": lambda *_: Place((), outside=True)}
        held = msgspec.structs.replace(made, sources={"registry": source}, places=outside)
        results.append(scan_reference(held, "registry:r.example/a:1"))
    assert one.fetched == [[0]]
    assert two.fetched == [[]]
    assert [f.id for f in results[0].findings] == [f.id for f in results[1].findings]
    assert results[2].inventory is not None
    assert results[0].inventory is not None
    assert results[2].inventory.packages == results[0].inventory.packages
