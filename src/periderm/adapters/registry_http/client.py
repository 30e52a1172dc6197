"""`ports.registry.Registry` over HTTP: manifests, blobs, tags, the catalogue and referrers of all registries.

OCI distribution-spec v1.1. Every document is bounded, every digest computed. Mirrors are asked first where registries.conf
names some, and what is wrong with one of them sends to the next place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from periderm.adapters.registry_http.asking import ATTEMPTS, Asking, BusyError
from periderm.adapters.registry_http.line import Answer
from periderm.adapters.registry_http.saying import unreachable
from periderm.adapters.registry_http.site import Site, Sites
from periderm.adapters.registry_http.wire import NETWORK_ERRORS
from periderm.formats.image_reference import valid_digest
from periderm.formats.registry_answers import next_page, parse_descriptors, parse_repositories, parse_tags
from periderm.model.errors import ConnectError, DeniedError, FormatError, LimitError, NotFoundError, UsageError
from periderm.model.registry import Descriptor, ImageReference, RawManifest

T = TypeVar("T")
LARGEST_MANIFEST = 16 << 20
LARGEST_PAGE = 8 << 20
MOST_PAGES = 1000
MOST_NAMES = 200_000
MOST_BREAKS = 50  # of one download, and one more for each `_FAIR` bytes
_FAIR = 16 << 20
_PAGE = 1000
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    OCI_INDEX,
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+"
_ELSEWHERE = (NotFoundError, DeniedError, ConnectError, FormatError)


class _Kind(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str = ""
    schema_version: int = 2
    manifests: msgspec.Raw = msgspec.Raw()
    layers: msgspec.Raw = msgspec.Raw()


class HttpRegistry:
    """All registries that can be reached. Thread-safe."""

    def __init__(self, asking: Asking, sites: Sites) -> None:
        self._asking = asking
        self._sites = sites

    def manifest(self, reference: ImageReference) -> RawManifest:
        """See the port."""
        return self._anywhere(reference, lambda site: self._manifest(site, reference))

    def digest(self, reference: ImageReference) -> str:
        """See the port; of a registry that answers HEAD without a digest the manifest is fetched."""

        def ask(site: Site) -> str:
            def head() -> str:
                with self._asking.once(site, _manifest_path(site, reference), _ACCEPT, method="HEAD") as answer:
                    return answer.header("Docker-Content-Digest").strip()

            told = self._asking.retried(site, head)
            return told if valid_digest(told) else self._manifest(site, reference).digest

        return self._anywhere(reference, ask)

    def blob(self, reference: ImageReference, descriptor: Descriptor, begin: int = 0) -> Iterator[bytes]:
        """See the port. A mirror that breaks off is not followed by another place: half of the bytes are given by then."""
        if not valid_digest(descriptor.digest) or not 0 <= begin <= descriptor.size:
            raise FormatError(f"{descriptor.digest[:80]!r} is not the digest of a blob.")
        sites = self._sites.places(reference)
        for number, site in enumerate(sites):
            given = 0
            try:
                for piece in self._blob(site, descriptor, begin):
                    given += len(piece)
                    yield piece
            except _ELSEWHERE:
                if given or number == len(sites) - 1:
                    raise
            else:
                return

    def tags(self, reference: ImageReference) -> Sequence[str]:
        """See the port. Raises LimitError beyond `MOST_NAMES`."""

        def ask(site: Site) -> list[str]:
            return self._paged(site, f"/v2/{site.repository}/tags/list?n={_PAGE}", parse_tags)

        return self._anywhere(reference, ask)

    def repositories(self, registry: str) -> Sequence[str]:
        """See the port. Raises LimitError beyond `MOST_NAMES`."""
        site = self._sites.places(ImageReference(registry=registry, repository=""))[-1]
        try:
            return self._paged(site, f"/v2/_catalog?n={_PAGE}", parse_repositories)
        except (NotFoundError, DeniedError) as error:
            raise UsageError(
                f"{registry} gives no list of its repositories ({error.what})", "Name the repositories that are meant."
            ) from None

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        """See the port."""
        digest = reference.digest or self.digest(reference)

        def ask(site: Site) -> list[Descriptor]:
            query = f"?artifactType={quote(artifact_type, safe='')}" if artifact_type else ""
            try:
                return self._paged(site, f"/v2/{site.repository}/referrers/{digest}{query}", parse_descriptors)
            except (NotFoundError, FormatError):
                return self._tagged(site, reference, digest)

        found = self._anywhere(msgspec.structs.replace(reference, digest=digest), ask)
        return tuple(d for d in found if not artifact_type or d.artifact_type == artifact_type)

    def _tagged(self, site: Site, reference: ImageReference, digest: str) -> list[Descriptor]:
        """Referrers by the tag of the specification's fallback: ALGORITHM-HEX, each cut to what a tag can hold."""
        algorithm, _, value = digest.partition(":")
        tag = msgspec.structs.replace(reference, digest="", tag=f"{algorithm[:32]}-{value[:64]}")
        try:
            return list(parse_descriptors(self._manifest(site, tag).data))
        except NotFoundError:
            return []

    def _anywhere(self, reference: ImageReference, ask: Callable[[Site], T]) -> T:
        """Of the first place that can give it."""
        sites = self._sites.places(reference)
        for site in sites[:-1]:
            try:
                return ask(site)
            except _ELSEWHERE:
                continue
        return ask(sites[-1])

    def _manifest(self, site: Site, reference: ImageReference) -> RawManifest:
        def take() -> RawManifest:
            with self._asking.once(site, _manifest_path(site, reference), _ACCEPT) as answer:
                data = _whole(site, answer, LARGEST_MANIFEST, "manifest")
                return _checked(site, reference, answer, data)

        return self._asking.retried(site, take)

    def _paged(self, site: Site, path: str, parse: Callable[[bytes], Sequence[T]]) -> list[T]:
        """All pages of a list: each `Link` leads to the next, never to another server or the same page again."""
        found: list[T] = []
        seen: set[str] = set()
        following: str | None = path
        while following is not None:
            seen.add(following)
            here = following

            def take(here: str = here) -> tuple[Sequence[T], str]:
                with self._asking.once(site, here, {"Accept": f"application/json, {OCI_INDEX}"}) as answer:
                    return parse(_whole(site, answer, LARGEST_PAGE, "list")), next_page(answer.header("Link"))

            page, link = self._asking.retried(site, take)
            found += page
            following = _next(site, here, link) if link else None
            if len(found) > MOST_NAMES or len(seen) > MOST_PAGES or following in seen:
                raise LimitError(f"{site.shown} lists more than {MOST_NAMES} names, or the same again and again.")
        return found

    def _blob(self, site: Site, descriptor: Descriptor, begin: int) -> Iterator[bytes]:
        """The bytes of a blob, resumed after each break; the attempts count anew when some arrived, but breaks without end
        are given up, too."""
        given, failed, breaks = begin, 0, 0
        while given < descriptor.size:
            before = given
            try:
                for piece in self._rest(site, descriptor, given):
                    given += len(piece)
                    yield piece
                return
            except (BusyError, *NETWORK_ERRORS) as error:
                failed = 1 if given > before else failed + 1
                breaks += 1
                last = error
            if failed >= ATTEMPTS or breaks > MOST_BREAKS + (given - begin) // _FAIR:
                raise unreachable(site, last)
            self._asking.pause(site, last, failed)

    def _rest(self, site: Site, descriptor: Descriptor, begin: int) -> Iterator[bytes]:
        """What is missing of a blob, in one attempt."""
        headers = {"Range": f"bytes={begin}-"} if begin else {}
        with self._asking.once(site, f"/v2/{site.repository}/blobs/{descriptor.digest}", headers) as answer:
            skip = begin if answer.status == 200 else 0
            if answer.status == 206 and not answer.header("Content-Range").startswith(f"bytes {begin}-"):
                raise FormatError(f"{site.name} answers another part of a blob than was asked for.", "Ask its operator.")
            left = descriptor.size - begin + skip
            if answer.length is not None and answer.length != left:
                raise FormatError(
                    f"{site.name} gives {answer.length} bytes of a blob where {left} were promised.", "Push the image again."
                )
            for piece in answer.pieces():
                if len(piece) > left:
                    raise FormatError(f"{site.name} gives more of a blob than was promised.", "Push the image again.")
                left -= len(piece)
                if skip >= len(piece):
                    skip -= len(piece)
                    continue
                yield piece[skip:]
                skip = 0
            if left:
                raise OSError("the transfer broke off")


