"""Fetches what signs an image: cosign's tags, what refers to its digests, and files that a person names. Verifies nothing but
digests, and judges nothing: what cannot be fetched is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from periderm.formats import cosign_signature as cosign
from periderm.formats import oci, sigstore_bundle
from periderm.model.errors import FormatError, NotFoundError, PeridermError
from periderm.model.registry import Descriptor, ImageReference
from periderm.model.text import Text
from periderm.ports.signature_store import SignatureStore

MOST_DIGESTS, MOST_REFERRERS, MOST_FOUND = 4, 64, 128
MOST_BYTES = 96 << 20  # of all signatures of an image together
MOST_MANIFESTS = 16  # of an index, when the image's own is looked for


class Piece(msgspec.Struct, frozen=True):
    """One signed content as it was fetched: its kind by its media type, its bytes, and the annotations beside it."""

    media_type: str
    data: bytes
    annotations: dict[str, str]
    where: str


class Fetched(msgspec.Struct, frozen=True):
    """What was found, and what could not be looked at."""

    pieces: tuple[Piece, ...] = ()
    missed: tuple[Text, ...] = ()


class _Taking:
    """Counts what is taken, over all places."""

    def __init__(self) -> None:
        self.left = MOST_BYTES
        self.pieces: list[Piece] = []
        self.missed: list[Text] = []

    def miss(self, en: str, zh: str) -> None:
        """Something could not be looked at."""
        self.missed.append(Text(en, zh))


def fetch_signatures(store: SignatureStore, reference: ImageReference, digests: Sequence[str]) -> Fetched:
    """All that signs one of the digests. Never raises: an error is something that was missed."""
    taking = _Taking()
    if len(digests) > MOST_DIGESTS:
        taking.miss(f"only {MOST_DIGESTS} of the image's digests were asked for.", f"只查询了镜像的 {MOST_DIGESTS} 个摘要。")
    for digest in digests[:MOST_DIGESTS]:
        for tag in cosign.tags_of(digest):
            _of_manifest(store, msgspec.structs.replace(reference, tag=tag, digest=""), f"tag {tag[:19]}…{tag[-4:]}", taking)
        for descriptor in _referrers(store, reference, digest, taking):
            there = msgspec.structs.replace(reference, tag="", digest=descriptor.digest)
            _of_manifest(store, there, f"referrer {descriptor.digest[:19]}", taking, subject=digest)
    return Fetched(tuple(taking.pieces), tuple(taking.missed))


def _referrers(store: SignatureStore, reference: ImageReference, digest: str, taking: _Taking) -> Sequence[Descriptor]:
    try:
        found = store.referrers(msgspec.structs.replace(reference, tag="", digest=digest))
    except NotFoundError:
        return ()
    except PeridermError as error:
        taking.miss(f"what refers to the image: {error.what}", f"引用该镜像的内容：{error.what}")
        return ()
    wanted = [d for d in found if not d.artifact_type or d.artifact_type.startswith((cosign.BUNDLE, "application/vnd.dsse"))]
    if len(wanted) > MOST_REFERRERS:
        taking.miss(
            f"{len(wanted) - MOST_REFERRERS} more signatures refer to the image.",
            f"另有 {len(wanted) - MOST_REFERRERS} 个引用该镜像的签名。",
        )
    return wanted[:MOST_REFERRERS]


def _of_manifest(store: SignatureStore, reference: ImageReference, where: str, taking: _Taking, subject: str = "") -> None:
    """The signatures of one manifest. With `subject`, only if it refers to that digest."""
    try:
        manifest = store.manifest(reference)
        if subject and cosign.subject_of(manifest.data, where) != subject:
            return
        layers = cosign.parse_manifest(manifest.data, where)
    except NotFoundError:
        return
    except PeridermError as error:
        taking.miss(f"{where}: {error.what}", f"{where}：{error.what}")
        return
    for layer in layers:
        if len(taking.pieces) >= MOST_FOUND or layer.size > taking.left:
            taking.miss(f"{where}: more signatures than are looked at.", f"{where}：签名数量或大小超过上限。")
            return
        try:
            data = b"".join(_bounded(store.blob(reference, layer), layer.size))
            oci.verify(data, layer.digest)
        except PeridermError as error:
            taking.miss(f"{where}: {error.what}", f"{where}：{error.what}")
            continue
        taking.left -= len(data)
        taking.pieces.append(Piece(layer.media_type, data, layer.annotations, where))


def _bounded(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    taken = 0
    for piece in pieces:
        taken += len(piece)
        if taken > size:
            raise FormatError("a blob is larger than its manifest says.")
        yield piece


def file_piece(data: bytes, name: str) -> Piece:
    """A file that a person names: a bundle, or a DSSE envelope. Raises FormatError for anything else."""
    if sigstore_bundle.is_bundle(data):
        return Piece(sigstore_bundle.ARTIFACT_TYPE, data, {}, name)
    if data.lstrip()[:1] == b"{" and b'"payloadType"' in data:
        return Piece(cosign.ENVELOPE, data, {}, name)
    raise FormatError(
        "this is neither a Sigstore bundle nor a signed envelope.",
        "Give what `cosign sign --bundle FILE` writes, or a layout folder that `cosign save` wrote.",
        where=name,
    )


def proven_digests(store: SignatureStore, reference: ImageReference, config_digest: str) -> tuple[str, ...]:
    """The digests of the manifest (and index) under which the registry has the image with this configuration; none if what
    it has under the name is another image. Raises PeridermError as the store does."""
    top = store.manifest(reference)
    own = digest_of(top.data)
    if reference.digest and own != reference.digest:
        raise FormatError("a manifest has another digest than it was asked for by.")
    if top.media_type not in oci.INDEX_TYPES:
        return (own,) if oci.parse_manifest(top.data).config.digest == config_digest else ()
    for each in oci.parse_index(top.data)[:MOST_MANIFESTS]:
        below = store.manifest(msgspec.structs.replace(reference, tag="", digest=each.digest))
        if below.media_type in oci.INDEX_TYPES or digest_of(below.data) != each.digest:
            continue
        if oci.parse_manifest(below.data).config.digest == config_digest:
            return (own, each.digest)
    return ()


def digest_of(data: bytes) -> str:
    """`sha256:…` of a document."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
