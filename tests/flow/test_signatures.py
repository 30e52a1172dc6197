"""Fetching signatures: what is found, what is missed, and what a registry can do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from periderm.adapters.signature_layout import LayoutSignatures
from periderm.flow import signatures as fetching
from periderm.flow.signatures import (
    MOST_FOUND,
    MOST_REFERRERS,
    Fetched,
    digest_of,
    fetch_signatures,
    file_piece,
    proven_digests,
)
from periderm.model.errors import ConnectError, DeniedError, FormatError, NotFoundError
from periderm.model.registry import Descriptor, ImageReference, RawManifest
from tests.images import config_of, digest
from tests.signed import BUNDLE, MANIFEST, SIMPLE, SignedImage
from tests.sigstore import dumped, new_key, statement, world

WEB = ImageReference(registry="registry.example.org", repository="shop/web", tag="1")


class Fake:
    """A registry of documents: by tag or digest."""

    def __init__(self, documents: dict[str, bytes], *, referring: Sequence[Descriptor] = (), error: Exception | None = None):
        self.documents, self.referring, self.error = documents, referring, error

    def manifest(self, reference: ImageReference) -> RawManifest:
        """Of a digest before a tag."""
        if self.error is not None:
            raise self.error
        data = self.documents.get(reference.digest or reference.tag)
        if data is None:
            raise NotFoundError("It is not there.")
        kind = json.loads(data).get("mediaType", MANIFEST)
        return RawManifest(media_type=kind, digest=digest(data), data=data)

    def blob(self, reference: ImageReference, descriptor: Descriptor) -> Iterator[bytes]:
        """In pieces."""
        data = self.documents[descriptor.digest]
        yield data[:5]
        yield data[5:]

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        """What was given."""
        if self.error is not None:
            raise self.error
        return self.referring


def test_all_places(tmp_path: Path) -> None:
    """Tags for signatures and attestations, and referrers."""
    image = SignedImage()
    image.by_key(new_key())
    image.attested(new_key(), statement(image.digest))
    image.referring(world().bundle(statement(image.digest)))
    store = LayoutSignatures(str(image.write(tmp_path / "x")))
    found = fetch_signatures(store, WEB, (image.digest,))
    assert sorted(piece.media_type.rpartition(".")[0][:30] for piece in found.pieces) == sorted(
        kind.rpartition(".")[0][:30] for kind in (SIMPLE, BUNDLE, "application/vnd.dsse.envelope.v1+json")
    )
    assert found.missed == ()


def test_an_unsigned_image_misses_nothing() -> None:
    """That there is no signature is known, and not unknown."""
    found = fetch_signatures(Fake({}), WEB, ("sha256:" + "ab" * 32,))
    assert found == Fetched()


@pytest.mark.parametrize("error", [ConnectError("It does not answer."), DeniedError("Sign in."), FormatError("Nonsense.")])
def test_what_cannot_be_fetched_is_told(error: Exception) -> None:
    """Each place that did not answer."""
    found = fetch_signatures(Fake({}, error=error), WEB, ("sha256:" + "ab" * 32,))
    assert len(found.missed) == 3
    assert str(error) in found.missed[0].en


def signatures(count: int, data: bytes = b"payload", size: int = 0) -> dict[str, bytes]:
    """A manifest with so many layers, under the tag of an image."""
    layer = {"digest": digest(data), "size": size or len(data), "mediaType": SIMPLE, "annotations": {}}
    tag = "sha256-" + "ab" * 32 + ".sig"
    return {tag: dumped({"layers": [layer] * count}), digest(data): data}


def test_blobs_that_are_not_what_they_say() -> None:
    """Another digest, more bytes than promised: told, and not taken."""
    documents = signatures(1)
    documents[digest(b"payload")] = b"pwned!!"
    found = fetch_signatures(Fake(documents), WEB, ("sha256:" + "ab" * 32,))
    assert not found.pieces
    assert "digest" in found.missed[0].en
    found = fetch_signatures(Fake(signatures(1, size=3)), WEB, ("sha256:" + "ab" * 32,))
    assert not found.pieces
    assert "larger" in found.missed[0].en


def test_floods_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Referrers, digests, bytes: so many are looked at, and the rest is told."""
    bundle = b"{}"
    subject = "sha256:" + "ab" * 32
    manifest = dumped(
        {"layers": [{"digest": digest(bundle), "size": 2, "mediaType": BUNDLE}] * 60, "subject": {"digest": subject}}
    )
    many = [Descriptor(media_type=MANIFEST, digest=digest(manifest), size=1, artifact_type=BUNDLE)] * 500
    found = fetch_signatures(Fake({digest(manifest): manifest, digest(bundle): bundle}, referring=many), WEB, (subject,))
    assert len(found.pieces) == MOST_FOUND
    assert any(str(500 - MOST_REFERRERS) in missed.en for missed in found.missed)
    monkeypatch.setattr(fetching, "MOST_BYTES", 10)
    found = fetch_signatures(Fake(signatures(3)), WEB, (subject,))
    assert len(found.pieces) == 1
    assert "more signatures" in found.missed[0].en
    assert "only 4" in fetch_signatures(Fake({}), WEB, (subject,) * 9).missed[0].en


def test_what_refers_to_another_image_is_left_out() -> None:
    """A registry may list what it likes: the manifest itself must name the image."""
    manifest = dumped({"layers": [], "subject": {"digest": "sha256:" + "00" * 32}})
    listed = [Descriptor(media_type=MANIFEST, digest=digest(manifest), size=1, artifact_type=BUNDLE)]
    found = fetch_signatures(Fake({digest(manifest): manifest}, referring=listed), WEB, ("sha256:" + "ab" * 32,))
    assert found == Fetched()


def test_files_that_people_name() -> None:
    """A bundle, an envelope, and nothing else."""
    assert file_piece(dumped(world().bundle(statement("sha256:" + "ab" * 32))), "x").media_type == BUNDLE
    assert "dsse" in file_piece(b' {"payload":"","payloadType":"x","signatures":[]}', "x").media_type
    for data in (b"", b"MEUCIQ==", b"{}"):
        with pytest.raises(FormatError):
            file_piece(data, "x")


def documents() -> tuple[dict[str, bytes], str, str, str]:
    """An index, its manifest and configuration; with the digests of index, manifest and configuration."""
    config = config_of([])
    manifest = dumped({"config": {"digest": digest(config), "size": 1}, "layers": []})
    other = dumped({"config": {"digest": digest(b"other"), "size": 1}, "layers": []})
    named = [{"digest": digest(each), "size": 1} for each in (other, manifest)]
    index = dumped({"mediaType": "application/vnd.oci.image.index.v1+json", "manifests": named})
    return {"1": index, digest(manifest): manifest, digest(other): other}, digest(index), digest(manifest), digest(config)


def test_the_registry_proves_which_image_it_is() -> None:
    """By the configuration's digest: of a manifest alone, and of an index with several."""
    store, index, manifest, config = documents()
    assert proven_digests(Fake(store), WEB, config) == (index, manifest)
    alone = {"1": store[manifest]}
    assert proven_digests(Fake(alone), WEB, config) == (manifest,)
    assert proven_digests(Fake(store), WEB, "sha256:" + "00" * 32) == ()
    assert proven_digests(Fake(alone), WEB, "sha256:" + "00" * 32) == ()
    asked = ImageReference(registry="r", repository="x", digest="sha256:" + "00" * 32)
    with pytest.raises(FormatError):
        proven_digests(Fake({asked.digest: store[manifest]}), asked, config)
    assert digest_of(store["1"]) == index
