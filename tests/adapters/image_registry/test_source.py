"""An image in a registry opens like one on disk: the right platform, foreign layers told, only what is needed fetched."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from periderm.adapters.image_registry.blob_cache import BlobCache
from periderm.adapters.image_registry.source import RegistryImages
from periderm.flow.layers import LayerReader
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError, UsageError
from periderm.model.limits import DEFAULT_LIMITS
from periderm.model.registry import Descriptor, ImageReference, RawManifest
from periderm.ports.image_source import BlobLayer, OpenImage, TreeLayer
from tests.images import base_layer, blobs, config_of, digest, tar

OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYERS = [base_layer(), tar([("app/x", b"y" * 5000)])]


class Memory:
    """A registry in memory. `manifests` are (media type, bytes) by tag and digest; blobs remember who asked for them."""

    def __init__(self, found: dict[str, bytes], manifests: dict[str, tuple[str, bytes]]) -> None:
        self.found = found
        self.manifests = {**manifests, **{digest(data): (kind, data) for kind, data in manifests.values()}}
        self.asked: list[str] = []

    def manifest(self, reference: ImageReference) -> RawManifest:
        told = self.manifests.get(reference.digest or reference.tag)
        if told is None:
            raise NotFoundError("none", "look")
        return RawManifest(media_type=told[0], digest=digest(told[1]), data=told[1])

    def digest(self, reference: ImageReference) -> str:
        return self.manifest(reference).digest

    def blob(self, reference: ImageReference, descriptor: Descriptor, begin: int = 0) -> Iterator[bytes]:
        self.asked.append(descriptor.digest)
        yield self.found[descriptor.digest][begin:]

    def tags(self, reference: ImageReference) -> Sequence[str]:
        return ()

    def repositories(self, registry: str) -> Sequence[str]:
        return ()

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        return ()


def memory(change: Callable[[dict[str, object]], None] = lambda _manifest: None, **settings: object) -> Memory:
    """One image under '1', its manifest changed."""
    config = config_of(LAYERS, **settings)
    found, index = blobs(LAYERS, config=config)
    manifest = json.loads(found[json.loads(index)["manifests"][0]["digest"]])
    change(manifest)
    return Memory(found, {"1": (OCI, json.dumps(manifest).encode())})


def images(registry: Memory, path: Path) -> RegistryImages:
    """The source over it."""
    return RegistryImages(lambda: registry, BlobCache(str(path / "blobs")))


def contents(image: OpenImage) -> list[list[str]]:
    """The names in each layer."""
    return [
        [entry.entry.path for entry in LayerReader(layer, DEFAULT_LIMITS, lambda _size: None).entries()]
        for layer in image.layers
    ]


def test_the_image_and_its_layers(tmp_path: Path) -> None:
    """What is fetched is read and verified as from disk; the source names the digest that was scanned."""
    registry = memory(User="7")
    with images(registry, tmp_path).open("r.example/team/app:1", "") as image:
        assert registry.asked == [image.digest]
        assert image.reference == "r.example/team/app:1"
        assert (
            image.source
            == f"registry:r.example/team/app:1@{registry.digest(ImageReference(registry='', repository='', tag='1'))}"
        )
        assert image.config.user == "7"
        assert image.manifests == (registry.manifest(ImageReference(registry="", repository="", tag="1")).digest,)
        told: list[str] = []
        assert image.fetch is not None
        image.fetch(range(2), lambda text, _done: told.append(text))
        assert contents(image)[1] == ["app/x"]
        assert len(registry.asked) == 3
        image.fetch(range(2), lambda _text, _done: None)
        assert len(registry.asked) == 3


def test_only_the_layers_that_are_needed_are_fetched(tmp_path: Path) -> None:
    """One that was not fetched cannot be read, and that is an error and not silence."""
    registry = memory()
    with images(registry, tmp_path).open("r.example/app:1", "") as image:
        assert image.fetch is not None
        image.fetch([1], lambda _text, _done: None)
        assert len(registry.asked) == 2
        with pytest.raises(ImageSourceError, match="not here"):
            contents(image)


def test_foreign_layers_are_told(tmp_path: Path) -> None:
    """They keep their place, so that the steps of the build stay right."""

    def foreign(manifest: dict[str, object]) -> None:
        manifest["layers"][0]["mediaType"] = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

    registry = memory(foreign)
    with images(registry, tmp_path).open("r.example/app:1", "") as image:
        assert image.fetch is not None
        image.fetch(range(2), lambda _text, _done: None)
        first, second = image.layers
        assert isinstance(first, TreeLayer)
        assert "foreign" in first.missed()[0]
        assert isinstance(second, BlobLayer)
        assert contents(image) == [[], ["app/x"]]


def index_of(*entries: tuple[str, bytes, str]) -> bytes:
    """An index of (media type, manifest, platform)."""
    told = []
    for kind, data, platform in entries:
        parts = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
        told.append({"mediaType": kind, "digest": digest(data), "size": len(data), "platform": parts})
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": told}).encode()


def test_indexes_inside_indexes(tmp_path: Path) -> None:
    """Are followed, four deep; every digest on the way is told."""
    registry = memory()
    data, kind = registry.manifests["1"][1], OCI
    for depth in range(5):
        data, kind = index_of((kind, data, "linux/amd64")), INDEX
        registry.manifests[digest(data)] = registry.manifests[f"deep{depth + 1}"] = (kind, data)
    with images(registry, tmp_path).open("r.example/app:deep4", "linux/amd64") as image:
        assert len(image.manifests) == 5
    with pytest.raises(FormatError, match="indexes"), images(registry, tmp_path).open("r.example/app:deep5", "linux/amd64"):
        pass


def test_platforms(tmp_path: Path) -> None:
    """The one that is asked for; another than this machine's is said."""
    registry = memory()
    manifest = registry.manifests["1"][1]
    index = index_of((OCI, manifest, "linux/mips64"))
    registry.manifests["many"] = (INDEX, index)
    with images(registry, tmp_path).open("r.example/app:many", "") as image:
        assert "linux/mips64" in image.left_out[0]
    with pytest.raises(NotFoundError), images(registry, tmp_path).open("r.example/app:many", "linux/s390x"):
        pass
    with pytest.raises(NotFoundError, match="linux/amd64"), images(registry, tmp_path).open("r.example/app:1", "linux/arm64"):
        pass
    with pytest.raises(UsageError), images(registry, tmp_path).open("r.example/app:1", "arm"):
        pass


