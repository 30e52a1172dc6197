"""What `ports.attachments` promises, against Debian's docker-registry: what is put beside an image is found again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.app.attach import attach, fetch
from periderm.formats.image_reference import parse
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.registry import RegistryOptions
from periderm.model.settings import Settings
from periderm.ports.attachments import Attachment
from periderm.wiring.building import attachments
from periderm.wiring.registering import registry_client
from tests.app.test_verify_image import made
from tests.images import base_layer
from tests.registry_servers import htpasswd, layout, push, real


def test_found_beside_the_image(tmp_path: Path) -> None:
    """By its digest and by its kind; put again it is there once, and others stay."""
    settings = Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))
    with real(tmp_path / "r") as server:
        push(tmp_path, layout(tmp_path / "l", [base_layer()]), f"docker://{server.host}/team/app:1")
        registry = registry_client(settings)
        image = parse(f"{server.host}/team/app:1")
        image = msgspec.structs.replace(image, digest=registry.digest(image))
        plug = attachments(settings, RegistryOptions())
        envelopes = made()
        told = attach(plug, image, envelopes)
        assert told == f"{server.host}/team/app@{image.digest}"
        attach(plug, image, envelopes[:2])
        found = registry.referrers(image, "application/vnd.in-toto+json")
        assert len(found) == 4
        assert "https://slsa.dev/provenance/v1" in {d.annotations["in-toto.io/predicate-type"] for d in found}
        manifest = registry.manifest(msgspec.structs.replace(image, tag="", digest=found[0].digest))
        (layer,) = msgspec.json.decode(manifest.data)["layers"]
        from periderm.model.registry import Descriptor

        blob = Descriptor(media_type=layer["mediaType"], digest=layer["digest"], size=layer["size"])
        assert b"".join(registry.blob(image, blob)) in envelopes
        assert sorted(fetch(registry, image).splitlines()) == sorted(envelopes)
        ghost = msgspec.structs.replace(image, digest="sha256:" + "0" * 64)
        with pytest.raises(NotFoundError):
            attach(plug, ghost, envelopes)
        with pytest.raises(UsageError):
            plug.attach(parse(f"{server.host}/team/app:1"), [])


def test_whoever_may_not_write(tmp_path: Path) -> None:
    """Is told so."""
    word = "made-" + "up"
    users = {"htpasswd": {"realm": "tests", "path": str(htpasswd(tmp_path / "users", "writer", word))}}
    settings = Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))
    with real(tmp_path / "r", users) as server:
        image = msgspec.structs.replace(parse(f"{server.host}/team/app"), digest="sha256:" + "0" * 64)
        with pytest.raises(DeniedError):
            attachments(settings, RegistryOptions()).attach(
                image, [Attachment(artifact_type="a/b", media_type="a/b", data=b"x")]
            )