_ACCEPT = {"Accept": ", ".join(MANIFEST_TYPES)}


def _manifest_path(site: Site, reference: ImageReference) -> str:
    return f"/v2/{site.repository}/manifests/{reference.digest or reference.tag or 'latest'}"


def _whole(site: Site, answer: Answer, most: int, what: str) -> bytes:
    try:
        return answer.read(most)
    except ValueError:
        raise LimitError(f"{site.name} gives a {what} of more than {most >> 20} MiB, which is not read.") from None


def _checked(site: Site, reference: ImageReference, answer: Answer, data: bytes) -> RawManifest:
    """The manifest under the digest that its bytes have. Raises FormatError."""
    asked = reference.digest
    digest = computed(data, asked.partition(":")[0] if asked else "sha256")
    if asked and digest != asked:
        raise FormatError(f"{site.shown} gives a manifest with another digest than was asked for.", "Do not trust it.")
    told = answer.header("Docker-Content-Digest").strip()
    if valid_digest(told) and computed(data, told.partition(":")[0]) != told:
        raise FormatError(f"{site.shown} gives a manifest that is not what its own header says.", "Ask its operator.")
    try:
        kind = msgspec.json.decode(data, type=_Kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise FormatError(f"{site.shown} gives a manifest that is no JSON.", "Is it a registry?") from None
    media = answer.header("Content-Type").partition(";")[0].strip().lower()
    if media.startswith(_SCHEMA_1) or kind.schema_version == 1:
        raise FormatError(
            f"{site.shown} has a manifest of schema 1, which was given up in 2019 and is not read.",
            "Push the image again with a docker or podman of today.",
        )
    both = bool(bytes(kind.manifests)) and bool(bytes(kind.layers))
    if both or (kind.media_type and media in MANIFEST_TYPES and kind.media_type != media):
        # One that can be read as two different things is read differently by those who scan and those who run (CVE-2021-41190).
        raise FormatError(f"{site.shown} gives a manifest that says of itself two different things.", "Do not trust it.")
    return RawManifest(media_type=kind.media_type or media, digest=digest, data=data)


def computed(data: bytes, algorithm: str) -> str:
    """The digest of some bytes."""
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def _next(site: Site, here: str, link: str) -> str:
    """The target of the next page. Raises FormatError where it lies elsewhere."""
    base = f"https://{site.host}{here}"
    try:
        parts, own = urlsplit(urljoin(base, link)), urlsplit(base)
    except ValueError:
        parts = own = urlsplit("")
    if parts.netloc.lower() != own.netloc.lower() or not parts.path.startswith("/v2/") or len(link) > 8192:
        raise FormatError(f"{site.name} continues its list at another server.", "Ask its operator.")
    if not link.isascii() or not link.isprintable() or " " in link:
        raise FormatError(f"{site.name} continues its list at what is no address.", "Ask its operator.")
    return parts.path + (f"?{parts.query}" if parts.query else "")
