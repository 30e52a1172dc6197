"""A registry in memory, for those who watch one: it keeps what was pushed, counts what it is asked, and can be away."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from periderm.model.errors import ConnectError, DeniedError, NotFoundError, UsageError
from periderm.model.registry import Descriptor, ImageReference, RawManifest

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"


def digest_of(data: bytes) -> str:
    """sha256:…"""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class MemoryRegistry:
    """`ports.registry.Registry`."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, tuple[str, bytes]] = {}
        self.named: dict[str, dict[str, str]] = {}
        self.asked: Counter[str] = Counter()
        self.away = False
        self.refused: set[str] = set()
        self.catalogue = True

    def image(self, words: str, created: str = "2026-01-01T00:00:00Z", media: str = CONFIG, size: int = -1) -> tuple[str, str]:
        """An image that nobody names yet: (digest of its manifest, digest of its configuration)."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "created": created, "words": words}).encode()
        self.blobs[digest_of(config)] = config
        told = {"mediaType": media, "digest": digest_of(config), "size": len(config) if size < 0 else size}
        return self.put(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": told, "layers": []}), digest_of(config)

    def put(self, media: str, document: dict[str, Any]) -> str:
        """Any manifest or index."""
        data = json.dumps(document).encode()
        self.manifests[digest_of(data)] = (media, data)
        return digest_of(data)

    def index(self, **manifests: str) -> str:
        """An index: a manifest for each platform, 'linux_arm64' for linux/arm64."""
        listed = []
        for name, digest in manifests.items():
            platform = dict(zip(("os", "architecture", "variant"), name.split("_"), strict=False))
            listed.append({"mediaType": MANIFEST, "digest": digest, "size": 2, "platform": platform})
        return self.put(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed})

    def push(self, repository: str, tag: str, words: str = "", **more: Any) -> str:
        """An image under a name; the digest of its configuration."""
        manifest, config = self.image(words or f"{repository}:{tag}", **more)
        self.named.setdefault(repository, {})[tag] = manifest
        return config

    def manifest(self, reference: ImageReference) -> RawManifest:
        self._ask("manifest", reference.repository)
        digest = reference.digest or self._tag(reference)
        if digest not in self.manifests:
            raise NotFoundError(f"There is no {reference}.")
        media, data = self.manifests[digest]
        return RawManifest(media_type=media, digest=digest, data=data)

    def digest(self, reference: ImageReference) -> str:
        self._ask("digest", reference.repository)
        return self._tag(reference)

    def blob(self, reference: ImageReference, descriptor: Descriptor, begin: int = 0) -> Iterator[bytes]:
        self._ask("blob", reference.repository)
        yield self.blobs[descriptor.digest][begin:]

    def tags(self, reference: ImageReference) -> Sequence[str]:
        self._ask("tags", reference.repository)
        if reference.repository not in self.named:
            raise NotFoundError(f"There is no {reference.repository}.")
        return sorted(self.named[reference.repository])

    def repositories(self, registry: str) -> Sequence[str]:
        self._ask("repositories", "")
        if not self.catalogue:
            raise UsageError(f"{registry} gives no list of its repositories.", "Name the repositories that are meant.")
        return sorted(self.named)

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        return ()

    def _tag(self, reference: ImageReference) -> str:
        found = self.named.get(reference.repository, {}).get(reference.tag)
        if found is None:
            raise NotFoundError(f"There is no {reference}.")
        return found

    def _ask(self, what: str, repository: str) -> None:
        self.asked[what] += 1
        if self.away:
            raise ConnectError("registry.test cannot be asked: connection refused.", "Check the network.")
        if repository in self.refused:
            raise DeniedError(f"Nobody may read {repository}.", "Sign in.")
