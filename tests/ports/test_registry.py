"""What every registry port promises, against Debian's docker-registry: open, with a password, with tokens, with TLS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from periderm.adapters.registry_http.trust import Trust
from periderm.formats import oci
from periderm.formats.image_reference import parse
from periderm.model.errors import DeniedError, FormatError, NotFoundError
from periderm.model.registry import Credentials, Descriptor, ImageReference
from periderm.ports.registry import Registry
from tests.adapters.advisories_http.serving import authority
from tests.images import base_layer, config_of, tar
from tests.registry_servers import Client, Tokens, htpasswd, layout, push, real, scripted

WORD = "made-" + "up"
LAYERS = [base_layer(), tar([("app/data", b"x" * 300_000)])]
Make = Callable[[], Registry]


class Plug(NamedTuple):
    """A registry that holds team/app:1 and :2, and a client that may read it."""

    host: str
    registry: Registry
    stranger: Registry | None

    def reference(self, rest: str) -> ImageReference:
        """In that registry."""
        return parse(f"{self.host}/{rest}")


def _open(path: Path) -> Iterator[Plug]:
    with real(path / "r") as server:
        push(path, layout(path / "l", LAYERS), f"docker://{server.host}/team/app:1")
        yield Plug(server.host, Client(), None)


def _basic(path: Path) -> Iterator[Plug]:
    told = {"htpasswd": {"realm": "tests", "path": str(htpasswd(path / "users", "reader", WORD))}}
    with real(path / "r", told) as server:
        push(path, layout(path / "l", LAYERS), f"docker://{server.host}/team/app:1", "--dest-creds", f"reader:{WORD}")
        kept = {server.host: Credentials("reader", WORD)}
        yield Plug(server.host, Client(lambda registry, _: kept.get(registry)), Client())


def _tokens(path: Path, credentials: Callable[[Tokens], Credentials]) -> Iterator[Plug]:
    tokens = Tokens(path, password=WORD)
    with scripted(tokens.answer) as realm, real(path / "r", tokens.section(f"{realm.url}/token")) as server:
        push(path, layout(path / "l", LAYERS), f"docker://{server.host}/team/app:1", "--dest-creds", f"reader:{WORD}")
        kept = {server.host: credentials(tokens)}
        yield Plug(server.host, Client(lambda registry, _: kept.get(registry)), Client())


def _token_password(path: Path) -> Iterator[Plug]:
    yield from _tokens(path, lambda _tokens: Credentials("reader", WORD))


def _token_refresh(path: Path) -> Iterator[Plug]:
    yield from _tokens(path, lambda tokens: Credentials(identity_token=tokens.refresh))


def _tls(path: Path) -> Iterator[Plug]:
    ca, key = authority(path)
    with real(path / "r", tls=(key, key)) as server:
        push(path, layout(path / "l", LAYERS, squeeze="zstd"), f"docker://{server.host}/team/app:1")
        certificates = {server.host: Trust(authorities=(str(ca),))}
        yield Plug(server.host, Client(certificates=lambda host: certificates.get(host, Trust())), None)


@pytest.fixture(
    scope="module", params=[_open, _basic, _token_password, _token_refresh, _tls], ids=lambda make: make.__name__[1:]
)
def plug(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plug]:
    """Each kind of registry, with two tags of one image and one of another."""
    made = request.param(tmp_path_factory.mktemp("registry"))
    yield next(made)
    made.close()


def test_a_manifest_by_tag_and_by_digest(plug: Plug) -> None:
    """The same bytes, under the digest that they have."""
    found = plug.registry.manifest(plug.reference("team/app:1"))
    assert found.digest == "sha256:" + hashlib.sha256(found.data).hexdigest()
    assert found.media_type == "application/vnd.oci.image.manifest.v1+json"
    assert plug.registry.manifest(plug.reference(f"team/app@{found.digest}")) == found
    assert plug.registry.digest(plug.reference("team/app:1")) == found.digest


def test_blobs_whole_and_in_part(plug: Plug) -> None:
    """Every byte of each layer, and the rest of one from the middle."""
    reference = plug.reference("team/app:1")
    manifest = oci.parse_manifest(plug.registry.manifest(reference).data)
    for told in (manifest.config, *manifest.layers):
        descriptor = Descriptor(media_type=told.media_type, digest=told.digest, size=told.size)
        data = b"".join(plug.registry.blob(reference, descriptor))
        assert "sha256:" + hashlib.sha256(data).hexdigest() == told.digest
        assert b"".join(plug.registry.blob(reference, descriptor, 7)) == data[7:]
        assert b"".join(plug.registry.blob(reference, descriptor, len(data))) == b""


def test_tags_and_repositories(plug: Plug) -> None:
    """Of a repository and of the registry."""
    assert list(plug.registry.tags(plug.reference("team/app"))) == ["1"]
    if plug.stranger is None:
        assert "team/app" in plug.registry.repositories(plug.host)


def test_referrers_by_the_fallback_tag(plug: Plug) -> None:
    """This registry has no referrers API: without the tag there are none."""
    assert list(plug.registry.referrers(plug.reference("team/app:1"))) == []


def test_what_is_not_there(plug: Plug) -> None:
    """Is said, or refused by a registry that tells nobody what it has."""
    for missing in ("team/app:nine", "team/none:1", "team/app@sha256:" + "0" * 64):
        with pytest.raises((NotFoundError, DeniedError)) as caught:
            plug.registry.manifest(plug.reference(missing))
        assert caught.value.next_step
    with pytest.raises((NotFoundError, DeniedError)):
        list(plug.registry.blob(plug.reference("team/app:1"), Descriptor(media_type="", digest="sha256:" + "0" * 64, size=3)))


def test_strangers_are_refused(plug: Plug) -> None:
    """Without credentials nothing comes out, and the sentence says how to sign in."""
    if plug.stranger is None:
        pytest.skip("this one is open to all")
    with pytest.raises(DeniedError, match="team/app") as caught:
        plug.stranger.manifest(plug.reference("team/app:1"))
    assert "podman login" in caught.value.next_step


def test_a_blob_that_is_none(plug: Plug) -> None:
    """Is no question for a registry."""
    with pytest.raises(FormatError):
        list(plug.registry.blob(plug.reference("team/app:1"), Descriptor(media_type="", digest="../../x", size=1)))


def test_signatures_by_the_fallback_tag(tmp_path: Path) -> None:
    """What the specification's tag lists are the referrers of a digest, chosen by their kind."""
    with real(tmp_path / "r") as server:
        client = Client()
        push(tmp_path, layout(tmp_path / "l", LAYERS), f"docker://{server.host}/team/app:1")
        reference = parse(f"{server.host}/team/app:1")
        digest = client.digest(reference)
        # An index under the tag: made as an image of its own that skopeo can push.
        other = config_of([b"s"])
        push(tmp_path, layout(tmp_path / "s", [b"s"], config=other), f"docker://{server.host}/team/app:sig")
        signature = client.manifest(msgspec.structs.replace(reference, tag="sig"))
        index = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [
                {
                    "mediaType": signature.media_type,
                    "digest": signature.digest,
                    "size": len(signature.data),
                    "artifactType": "a/signature",
                }
            ],
        }
        put(server.port, f"/v2/team/app/manifests/{digest.replace(':', '-')}", json.dumps(index).encode())
        found = client.referrers(reference, "a/signature")
        assert [d.digest for d in found] == [signature.digest]
        assert client.referrers(reference, "a/other") == ()


def put(port: int, path: str, data: bytes) -> None:
    """A manifest as it is."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    connection.request("PUT", path, data, {"Content-Type": "application/vnd.oci.image.index.v1+json"})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()
