"""What tests of guarded builds share: keys, a builder that keeps its images in memory, and the parts around it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.documents_local import LocalDocuments
from periderm.app.build_parts import BuildParts
from periderm.app.report import ReportParts
from periderm.app.scan_image import ImageScanner
from periderm.model.build import Verdict
from periderm.model.errors import NotFoundError
from periderm.model.settings import Settings
from periderm.ports.builder import Answer
from periderm.ports.source_state import SourceState
from periderm.wiring.advising import advisory_source
from periderm.wiring.scanning import image_sources
from tests.images import docker_archive, tar

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def pem(seed: bytes) -> tuple[bytes, bytes]:
    """(private key, public key) made of 32 bytes."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    shown = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()), shown


KEY, PUBLIC = pem(b"1" * 32)
OTHER, OTHER_PUBLIC = pem(b"2" * 32)
VERDICT = Verdict(image_digest="sha256:" + "a" * 64, passed=True, time=5 * 10**9, conditions=("true",), reference="shop:1")


class MemoryBuilder:
    """`ports.builder.Builder` that builds one archive of layers, whatever it is told, and remembers what it was asked."""

    def __init__(self, layers: Sequence[bytes] = (), status: int = 0) -> None:
        self.layers = list(layers) or [harmless_layer()]
        self.status = status
        self.asked: list[tuple[str, ...]] = []
        self.names: dict[str, str] = {}
        self.broken = ""  # a verb that fails

    def _archive(self, path: Path) -> str:
        docker_archive(path, self.layers)
        with tarfile.open(path) as archive:
            manifest = archive.extractfile("manifest.json")
            assert manifest is not None
            config = archive.extractfile(json.load(manifest)[0]["Config"])
            assert config is not None
            return hashlib.sha256(config.read()).hexdigest()

    @property
    def id(self) -> str:
        """What it builds."""
        with tempfile.TemporaryDirectory() as folder:
            return self._archive(Path(folder) / "a.tar")

    def run(self, words: Sequence[str], *, quiet_output: bool = False) -> int:
        """Builds."""
        self.asked.append(tuple(words))
        if not self.status:
            Path(words[words.index("--iidfile") + 1]).write_text(f"sha256:{self.id}")
            self.names[words[words.index("--tag") + 1]] = self.id
        return self.status

    def ask(self, words: Sequence[str], *, seconds: float = 60.0) -> Answer:
        """Names, saves, pushes."""
        self.asked.append(tuple(words))
        if self.broken and self.broken in words:
            return Answer(125, b"", "it is broken")
        if "tag" in words:
            self.names[words[-1]] = words[-2]
        elif "untag" in words:
            self.names.pop(words[-1], None)
        elif "oci-archive:" in words[-1]:
            self._archive(Path(words[-1].removeprefix("oci-archive:").removesuffix(":image")))
        elif "--digestfile" in words:
            Path(words[words.index("--digestfile") + 1]).write_text("sha256:" + "d" * 64)
        elif "--version" in words:
            return Answer(0, b"podman version 4.3.1\n", "")
        elif "inspect" in words:
            return Answer(0, b"sha256:" + b"b" * 64 + b"\n", "")
        return Answer(0, b"", "")

    @contextlib.contextmanager
    def folder(self) -> Iterator[str]:
        """A temporary one."""
        with tempfile.TemporaryDirectory() as path:
            yield path

    def random(self) -> str:
        """Always the same."""
        return "0" * 16


class States:
    """`ports.source_state.SourceStates`: always the same commit."""

    def look(self, folder: str) -> SourceState:
        """Dirty."""
        return SourceState(commit=COMMIT, ref="refs/heads/main", address="https://git.example/shop", dirty=True)


class Nothing:
    """An image source that has nothing, so that archives are asked for."""

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[object]:
        """Never."""
        raise NotFoundError(f"There is no {location}.")
        yield


def parts(folder: Path, builder: MemoryBuilder) -> BuildParts:
    """Parts over a temporary folder: real archives, no sandbox, no advisories but the starter's."""
    settings = Settings(state=str(folder / "state"), cache=str(folder / "cache"))
    from periderm.adapters import image_folder

    sources = {**image_sources(settings), "podman": Nothing()}
    scanner = ImageScanner(sources=sources, kind_of=image_folder.kind_of, clock=SystemClock())  # type: ignore[arg-type]  # never opens
    reports = ReportParts(
        scanner=scanner, documents=LocalDocuments(), clock=SystemClock(), advisories=lambda: advisory_source(settings)
    )
    return BuildParts(builder=builder, reports=reports, states=States())


def harmless_layer() -> bytes:
    """A layer of which nothing is to be said."""
    return tar([("srv/hello", b"hello")])


def secret_layer() -> bytes:
    """A layer with a private key, made up here."""
    key, _ = pem(hashlib.sha256(b"nobody's").digest())
    return tar([("app/key.pem", key)])
