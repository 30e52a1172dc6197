"""An image in a layout folder with signatures beside it, for tests of what finds and judges them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.images import base_layer, blobs, digest, write_layout
from tests.sigstore import b64, pae, sign, simple_payload

SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
ENVELOPE = "application/vnd.dsse.envelope.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
NAME = "registry.example.org/shop/web:1"


class SignedImage:
    """A layout that grows. `digest` is that of the image's manifest."""

    def __init__(self) -> None:
        self.found, index = blobs([base_layer()])
        self.manifests: list[dict[str, Any]] = json.loads(index)["manifests"]
        self.manifests[0]["annotations"] = {"org.opencontainers.image.ref.name": NAME}
        self.digest: str = self.manifests[0]["digest"]

    def put(self, data: bytes) -> dict[str, Any]:
        """A blob."""
        self.found[digest(data)] = data
        return {"digest": digest(data), "size": len(data)}

    def manifest(self, layers: list[dict[str, Any]], annotations: dict[str, str], **members: Any) -> str:
        """One more manifest, which the index names; its digest."""
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {**self.put(b"{}"), "mediaType": CONFIG},
            "layers": layers,
        } | members
        told = {**self.put(json.dumps(document).encode()), "mediaType": MANIFEST, "annotations": annotations}
        self.manifests.append(told)
        return str(told["digest"])

    def tagged(self, payload: bytes, annotations: dict[str, str], kind: str = ".sig", media: str = SIMPLE) -> None:
        """A signature under cosign's tag."""
        tag = self.digest.replace(":", "-") + kind
        layer = {**self.put(payload), "mediaType": media, "annotations": annotations}
        self.manifest([layer], {"org.opencontainers.image.ref.name": tag})

    def by_key(self, key: Any, payload: bytes | None = None) -> None:
        """cosign's signature by a key."""
        payload = payload or simple_payload(self.digest)
        self.tagged(payload, {"dev.cosignproject.cosign/signature": b64(sign(key, payload))})

    def attested(self, key: Any, statement: bytes) -> None:
        """cosign's attestation by a key."""
        kind = "application/vnd.in-toto+json"
        made = {"payload": b64(statement), "payloadType": kind, "signatures": [{"sig": b64(sign(key, pae(statement, kind)))}]}
        self.tagged(json.dumps(made).encode(), {}, ".att", ENVELOPE)

    def referring(self, bundle: dict[str, Any], subject: str = "") -> None:
        """A bundle that refers to the image."""
        layer = {**self.put(json.dumps(bundle).encode()), "mediaType": BUNDLE}
        about = {"digest": subject or self.digest, "mediaType": MANIFEST, "size": 1}
        self.manifest([layer], {}, artifactType=BUNDLE, subject=about)
        self.manifests[-1]["artifactType"] = BUNDLE

    def write(self, path: Path) -> Path:
        """The folder."""
        return write_layout(path, self.found, json.dumps({"schemaVersion": 2, "manifests": self.manifests}).encode())
