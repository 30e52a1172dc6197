"""What the scanner finds in images whose contents are known exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.app.scan_image import scan_reference
from periderm.model.image import ImageInventory, Origin
from periderm.model.purl import parse
from periderm.model.settings import Settings
from tests.images import docker_archive, member, tar
from tests.truth.cases import CASES, Case


def inventory(case: Case, tmp_path: Path) -> ImageInventory:
    """The case as a real archive, scanned as a person does."""
    layers = [
        tar((member(path, mode=0o755 if data.startswith(b"\x7fELF") else 0o644), data) for path, data in files.items())
        for files in case.layers
    ]
    archive = docker_archive(tmp_path / "image.tar", layers)
    scanner = wiring.image_scanner(Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c")))
    found = scan_reference(scanner, str(archive)).inventory
    assert found is not None
    return found


def plain(purl: str) -> str:
    """A package URL without qualifiers, which say where and for what machine, and without escapes."""
    url = parse(purl)
    assert url is not None, purl
    namespace = f"{url.namespace}/" if url.namespace else ""
    version = f"@{url.version}" if url.version else ""
    return f"pkg:{url.type}/{namespace}{url.name}{version}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_these(case: Case, tmp_path: Path) -> None:
    """Each package that is there is found once, nothing else is, and each says how far it counts."""
    packages = [package for package in inventory(case, tmp_path).packages if package.origin is not Origin.RECOGNISED]
    assert sorted(plain(package.purl) for package in packages) == sorted(case.present), case.why
    assert {plain(p.purl) for p in packages if p.scope == "test"} == case.test
    assert {plain(p.purl) for p in packages if p.owner} == case.owned
    assert {plain(p.purl) for p in packages if not p.on_disk} == case.gone
    assert all(package.layer.startswith("sha256:") for package in packages)


def test_a_package_names_the_layer_and_the_step_that_brought_it(tmp_path: Path) -> None:
    """The upgraded package is of the second layer, the other one of the first."""
    case = next(case for case in CASES if case.name == "upgraded in a later layer")
    found = inventory(case, tmp_path)
    layers = {package.name: found.layers.index(package.layer) for package in found.packages}
    assert layers == {"openssl": 1, "bash": 0}
    assert {package.name: package.created_by for package in found.packages} == {"openssl": "step 1", "bash": "step 0"}
