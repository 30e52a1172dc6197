"""What is sent to a registry goes to that registry, and to nobody whom it names. The rest is in tests/ports."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.registry_http import pushing
from periderm.formats.image_reference import parse
from periderm.model.errors import FormatError, UsageError
from periderm.model.registry import RegistryOptions
from periderm.model.settings import Settings
from periderm.ports.attachments import Attachment
from periderm.wiring.building import attachments
from tests.images import base_layer
from tests.registry_servers import layout, push, real

EACH = Attachment(artifact_type="a/b", media_type="a/b", data=b"x" * 100)


@pytest.mark.parametrize(
    "given",
    ["https://evil.example/v2/x/blobs/uploads/1", "//evil.example/x", "ftp://h/x", "http://127.0.0.1:1/x", "\r\nX: y", "ä"],
)
def test_uploads_go_nowhere_else(given: str) -> None:
    """Whatever the registry says."""
    from periderm.adapters.registry_http.site import Site

    site = Site("reg.example", "reg.example", "a/b")
    with pytest.raises(FormatError):
        pushing._location(site, "/v2/a/b/blobs/uploads/", given)
    assert pushing._location(site, "/v2/a/b/blobs/uploads/", "/v2/u/1?s=2") == "/v2/u/1?s=2"
    assert pushing._location(site, "/v2/a/b/blobs/uploads/", "https://reg.example/v2/u/1") == "/v2/u/1"


def test_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that is too large, and too many of them."""
    settings = Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))
    with real(tmp_path / "r") as server:
        push(tmp_path, layout(tmp_path / "l", [base_layer()]), f"docker://{server.host}/team/app:1")
        plug = attachments(settings, RegistryOptions())
        from periderm.wiring.registering import registry_client

        image = parse(f"{server.host}/team/app:1")
        image = msgspec.structs.replace(image, digest=registry_client(settings).digest(image))
        monkeypatch.setattr(pushing, "LARGEST", 50)
        with pytest.raises(UsageError):
            plug.attach(image, [EACH])
        monkeypatch.setattr(pushing, "LARGEST", 1 << 20)
        monkeypatch.setattr(pushing, "MOST_REFERRERS", 1)
        (digest,) = plug.attach(image, [EACH])
        assert digest.startswith("sha256:")
        assert digest != hashlib.sha256(EACH.data).hexdigest()
        with pytest.raises(UsageError):
            plug.attach(image, [msgspec.structs.replace(EACH, data=b"y")])
