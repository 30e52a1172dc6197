"""Promises of a guarded build: no name without passing the gate, no passing without attestations, the builder's own words."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.app.build import build_image
from periderm.app.build_command import read_command
from periderm.app.build_parts import BuildOrder
from periderm.app.judge_image import default_gate
from periderm.model.errors import ContainerRuntimeError, FormatError, SignatureError, UsageError
from tests.building import KEY, MemoryBuilder, parts, secret_layer

LINE = "podman build -t shop:1 -t registry.example/shop:2 --iidfile {id} ."
TEMPORARY = "localhost/periderm-build:" + "0" * 16


def order(folder: Path, line: str = LINE, **changes: object) -> BuildOrder:
    """Of a command line."""
    kept = folder / "attestations"
    kept.mkdir(exist_ok=True)
    told = read_command(line.format(id=folder / "user-id").split())
    made = BuildOrder(command=told, gate=default_gate(), folder=str(kept), key=KEY, check=False)
    return msgspec.structs.replace(made, **changes)


def test_what_passes_gets_its_names(tmp_path: Path) -> None:
    """All of them, its id in the user's file, and its attestations; the name for the time being is gone."""
    builder = MemoryBuilder()
    outcome = build_image(parts(tmp_path, builder), order(tmp_path))
    assert not outcome.refused
    assert set(builder.names) == {"shop:1", "registry.example/shop:2"}
    assert outcome.names == ("localhost/shop:1", "registry.example/shop:2")
    assert (tmp_path / "user-id").read_text() == f"sha256:{builder.id}"
    assert outcome.images[0].report.inventory.reference == "localhost/shop:1"
    assert Path(outcome.images[0].bundle).read_bytes().count(b"\n") == 4


def test_what_is_refused_gets_none(tmp_path: Path) -> None:
    """No name, no id in the user's file, no attestation, nothing pushed; the verdict says why."""
    builder = MemoryBuilder([secret_layer()])
    outcome = build_image(parts(tmp_path, builder), order(tmp_path, push=True))
    assert outcome.refused
    assert builder.names == {}
    assert not (tmp_path / "user-id").exists()
    assert list((tmp_path / "attestations").iterdir()) == []
    assert not any("push" in asked and "oci-archive:" not in asked[-1] for asked in builder.asked)
    verdict = outcome.images[0].judged.verdict
    assert verdict.failures == 1
    assert "key.pem" in verdict.failing[0]


def test_a_reason_lets_it_pass(tmp_path: Path) -> None:
    """And is part of the verdict; where nothing was found there is nothing to allow."""
    outcome = build_image(parts(tmp_path, MemoryBuilder([secret_layer()])), order(tmp_path, allow="a test's key"))
    verdict = outcome.images[0].judged.verdict
    assert (verdict.passed, verdict.allowed, verdict.failures) == (True, "a test's key", 1)
    clean = build_image(parts(tmp_path, MemoryBuilder()), order(tmp_path, allow="just in case"))
    assert clean.images[0].judged.verdict.allowed == ""


def test_the_builders_failure_is_its_own(tmp_path: Path) -> None:
    """Its status is kept, and nothing is looked at."""
    builder = MemoryBuilder(status=125)
    assert build_image(parts(tmp_path, builder), order(tmp_path)).status == 125
    assert len(builder.asked) == 1


def test_pushed_after_the_gate(tmp_path: Path) -> None:
    """Each name, with the registry's digest, and attestations that name it are attached."""
    builder = MemoryBuilder()
    attached: list[tuple[str, str, int]] = []

    def attach(name: str, manifest: str, envelopes: object) -> str:
        attached.append((name, manifest, len(list(envelopes))))  # type: ignore[call-overload]  # a sequence
        return "there"

    with_registry = msgspec.structs.replace(parts(tmp_path, builder), attach=attach)
    outcome = build_image(with_registry, order(tmp_path, push=True))
    assert outcome.pushed == {"shop:1": "sha256:" + "d" * 64, "registry.example/shop:2": "sha256:" + "d" * 64}
    assert attached == [(name, "sha256:" + "d" * 64, 4) for name in outcome.pushed]
    verbs = [
        next(w for w in asked if w in ("build", "tag", "push", "untag"))
        for asked in builder.asked
        if "push" in asked or "tag" in asked
    ]
    assert verbs.index("tag") < len(verbs) - 1 - verbs[::-1].index("push")


def test_a_key_that_cannot_sign_is_told_first(tmp_path: Path) -> None:
    """Before anything is built."""
    builder = MemoryBuilder()
    with pytest.raises(SignatureError):
        build_image(parts(tmp_path, builder), order(tmp_path, key=b"no key"))
    assert builder.asked == []


@pytest.mark.parametrize("broken", ["tag", "--quiet"])
def test_what_fails_on_the_way_leaves_no_name(tmp_path: Path, broken: str) -> None:
    """Naming or saving that fails is an error, and the name for the time being goes."""
    builder = MemoryBuilder()
    builder.broken = broken
    with pytest.raises(ContainerRuntimeError):
        build_image(parts(tmp_path, builder), order(tmp_path))
    assert builder.names == {}


def test_another_image_than_was_built(tmp_path: Path) -> None:
    """Is not believed, whatever the storage gives."""

    class Swapped(MemoryBuilder):
        """Gives another archive than it built."""

        def ask(self, words: object, *, seconds: float = 60.0) -> object:  # type: ignore[override]  # only hands on
            self.layers = [secret_layer()] if "oci-archive:" in str(words) else self.layers
            return super().ask(words, seconds=seconds)  # type: ignore[arg-type]  # only hands on

    with pytest.raises(FormatError, match="was built"):
        build_image(parts(tmp_path, Swapped()), order(tmp_path))


def test_nothing_to_push(tmp_path: Path) -> None:
    """Without a name a push is refused before the build."""
    with pytest.raises(UsageError):
        build_image(parts(tmp_path, MemoryBuilder()), order(tmp_path, "podman build .", push=True))


def test_kept_with_its_verdict(tmp_path: Path) -> None:
    """Refused ones too."""
    kept: list[bool] = []
    keeping = msgspec.structs.replace(
        parts(tmp_path, MemoryBuilder([secret_layer()])), keep=lambda _report, judged: kept.append(judged.verdict.passed)
    )
    build_image(keeping, order(tmp_path))
    assert kept == [False]
