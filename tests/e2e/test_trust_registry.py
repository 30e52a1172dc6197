"""A real registry with signatures: by tag, by what refers to the image, and without any; then tampered with."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.test_trust import KEY, write_policy
from tests.cli.conftest import Periderm
from tests.cli.conftest import periderm as periderm  # noqa: PLC0414 -- a fixture
from tests.registry_servers import Real, real
from tests.signed import MANIFEST, SignedImage
from tests.sigstore import IDENTITY, ISSUER, dumped, new_key, statement, world

INDEX = "application/vnd.oci.image.index.v1+json"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """Debian's docker-registry; it has no API for referrers, so their tag is asked for."""
    with real(tmp_path_factory.mktemp("registry")) as found:
        yield found


def send(registry: Real, method: str, path: str, body: bytes = b"", kind: str = "application/octet-stream") -> str:
    """One request; the Location of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", registry.port, timeout=180)
    connection.request(method, path, body, {"Content-Type": kind})
    answer = connection.getresponse()
    told = answer.read()
    assert answer.status in (201, 202), told.decode()
    connection.close()
    return answer.getheader("Location") or ""


def push(registry: Real, repository: str, image: SignedImage) -> None:
    """All of a layout: blobs, manifests by digest and tag, and the tag that lists what refers to the image."""
    manifests = {m["digest"] for m in image.manifests}
    for digest, data in image.found.items():
        if digest not in manifests:
            place = send(registry, "POST", f"/v2/{repository}/blobs/uploads/")
            path = place.partition(f":{registry.port}")[2] or place
            send(registry, "PUT", f"{path}{'&' if '?' in path else '?'}digest={digest}", data)
    referring = []
    for number, told in enumerate(image.manifests):
        name = "1" if number == 0 else told["annotations"].get("org.opencontainers.image.ref.name", told["digest"])
        send(registry, "PUT", f"/v2/{repository}/manifests/{name}", image.found[told["digest"]], MANIFEST)
        if "artifactType" in told:
            referring.append({k: told[k] for k in ("digest", "size", "mediaType", "artifactType")})
    if referring:
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": referring}
        send(registry, "PUT", f"/v2/{repository}/manifests/{image.digest.replace(':', '-')}", json.dumps(index).encode(), INDEX)


def policy(folder: Path, registry: Real) -> str:
    """Images of that registry are signed by the key and the identity."""
    path = write_policy(folder)
    path.write_text(path.read_text().replace("registry.example.org/*", f"{registry.host}/*"))
    return str(path)


def check(periderm: Periderm, name: str, path: str) -> tuple[int, str]:
    """`periderm trust check` of an image in the registry."""
    status, out, _ = periderm("trust", "check", f"registry:{name}", "--trust", path)
    return status, out


def test_signed_by_a_key_and_by_an_identity(
    registry: Real, periderm: Periderm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By cosign's tag, and by a bundle that refers to the image; a whole scan says the same."""
    monkeypatch.setenv("PERIDERM_REGISTRY_INSECURE", registry.host)
    path = policy(tmp_path, registry)
    image = SignedImage()
    image.by_key(KEY)
    push(registry, "shop/keyed", image)
    status, out = check(periderm, f"{registry.host}/shop/keyed:1", path)
    assert (status, "release.pub" in out) == (0, True)
    image = SignedImage()
    image.referring(world().bundle(statement(image.digest)))
    push(registry, "shop/keyless", image)
    status, out = check(periderm, f"{registry.host}/shop/keyless:1", path)
    assert (status, IDENTITY in out, ISSUER in out) == (0, True, True)
    told = json.loads(
        periderm(
            "scan", "registry", f"{registry.host}/shop/keyless:1", "--trust", path, "--scanners", "configuration", "--json"
        )[1]
    )
    assert told["trust"]["trusted"] is True
    assert told["trust"]["digests"] == [image.digest]


def test_not_signed_or_by_somebody_else(
    registry: Real, periderm: Periderm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signature, a stranger's, one of another image copied here: none is trusted, each with its reason."""
    monkeypatch.setenv("PERIDERM_REGISTRY_INSECURE", registry.host)
    path = policy(tmp_path, registry)
    push(registry, "shop/bare", SignedImage())
    status, out = check(periderm, f"{registry.host}/shop/bare:1", path)
    assert (status, "it has no signature" in out) == (1, True)
    image = SignedImage()
    image.by_key(new_key())
    push(registry, "shop/stranger", image)
    status, out = check(periderm, f"{registry.host}/shop/stranger:1", path)
    assert (status, "another key signed it" in out) == (1, True)
    image = SignedImage()
    image.referring(world().bundle(statement("sha256:" + "cd" * 32)))
    push(registry, "shop/copied", image)
    status, out = check(periderm, f"{registry.host}/shop/copied:1", path)
    assert (status, "about another image" in out) == (1, True)


def test_a_registry_that_went_away(periderm: Periderm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A saved image whose registry does not answer: not examined, and no pass."""
    with real(tmp_path / "r") as registry:
        host = registry.host
        path = policy(tmp_path, registry)
    monkeypatch.setenv("PERIDERM_REGISTRY_INSECURE", host)
    image = SignedImage()
    image.manifests[0]["annotations"] = {"org.opencontainers.image.ref.name": f"{host}/shop/web:1"}
    folder = image.write(tmp_path / "x")
    status, out, _ = periderm("trust", "check", f"layout:{folder}", "--trust", path)
    assert (status, "TRU-011" in out) == (1, True)
    (tmp_path / "bundle.json").write_bytes(dumped(world().bundle(statement(image.digest))))
    signature = ("--signature", str(tmp_path / "bundle.json"))
    assert periderm("trust", "check", f"layout:{folder}", "--trust", path, "--offline", *signature)[0] == 0
