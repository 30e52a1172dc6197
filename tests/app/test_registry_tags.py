"""Each image of a repository is chosen once, however many tags it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from periderm.app import registry_tags
from periderm.app.registry_tags import TaggedImage, choose_tags, registry_of
from periderm.model.errors import ConnectError, DeniedError, LimitError, NotFoundError, UsageError
from periderm.model.principal import Principal
from periderm.model.registry import Descriptor, ImageReference, RawManifest

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


class Tags:
    """A registry that knows tags and digests alone; '' is one that it cannot tell now."""

    def __init__(self, digests: dict[str, str]) -> None:
        self.digests = digests

    def tags(self, reference: ImageReference) -> Sequence[str]:
        return tuple(self.digests)

    def digest(self, reference: ImageReference) -> str:
        if not self.digests[reference.tag]:
            raise ConnectError("It does not answer.", "Try later.")
        return self.digests[reference.tag]

    def manifest(self, reference: ImageReference) -> RawManifest:
        raise AssertionError("not asked for")

    def blob(self, reference: ImageReference, descriptor: Descriptor, begin: int = 0) -> Iterator[bytes]:
        raise AssertionError("not asked for")

    def repositories(self, registry: str) -> Sequence[str]:
        return ()

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        return ()


HOLDS = Tags({"1.0": ONE, "1": ONE, "2.0": TWO, "latest": TWO, "1.9": ""})


def test_tags_of_one_image_stand_together() -> None:
    """One that cannot be asked for stands alone, with its reason."""
    found = choose_tags(HOLDS, "r.example/app")
    assert found == (
        TaggedImage("r.example/app", ("1.0", "1"), ONE),
        TaggedImage("r.example/app", ("2.0", "latest"), TWO),
        TaggedImage("r.example/app", ("1.9",), "", "It does not answer. Try later."),
    )
    assert found[0].reference == f"r.example/app:1.0@{ONE}"
    assert found[2].reference == "r.example/app:1.9"


def test_patterns_are_those_of_the_shell() -> None:
    """Of the whole tag."""
    assert [image.tags for image in choose_tags(HOLDS, "registry:r.example/app", pattern="1.0*")] == [("1.0",)]
    with pytest.raises(NotFoundError):
        choose_tags(HOLDS, "r.example/app", pattern="1.0x")


def test_wrong_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    """One image is no repository; too many are bounded; not everybody may look."""
    for target in ("r.example/app:1", f"r.example/app@{ONE}", "r.example/App", ""):
        with pytest.raises(UsageError):
            choose_tags(HOLDS, target)
    with pytest.raises(DeniedError):
        choose_tags(HOLDS, "r.example/app", who=Principal("nobody", frozenset()))
    monkeypatch.setattr(registry_tags, "MOST_TAGS", 3)
    with pytest.raises(LimitError, match="5 tags"):
        choose_tags(HOLDS, "r.example/app")


def test_the_host_of_a_reference() -> None:
    """For options that are about the registry alone."""
    assert registry_of("registry:host:5000/a/b:1") == "host:5000"
    assert registry_of("nginx") == "docker.io"
    with pytest.raises(UsageError):
        registry_of("A B")
