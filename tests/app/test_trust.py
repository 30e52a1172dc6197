"""Images judged by a trust policy, from where they lie: layouts, archives, files, registries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.adapters.image_layout import ImageLayout
from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox
from periderm.adapters.signature_layout import LayoutSignatures
from periderm.app.trust import (
    TrustOrder,
    TrustParts,
    check_image,
    read_trust,
    reference_of,
    seconds_of,
    standing_trust,
    trust_of,
)
from periderm.flow.trust import Trusted
from periderm.model.base_image import KnownImage
from periderm.model.errors import ConnectError, FormatError, NotFoundError, RuleError, UsageError
from periderm.model.image import BuildStart, History, ImageConfig, ImageInventory, OsRelease
from periderm.model.limits import DEFAULT_LIMITS
from periderm.model.trust import TrustPolicy
from periderm.ports.signature_store import SignatureStore
from tests.flow.test_signatures import Fake, documents
from tests.signed import NAME, SignedImage
from tests.sigstore import IDENTITY, ISSUER, dumped, new_key, pem, statement, world

KEY = new_key()
SLSA = "https://slsa.dev/provenance/v1"


def write_policy(folder: Path, rule: str = "") -> Path:
    """A policy with its key and root beside it."""
    (folder / "release.pub").write_bytes(pem(KEY))
    (folder / "root.json").write_bytes(dumped(world().trusted_root()))
    keyless = f"keyless: {{issuer: '{ISSUER}', identity: '{IDENTITY}'}}"
    rule = rule or f"signatures:\n        - key: release.pub\n        - {keyless}\n          root: root.json"
    path = folder / "trust.yaml"
    path.write_text(f"trust:\n  rules:\n    - images: ['registry.example.org/*', 'docker.io/*', '*']\n      {rule}\n")
    return path


def policy(folder: Path, rule: str = "") -> TrustPolicy:
    """The same, read."""
    read = read_trust(LocalDocuments(), str(write_policy(folder, rule)))
    assert read is not None
    return read


def parts(registry: SignatureStore | None = None, *, walls: bool = False) -> TrustParts:
    """With a registry, or without one."""
    return TrustParts(
        documents=LocalDocuments(),
        registry=(lambda: registry) if registry is not None else None,
        layout=LayoutSignatures,
        limits=DEFAULT_LIMITS,
        sandbox=LinuxSandbox() if walls else None,
    )


def inventory(source: str, reference: str, manifests: Sequence[str] = (), **told: Any) -> ImageInventory:
    """An image that was scanned."""
    made = ImageInventory(
        digest="sha256:" + "00" * 32,
        reference=reference,
        source=source,
        config=ImageConfig(),
        os=OsRelease(),
        packages=(),
        executables=(),
        manifests=tuple(manifests),
    )
    return msgspec.structs.replace(made, **told)


def detectors(told: Trusted) -> list[str]:
    """Which detectors fired."""
    return [finding.detector for finding in told.findings]


@pytest.mark.parametrize("walls", [False, True])
def test_a_layout_with_its_signatures(tmp_path: Path, walls: bool) -> None:
    """A key's and an identity's, verified here or behind the sandbox's walls, without a network."""
    image = SignedImage()
    image.by_key(KEY)
    image.referring(world().bundle(statement(image.digest)))
    path = image.write(tmp_path / "x")
    with ImageLayout().open(str(path), "") as opened:
        assert opened.manifests == (image.digest,)
    given = inventory(f"layout:{path}", NAME, [image.digest])
    told = trust_of(parts(walls=walls), TrustOrder(policy=policy(tmp_path), offline=True), given)
    assert told.verdict.trusted
    assert [v.by for v in told.verdict.signers] == ["release.pub", ISSUER]
    assert told.verdict.reference == NAME


def test_a_layout_that_somebody_else_signed(tmp_path: Path) -> None:
    """What was found is refused with its reason; that the registry was not asked is told and no pass."""
    image = SignedImage()
    image.by_key(new_key())
    path = image.write(tmp_path / "x")
    given = inventory(f"layout:{path}", NAME, [image.digest])
    offline = trust_of(parts(), TrustOrder(policy=policy(tmp_path), offline=True), given)
    assert detectors(offline) == ["TRU-011"]
    assert len(offline.verdict.refused) == 1
    asked = trust_of(parts(Fake({})), TrustOrder(policy=policy(tmp_path)), given)
    assert detectors(asked) == ["TRU-008"]