def test_a_manifest_of_another_size_than_the_index_says(tmp_path: Path) -> None:
    """Is not taken."""
    registry = memory()
    index = json.loads(index_of((OCI, registry.manifests["1"][1], "linux/amd64")))
    index["manifests"][0]["size"] += 1
    registry.manifests["x"] = (INDEX, json.dumps(index).encode())
    with pytest.raises(FormatError, match="another size"), images(registry, tmp_path).open("r.example/app:x", ""):
        pass


def _helm(manifest: dict[str, object]) -> None:
    manifest["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json"


def _huge_config(manifest: dict[str, object]) -> None:
    manifest["config"]["size"] = 1 << 40


def _less_layers(manifest: dict[str, object]) -> None:
    manifest["layers"] = manifest["layers"][:1]


def _negative(manifest: dict[str, object]) -> None:
    manifest["layers"][0]["size"] = -1


def _path(manifest: dict[str, object]) -> None:
    manifest["layers"][0]["digest"] = "sha256:../../../../etc/passwd"


def _other_config(manifest: dict[str, object]) -> None:
    manifest["config"]["digest"] = manifest["layers"][0]["digest"]


@pytest.mark.parametrize(
    ("change", "family"),
    [
        (_helm, FormatError), (_huge_config, LimitError), (_less_layers, FormatError), (_negative, FormatError),
        (_path, FormatError), (_other_config, FormatError),
    ],
)  # fmt: skip
def test_manifests_that_are_none_of_an_image(
    tmp_path: Path, change: Callable[[dict[str, object]], None], family: type[Exception]
) -> None:
    """Artifacts, absurd sizes, paths for digests: an error each, and nothing is written."""
    with pytest.raises(family), images(memory(change), tmp_path).open("r.example/app:1", ""):
        pass
    assert not (tmp_path / "blobs").exists()


def test_one_layer_that_fails_ends_the_others(tmp_path: Path) -> None:
    """With its own error; what is whole stays for the next time."""
    registry = memory()
    with images(registry, tmp_path).open("r.example/app:1", "") as image:
        layer = image.layers[1]
        assert isinstance(layer, BlobLayer)
        registry.found[layer.blob_digest] = os.urandom(layer.size)
        assert image.fetch is not None
        with pytest.raises(FormatError, match="another digest"):
            image.fetch(range(2), lambda _text, _done: None)


def test_more_than_the_cache_holds(tmp_path: Path) -> None:
    """Is said before anything is fetched."""
    registry = memory()
    source = RegistryImages(lambda: registry, BlobCache(str(tmp_path), 10))
    with source.open("r.example/app:1", "") as image:
        assert image.fetch is not None
        with pytest.raises(LimitError, match="PERIDERM_REGISTRY_CACHE_MIB"):
            image.fetch(range(2), lambda _text, _done: None)
        assert len(registry.asked) == 1


@pytest.mark.parametrize("name", ["", "r.example/App", "r.example/app:1@sha256:x"])
def test_what_is_no_reference(tmp_path: Path, name: str) -> None:
    """Is how it was asked, and not the registry's fault."""
    with pytest.raises(UsageError), images(memory(), tmp_path).open(name, ""):
        pass
