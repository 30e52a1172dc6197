"""`ports.attachments.Attachments` over HTTP: an OCI artifact for each document, whose `subject` is the image. Pushes no images.

Source: OCI distribution-spec v1.1, "Push" (POST then PUT) and "Listing referrers"; image-spec v1.1, manifest.md ("Guidelines
for artifact usage"). One push at a time; a body is sent to the registry itself and follows no redirect.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from periderm.adapters.registry_http.asking import Asking
from periderm.adapters.registry_http.client import OCI_INDEX, HttpRegistry
from periderm.adapters.registry_http.line import Answer
from periderm.adapters.registry_http.site import Site, Sites
from periderm.adapters.registry_http.wire import Server
from periderm.algorithms.documents import Json, to_json, without_empty
from periderm.formats.registry_answers import parse_descriptors
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.registry import Descriptor, ImageReference
from periderm.ports.attachments import Attachment

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
EMPTY_TYPE, EMPTY = "application/vnd.oci.empty.v1+json", b"{}"  # image-spec v1.1, "Guidance for an empty descriptor"
LARGEST = 64 << 20
MOST_REFERRERS = 1_000
_DONE = frozenset({201, 202})


class Sending(Asking):
    """Asks with a body. Not thread-safe: whoever sends holds the lock of `HttpAttachments`."""

    body = b""

    @contextlib.contextmanager
    def _exchange(
        self, site: Site, home: Server, server: Server, question: tuple[str, str, Mapping[str, str]]
    ) -> Iterator[Answer]:
        if server != home:
            raise FormatError(f"{site.name} sends uploads to another place, which is not followed.", "Ask its operator.")
        with self._wire.exchange(server, *question, body=self.body) as answer:
            yield answer

    def _judge(self, site: Site, answer: Answer) -> None:
        if answer.status not in _DONE:
            super()._judge(site, answer)


class HttpAttachments:
    """`registry` reads what is there, `sending` writes."""

    def __init__(self, registry: HttpRegistry, sending: Sending, sites: Sites) -> None:
        self._registry, self._sending, self._sites = registry, sending, sites
        self._lock = threading.Lock()

    def attach(self, reference: ImageReference, attachments: Sequence[Attachment]) -> Sequence[str]:
        """See the port."""
        if not reference.digest:
            raise UsageError("What is to be attached to must be named by its digest.", "Push the image first.")
        image = self._registry.manifest(reference)
        subject = Descriptor(media_type=image.media_type, digest=image.digest, size=len(image.data))
        site = next(s for s in reversed(self._sites.places(reference)) if not s.mirror)
        with self._lock:
            self._blob(site, EMPTY)
            made = [self._artifact(site, subject, each) for each in attachments]
            untold = [descriptor for descriptor, told in made if not told]
            if untold:
                self._by_tag(site, reference, untold)
        return [descriptor.digest for descriptor, _ in made]

    def _artifact(self, site: Site, subject: Descriptor, each: Attachment) -> tuple[Descriptor, bool]:
        """(descriptor of the artifact's manifest, whether the registry says that it has listed it as a referrer)."""
        digest = self._blob(site, each.data)
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": each.artifact_type,
            "config": {"mediaType": EMPTY_TYPE, "digest": _digest(EMPTY), "size": len(EMPTY)},
            "layers": [
                without_empty(
                    {
                        "mediaType": each.media_type,
                        "digest": digest,
                        "size": len(each.data),
                        "annotations": each.annotations,
                    }
                )
            ],
            "subject": {"mediaType": subject.media_type, "digest": subject.digest, "size": subject.size},
            "annotations": each.annotations,
        }
        data = to_json(without_empty(manifest), indent=0).rstrip(b"\n")
        listed = self._put_manifest(site, _digest(data), OCI_MANIFEST, data)
        descriptor = Descriptor(
            media_type=OCI_MANIFEST,
            digest=_digest(data),
            size=len(data),
            artifact_type=each.artifact_type,
            annotations=each.annotations,
        )
        return descriptor, listed

    def _put_manifest(self, site: Site, name: str, media_type: str, data: bytes) -> bool:
        """Whether the registry answers with OCI-Subject: then it lists referrers itself."""

        def put() -> bool:
            path = f"/v2/{site.repository}/manifests/{name}"
            with self._sent(site, "PUT", path, data, {"Content-Type": media_type}) as answer:
                return bool(answer.header("OCI-Subject"))

        return self._sending.retried(site, put)

    def _blob(self, site: Site, data: bytes) -> str:
        """Uploads it in one piece; its digest."""
        if len(data) > LARGEST:
            raise UsageError(f"A document of more than {LARGEST >> 20} MiB is not attached.", "Keep it beside: --attest DIR.")
        digest = _digest(data)

        def upload() -> None:
            start = f"/v2/{site.repository}/blobs/uploads/"
            with self._sent(site, "POST", start, b"", {}) as answer:
                where = _location(site, start, answer.header("Location"))
            path = f"{where}{'&' if '?' in where else '?'}digest={quote(digest, safe='')}"
            with self._sent(site, "PUT", path, data, {"Content-Type": "application/octet-stream"}):
                pass

        self._sending.retried(site, upload)
        return digest

    def _by_tag(self, site: Site, reference: ImageReference, added: Sequence[Descriptor]) -> None:
        """The fallback: an index under the tag ALGORITHM-HEX of the image. Who writes at the same time may be lost; the
        specification knows no remedy."""
        algorithm, _, value = reference.digest.partition(":")
        tag = f"{algorithm[:32]}-{value[:64]}"
        try:
            there = tuple(
                parse_descriptors(self._registry.manifest(msgspec.structs.replace(reference, digest="", tag=tag)).data)
            )
        except NotFoundError:
            there = ()
        whole = {d.digest: d for d in (*there, *added)}
        if len(whole) > MOST_REFERRERS:
            raise UsageError(f"More than {MOST_REFERRERS} documents lie beside this image.", "Remove old ones there.")
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [_told(d) for d in whole.values()]}
        self._put_manifest(site, tag, OCI_INDEX, to_json(index, indent=0).rstrip(b"\n"))

    @contextlib.contextmanager
    def _sent(self, site: Site, method: str, path: str, data: bytes, headers: Mapping[str, str]) -> Iterator[Answer]:
        self._sending.body = data
        try:
            with self._sending.once(site, path, headers, method=method) as answer:
                yield answer
        finally:
            self._sending.body = b""


def _told(descriptor: Descriptor) -> Json:
    return without_empty(
        {
            "mediaType": descriptor.media_type,
            "digest": descriptor.digest,
            "size": descriptor.size,
            "artifactType": descriptor.artifact_type,
            "annotations": descriptor.annotations,
        }
    )


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _location(site: Site, start: str, given: str) -> str:
    """Where the upload goes on: on the same host, as a path. Raises FormatError for another one."""
    parts = urlsplit(urljoin(f"//{site.host}{start}", given.strip()))
    if parts.netloc != site.host or not parts.path.startswith("/") or not given.isascii() or not given.isprintable():
        raise FormatError(f"{site.name} sends uploads to another place, which is not followed.", "Ask its operator.")
    return parts.path + (f"?{parts.query}" if parts.query else "")