def test_signatures_in_files(tmp_path: Path) -> None:
    """A bundle beside an image of podman's storage, a folder, and a file that is none."""
    image = SignedImage()
    (tmp_path / "bundle.json").write_bytes(dumped(world().bundle(statement(image.digest))))
    given = inventory("podman:x", "localhost/web:1", [image.digest])
    order = TrustOrder(policy=policy(tmp_path), signatures=(str(tmp_path / "bundle.json"),), offline=True)
    assert trust_of(parts(), order, given).verdict.trusted
    image.by_key(KEY)
    path = image.write(tmp_path / "x")
    assert trust_of(parts(), msgspec.structs.replace(order, signatures=(str(path),)), given).verdict.trusted
    (tmp_path / "noise").write_text("x")
    with pytest.raises(FormatError):
        trust_of(parts(), msgspec.structs.replace(order, signatures=(str(tmp_path / "noise"),)), given)


def test_attestations(tmp_path: Path) -> None:
    """Asked for by type; a signature alone is not enough."""
    rule = f"signatures: [{{key: release.pub}}]\n      attestations: [{SLSA}]"
    image = SignedImage()
    image.by_key(KEY)
    without = SignedImage()
    without.by_key(KEY)
    image.attested(KEY, statement(image.digest, SLSA))
    for each, name, found in ((image, "a", []), (without, "b", ["TRU-009"])):
        path = each.write(tmp_path / name)
        given = inventory(f"layout:{path}", NAME, [each.digest])
        assert detectors(trust_of(parts(Fake({})), TrustOrder(policy=policy(tmp_path, rule)), given)) == found


def test_an_archive_is_asked_for_in_its_registry(tmp_path: Path) -> None:
    """`docker save` keeps no manifest: the registry tells under which digest it has this very image, or that it has not."""
    store, index, manifest, config = documents()
    rule = f"digests: ['{index}']"
    given = inventory("archive:/x/web.tar", "registry.example.org/shop/web:1")
    ours = msgspec.structs.replace(given, digest=config)
    told = trust_of(parts(Fake(store)), TrustOrder(policy=policy(tmp_path, rule)), ours)
    assert told.verdict.trusted
    assert told.verdict.digests == (index, manifest)
    other = trust_of(parts(Fake(store)), TrustOrder(policy=policy(tmp_path)), given)
    assert detectors(other) == ["TRU-011"]
    assert "another image" in other.findings[0].message.en


def test_what_cannot_be_asked_is_no_pass(tmp_path: Path) -> None:
    """A registry that does not answer, --offline, no name, no registry: each says so."""
    order = TrustOrder(policy=policy(tmp_path))
    given = inventory("podman:x", "registry.example.org/shop/web:1", ["sha256:" + "ab" * 32])
    away = Fake({}, error=ConnectError("It does not answer."))
    for told in (
        trust_of(parts(away), order, given),
        trust_of(parts(away), order, msgspec.structs.replace(given, manifests=())),
        trust_of(parts(Fake({})), msgspec.structs.replace(order, offline=True), given),
        trust_of(parts(), order, msgspec.structs.replace(given, manifests=())),
        trust_of(parts(Fake({})), order, inventory("archive:/x/web.tar", "web.tar")),
    ):
        assert set(detectors(told)) == {"TRU-011"}
        assert not told.verdict.trusted


def test_bases_and_ages(tmp_path: Path) -> None:
    """A known image with the same lowest layers is the base, with its date."""
    rule = "bases: ['debian:12']\n      base-max-age: 30d\n      max-age: 10d"
    now = 1_790_000_000
    base = KnownImage(names=("debian:12",), digest="sha256:base", diff_ids=("a",), created="2026-09-01T00:00:00Z")
    config = ImageConfig(created="2026-09-20T01:02:03.123456789Z", history=(History("x"),), diff_ids=("a", "b"))
    given = inventory("podman:x", NAME, layers=("a", "b"), config=config)
    order = TrustOrder(policy=policy(tmp_path, rule))
    assert trust_of(parts(), order, given, known=(base,), now=now * 10**9).verdict.trusted
    later = trust_of(parts(), order, given, known=(base,), now=(now + 30 * 86_400) * 10**9)
    assert detectors(later) == ["TRU-006", "TRU-007"]
    assert detectors(trust_of(parts(), order, given, now=now * 10**9)) == ["TRU-005", "TRU-011"]


