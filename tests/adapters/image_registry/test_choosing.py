"""Which image of an index is meant, and which layers can be read."""

from __future__ import annotations

import pytest

from periderm.adapters.image_registry.choosing import choose, fits, this_machine, unread
from periderm.model.errors import FormatError, NotFoundError
from periderm.model.registry import Descriptor, Platform

DIGEST = "sha256:" + "0" * 64


def image(platform: str, **annotations: str) -> Descriptor:
    """An entry of an index."""
    told = Platform(*platform.split("/")) if platform else Platform()
    return Descriptor(media_type="m", digest=DIGEST, size=1, platform=told, annotations=annotations)


MANY = [image("linux/amd64"), image("linux/arm/v6"), image("linux/arm/v7"), image("linux/arm64/v8"), image("windows/amd64")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("linux/amd64", 0),
        ("linux/arm", 1),
        ("linux/arm/v7", 2),
        ("linux/arm64", 3),
        ("linux/arm64/v8", 3),
        ("windows/amd64", 4),
    ],
)
def test_by_platform(wanted: str, found: int) -> None:
    """The variant only where it was asked for."""
    assert choose(MANY, Platform(*wanted.split("/")), named=True) == (MANY[found], "")


def test_a_platform_that_is_missing() -> None:
    """Is an error if a person asked for it, with what there is; else another one is taken and said."""
    with pytest.raises(NotFoundError) as caught:
        choose(MANY, Platform("linux", "s390x"), named=True)
    assert "linux/arm/v7" in caught.value.next_step
    chosen, said = choose(MANY, Platform("linux", "s390x"), named=False)
    assert chosen is MANY[0]
    assert "linux/s390x" in said
    assert "linux/amd64" in said


def test_attestations_are_no_images() -> None:
    """BuildKit hangs them into the index."""
    beside = [image("unknown/unknown"), image("", **{"vnd.docker.reference.type": "attestation-manifest"})]
    assert choose([*beside, MANY[0]], Platform("linux", "amd64"), named=True)[0] is MANY[0]
    with pytest.raises(FormatError, match="no image"):
        choose(beside, Platform("linux", "amd64"), named=False)


def test_an_index_without_platforms() -> None:
    """The one image is meant, whatever was asked for."""
    only = image("")
    assert choose([only], Platform("linux", "arm64"), named=True) == (only, "")


def test_machines_and_variants() -> None:
    """uname(2)'s names are not image-index.md's; arm64 is v8 by itself."""
    assert this_machine("x86_64") == Platform("linux", "amd64")
    assert this_machine("riscv64") == Platform("linux", "riscv64")
    assert fits(Platform("linux", "arm64"), Platform("linux", "arm64", "v8"))
    assert not fits(Platform("linux", "arm"), Platform("linux", "arm", "v7"))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("", ""),
        ("application/vnd.oci.image.layer.v1.tar", ""),
        ("application/vnd.oci.image.layer.v1.tar+zstd", ""),
        ("application/vnd.docker.image.rootfs.diff.tar.gzip", ""),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign"),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "foreign"),
        ("application/vnd.oci.image.layer.v1.tar+encrypted", "not known"),
        ("application/\x1b[31m", "not known"),
    ],
)
def test_what_is_read_of_layers(kind: str, word: str) -> None:
    """Foreign ones and unknown kinds are told as not examined."""
    said = unread(Descriptor(media_type=kind, digest=DIGEST, size=1))
    assert word in said
    assert bool(said) == bool(word)
    assert said.isprintable()
