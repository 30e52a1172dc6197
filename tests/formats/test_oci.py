"""OCI documents."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import oci
from periderm.model.errors import FormatError, LimitError

A = "sha256:" + "a" * 64
B = "sha256:" + "b" * 64
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["config", "rootfs", "history", "User", "Env", "diff_ids", "layers", "manifests", "digest", "Labels"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def test_config() -> None:
    """The parts that judgement needs, docker's null where OCI leaves out."""
    data = json.dumps(
        {
            "architecture": "arm64",
            "os": "linux",
            "config": {
                "User": "www",
                "Env": ["A=1"],
                "Cmd": ["run"],
                "Entrypoint": None,
                "ExposedPorts": {"80/tcp": {}},
                "Labels": None,
                "Healthcheck": {"Test": ["CMD", "x"], "Interval": 3},
                "Unknown": [[[]]],
            },
            "rootfs": {"type": "layers", "diff_ids": [A]},
            "history": [{"created_by": "COPY", "empty_layer": True}],
        }
    ).encode()
    config = oci.parse_config(data)
    assert (config.user, config.environment, config.command, config.entrypoint) == ("www", ("A=1",), ("run",), ())
    assert (config.exposed_ports, config.labels, config.healthcheck) == (("80/tcp",), {}, ("CMD", "x"))
    assert config.diff_ids == (A,)
    assert config.history[0].empty_layer


@given(JSON)
def test_any_json_is_parsed_or_refused(document: Any) -> None:
    """No document of any shape does anything but parse or raise FormatError."""
    for parse in (oci.parse_config, oci.parse_index, oci.parse_manifest):
        with contextlib.suppress(FormatError):
            parse(json.dumps(document).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe", b'{"config": 1}', b"null"])
def test_broken_and_deep(data: bytes) -> None:
    """Damage, wrong types and nesting of any depth are FormatErrors."""
    with pytest.raises(FormatError):
        oci.parse_manifest(data)


def test_too_long() -> None:
    """A document has a limit."""
    with pytest.raises(LimitError):
        oci.parse_index(b" " * (oci.LARGEST + 1))


@pytest.mark.parametrize("digest", ["sha256:../../etc/passwd", "sha512:" + "a" * 64, "sha256:" + "A" * 64, "", "a" * 64])
def test_digests_become_paths(digest: str) -> None:
    """Nothing but 64 hex digits passes."""
    with pytest.raises(FormatError):
        oci.valid_digest(digest)


def index(*manifests: dict[str, Any]) -> tuple[oci.Descriptor, ...]:
    """An index."""
    return oci.parse_index(json.dumps({"manifests": list(manifests)}).encode())


def test_choice() -> None:
    """This machine's platform is chosen, attestations never; one of several names must be asked for."""
    amd = {"digest": A, "platform": {"architecture": "amd64", "os": "linux"}}
    arm = {"digest": B, "platform": {"architecture": "arm64", "os": "linux"}}
    proof = {"digest": B, "platform": {"architecture": "unknown", "os": "unknown"}}
    assert oci.choose(index(proof, amd, arm), "", "aarch64") == oci.choose(index(arm), "", "aarch64")
    assert oci.choose(index(proof, amd, arm), "", "x86_64") == oci.choose(index(amd), "", "x86_64")
    named = [{"digest": d, "annotations": {"org.opencontainers.image.ref.name": n}} for d, n in ((A, "one"), (B, "two"))]
    assert oci.choose(index(*named), "two", "x86_64") == index(*named)[1]
    assert oci.choose(index(*named), "", "x86_64") is None
    assert oci.choose(index(*named), "three", "x86_64") is None
    assert oci.names(index(*named)) == "one, two"
    with pytest.raises(FormatError):
        oci.choose(index(proof), "", "x86_64")


def test_verify() -> None:
    """A document is what its digest says, or an error."""
    oci.verify(b"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    with pytest.raises(FormatError):
        oci.verify(b"x", A)


def test_chain_ids_follow_the_specification() -> None:
    """ChainID(L0) = DiffID(L0); ChainID(L0|…|Ln) = digest of 'ChainID(L0|…|Ln-1) DiffID(Ln)'."""
    first, second = "sha256:" + "1" * 64, "sha256:" + "2" * 64
    expected = "sha256:" + hashlib.sha256(f"{first} {second}".encode()).hexdigest()
    assert oci.chain_ids((first, second)) == ((first, first), (expected, second))
    with pytest.raises(FormatError):
        oci.chain_ids(("../../x",))


def test_signatures_beside_an_image_are_no_images() -> None:
    """cosign's tags and kinds, and artifacts: the image is still the only one; by its digest a signature can be asked for."""
    image = oci.Descriptor(digest="sha256:" + "aa" * 32)
    tag = "sha256-" + "aa" * 32
    beside = (
        oci.Descriptor(digest="sha256:01", annotations={"org.opencontainers.image.ref.name": f"{tag}.sig"}),
        oci.Descriptor(digest="sha256:02", annotations={"io.containerd.image.name": f"host/x:{tag}.att"}),
        oci.Descriptor(digest="sha256:03", annotations={"kind": "dev.cosignproject.cosign/sigs"}),
        oci.Descriptor(digest="sha256:04", artifact_type="application/vnd.dev.sigstore.bundle.v0.3+json"),
    )
    assert oci.choose((*beside, image), "", "x86_64") == image
    assert oci.choose((*beside, image), "sha256:01", "x86_64") == beside[0]
    assert not oci.Descriptor(digest="x", annotations={"org.opencontainers.image.ref.name": "web.sig"}).beside
