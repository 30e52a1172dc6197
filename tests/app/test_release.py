"""Promises about what happens after the gate, beside those of a whole build (test_build)."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

from periderm.app.build import build_image
from tests.app.test_build import order
from tests.building import MemoryBuilder, parts


def test_pushed_images_are_attested_by_their_manifest(tmp_path: Path) -> None:
    """What is kept is about the digest in the registry and about the image's own, so that both find it."""
    outcome = build_image(parts(tmp_path, MemoryBuilder()), order(tmp_path, "podman build -t registry.example/shop:2 --push ."))
    line = Path(outcome.images[0].bundle).read_bytes().splitlines()[0]
    subjects = json.loads(b64decode(json.loads(line)["payload"]))["subject"]
    assert {s["digest"]["sha256"] for s in subjects} == {"d" * 64, outcome.images[0].id.removeprefix("sha256:")}
    assert [s["name"] for s in subjects if "name" in s] == ["registry.example/shop:2"]


def test_attestations_come_before_names(tmp_path: Path) -> None:
    """A name that cannot be given leaves attestations of an image without a name, never a name without attestations."""
    builder = MemoryBuilder()
    seen: list[int] = []
    asked = builder.ask

    def watching(words: object, *, seconds: float = 60.0) -> object:
        if "tag" in words:  # type: ignore[operator]  # words
            seen.append(len(list((tmp_path / "attestations").iterdir())))
        return asked(words, seconds=seconds)  # type: ignore[arg-type]  # words

    builder.ask = watching  # type: ignore[assignment,method-assign]  # only watches
    build_image(parts(tmp_path, builder), order(tmp_path))
    assert seen == [1, 1]