def test_source_code(tmp_path: Path) -> None:
    """Only what its build files begin with is asked."""
    starts = (
        BuildStart("Dockerfile", 1, "quay.example.org/x"),
        BuildStart("Dockerfile", 3, "$X", False),
        BuildStart("D", 1, "!"),
    )
    given = inventory("source:/x", "x", starts=starts)
    order = TrustOrder(policy=policy(tmp_path, "registries: [registry.example.org]"))
    assert detectors(trust_of(parts(), order, given, image=False)) == ["TRU-010", "TRU-011", "TRU-011"]


def test_names_of_files_are_no_names_of_images() -> None:
    """An archive's or folder's own name claims no registry."""
    for source, name, registry in (
        ("archive:/x/web.tar", "web.tar", None),
        ("layout:/x/web", "web", None),
        ("layout:/x/web", "t:1", None),
        ("layout:/x/web", NAME, "registry.example.org"),
        ("archive:/x/web.tar", "nginx:1", "docker.io"),
        ("podman:sha256:x", "localhost/web:1", "localhost"),
        ("archive:/x/y.tar", "!", None),
    ):
        found = reference_of(inventory(source, name))
        assert (found.registry if found is not None else None) == registry


def test_reading_a_policy(tmp_path: Path) -> None:
    """The usual place or none; a missing key with its line; a key that is none."""
    documents = LocalDocuments()
    assert read_trust(documents, "", str(tmp_path)) is None
    (tmp_path / ".periderm").mkdir()
    write_policy(tmp_path / ".periderm")
    assert read_trust(documents, "", str(tmp_path)) is not None
    with pytest.raises(NotFoundError):
        read_trust(documents, str(tmp_path / "none.yaml"))
    broken = write_policy(tmp_path, "signatures: [{key: none.pub}]")
    with pytest.raises(RuleError, match=r"trust\.yaml:4:"):
        read_trust(documents, str(broken))
    (tmp_path / "noise.pub").write_text("noise")
    with pytest.raises(FormatError, match=r"noise\.pub is no key"):
        read_trust(documents, str(write_policy(tmp_path, "signatures: [{key: noise.pub}]")))


def test_times() -> None:
    """RFC 3339 in all its forms; what is none has no time."""
    assert seconds_of("2026-09-20T01:02:03Z") == seconds_of("2026-09-20T03:02:03.5+02:00") == 1_789_866_123
    assert seconds_of("2026-09-20T01:02:03") == 1_789_866_123
    assert seconds_of("") == seconds_of("soon") == seconds_of("0001-01-01T00:00:00Z") == 0


def test_checking_one_image(tmp_path: Path) -> None:
    """Without reading its layers; a folder is no image."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.app.scan_image import ImageScanner

    image = SignedImage()
    image.by_key(KEY)
    path = image.write(tmp_path / "x")
    for blob, data in image.found.items():  # its layer is gone, and nobody misses it
        if data[:2] == b"\x1f\x8b":
            (path / "blobs/sha256" / blob.removeprefix("sha256:")).write_bytes(b"")
    scanner = ImageScanner(sources={"layout": ImageLayout()}, kind_of=lambda _: "layout", clock=SystemClock())
    order = TrustOrder(policy=policy(tmp_path), offline=True)
    told = check_image(parts(), scanner, order, f"layout:{path}")
    assert told.verdict.trusted
    assert json.loads(msgspec.json.encode(told.verdict))["signers"][0]["by"] == "release.pub"
    with pytest.raises(UsageError):
        check_image(parts(), scanner, order, f"folder:{tmp_path}")


def test_a_server_judges_by_the_policy_of_its_state(tmp_path: Path) -> None:
    """As it is then: none, one, one with a mistake (which is told of every image, and is no pass)."""
    image = SignedImage()
    given = inventory("podman:x", NAME, [image.digest])
    path = str(tmp_path / "trust.yaml")
    assert standing_trust(parts(), path, NoneKnown()) is None
    write_policy(tmp_path, "registries: [other.example.org]")
    judge = standing_trust(parts(), path, NoneKnown())
    assert judge is not None
    assert [f.detector for f in judge(given, 10**18)] == ["TRU-002"]
    (tmp_path / "trust.yaml").write_text("trust: nonsense")
    (told,) = judge(given, 10**18)
    assert told.detector == "TRU-011"
    assert "cannot be used" in told.message.en


class NoneKnown:
    """No other image is known."""

    def images(self) -> Sequence[KnownImage]:
        """None."""
        return ()

    scanned = images

    def weaknesses(self, digest: str) -> None:
        """Of none."""
