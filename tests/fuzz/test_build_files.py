"""Files that say how something is built, and reports of analysers, are fed damaged input, as the formats of images are."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Mapping

import pytest

from periderm.engines.config.catalogue import DETECTORS
from periderm.engines.config.facts import USUAL
from periderm.flow import config_files
from periderm.formats import placed_yaml, sarif, sarif_reading
from periderm.formats.containerfile import lines, reading, words
from periderm.model.build_file import FileKind
from periderm.model.errors import FormatError
from tests.fuzz.test_image_formats import ROUNDS, Target, mutate
from tests.reports import report

MODULES = (placed_yaml, lines, reading, words)  # what `read_build_file` reads with


def of_kind(kind: FileKind) -> tuple[Target, list[bytes]]:
    """Reading and judging a kind of file; the examples of its detectors are the seeds."""
    path = USUAL[kind]
    seeds = [e.given.text.encode() for d in DETECTORS for e in d.spec.fires if e.given.path == path]

    def fuzz(data: bytes) -> None:
        for note in config_files.read_build_file(data, path):
            assert note.evidence.isprintable()
            assert note.values.get("en", "x").isprintable()

    return fuzz, seeds


TARGETS: Mapping[str, tuple[Target, list[bytes]]] = {
    **{kind.value: of_kind(kind) for kind in FileKind},
    "sarif": (sarif_reading.read, [sarif.write(report())]),
}


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage gives anything but a FormatError; undamaged seeds pass."""
    fuzz, seeds = TARGETS[name]
    assert seeds
    for seed in seeds:
        fuzz(seed)
    chance = random.Random(name)
    for round_ in range(ROUNDS):
        data = mutate(seeds[round_ % len(seeds)], chance)
        try:
            with contextlib.suppress(FormatError):
                fuzz(data)
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:2000]!r}")


@pytest.mark.parametrize(
    "data",
    [
        b"FROM a\nRUN " + b"${a" * 200_000,
        b"FROM a\nRUN " + b"$(" * 200_000,
        b"FROM a\nRUN " + b"curl http://x.example/" * 40_000,
        b"FROM a\nRUN " + b"a='" * 200_000,
        b"FROM a\nRUN <<a " + b"<<a " * 100_000 + b"\na\n",
        b"FROM a\n" + b"#periderm:ignore=" * 60_000 + b"\nRUN sudo x\n",
        b"FROM a\nENV " + b"password= " * 100_000,
        b"FROM a\n" + b"COPY --" * 100_000,
    ],
    ids=["open braces", "open substitutions", "commands", "quotes", "here-documents", "comments", "names", "options"],
)
def test_hostile_container_files_end(data: bytes) -> None:
    """The largest that are read, made to be slow: each ends, with findings or with an error of its own."""
    with contextlib.suppress(FormatError):
        config_files.read_build_file(data[: reading.MOST_BYTES], "Dockerfile")


@pytest.mark.parametrize(
    "data",
    [
        b"on: push\njobs:\n  a:\n    steps:\n      - run: |\n          " + b"${{ " * 250_000,
        b"on: issues\njobs:\n  a:\n    steps:\n      - run: " + b"github.event." * 70_000,
        b"on: issues\nenv:\n"
        + b"".join(b"  A%d: ${{ github.head_ref }}\n" % n for n in range(20_000))
        + b"jobs:\n  a:\n    steps:\n"
        + b"      - run: echo\n" * 1_900,
        b"on: push\njobs: {a: {steps: [{run: '" + b"mvn " * 200_000 + b"'}]}}",
    ],
    ids=["open expressions", "paths", "variables", "words"],
)
def test_hostile_workflows_end(data: bytes) -> None:
    """The same for workflows."""
    with contextlib.suppress(FormatError):
        config_files.read_build_file(data[: placed_yaml.MOST_BYTES], ".github/workflows/a.yml")
