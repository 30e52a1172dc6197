"""What an image promises, through the real scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.image_archive import ImageArchive
from periderm.app.birth import containers, promised
from periderm.app.scan_image import ImageScanner
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from tests.images import config_of, docker_archive, tar
from tests.starting import BASE, NGINX, SHELL

ONE = b"kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: web, args: [curl, -f], ports: [{containerPort: 8443}]}]}\n"
TWO = ONE + b"---\nkind: Pod\nmetadata: {name: q}\nspec: {containers: [{name: other, image: x}]}\n"


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """An image that starts a web server by a script."""
    layers = [tar(BASE)]
    config = config_of(layers, Entrypoint=["/entrypoint.sh"], Cmd=["nginx"])
    return str(docker_archive(tmp_path / "a.tar", layers, config=config))


@pytest.fixture
def scanner() -> ImageScanner:
    """For archives."""
    return ImageScanner(sources={"archive": ImageArchive()}, kind_of=lambda _: "archive", clock=SystemClock())


def test_an_image_before_its_first_start(archive: str, scanner: ImageScanner) -> None:
    """Its promises, named after it, and nothing of a manifest."""
    found = promised(scanner, LOCAL_ADMIN, archive)
    assert Behaviour(Aspect.LISTEN, NGINX, "tcp/80") in {entry.behaviour for entry in found.baseline.entries}
    assert (found.baseline.name, found.deployed) == (archive, None)


def test_as_a_manifest_has_it_run(archive: str, scanner: ImageScanner) -> None:
    """The only container is meant; of several one must be named, and be there."""
    found = promised(scanner, LOCAL_ADMIN, archive, manifest=ONE)
    behaviours = {entry.behaviour for entry in found.baseline.entries}
    assert Behaviour(Aspect.PROGRAM, "/usr/bin/curl") in behaviours
    assert Behaviour(Aspect.PARENT, "/usr/bin/curl", SHELL) in behaviours
    assert promised(scanner, LOCAL_ADMIN, archive, manifest=TWO, container="web").deployed == found.deployed
    with pytest.raises(UsageError, match="web, other"):
        promised(scanner, LOCAL_ADMIN, archive, manifest=TWO)
    with pytest.raises(NotFoundError):
        promised(scanner, LOCAL_ADMIN, archive, manifest=TWO, container="third")
    with pytest.raises(NotFoundError):
        promised(scanner, LOCAL_ADMIN, archive, manifest=b"kind: Service\n")


def test_documents_of_a_manifest() -> None:
    """Several apart by lines of dashes; what is no YAML is said."""
    assert [each.name for each in containers(TWO)] == ["web", "other"]
    assert containers(b"---\n\n---\n") == ()
    with pytest.raises(FormatError):
        containers(b"a: [")
