"""What went into a build is told by digest, and never more than is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.app.build_command import read_command
from periderm.app.materials import bases, definitions, materials
from tests.building import COMMIT, MemoryBuilder, States

DEFINITION = """ARG TAG=1
FROM registry.example/base:${TAG} AS build
RUN make
FROM --platform=linux/amd64 debian@sha256:%s
COPY --from=build /x /x
FROM build
from Scratch
FROM $NOWHERE
""" % ("c" * 64)


def test_bases_of_a_definition() -> None:
    """Stages, scratch and what only the builder can resolve are none."""
    assert bases(DEFINITION) == ("registry.example/base:1", "debian@sha256:" + "c" * 64)
    assert bases("FROM " + " ".join("x" * 5000)) == ()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("podman build {0}", "Containerfile"),
        ("podman build -f Other {0}", "Other"),
        ("podman build -f {0}/Other .", "Other"),
        ("podman build -f - {0}", ""),
        ("podman build https://git.example/shop", ""),
    ],
)
def test_which_definition_is_read(tmp_path: Path, line: str, found: str) -> None:
    """As the builders look for it: where the command runs, else in the folder that is built."""
    for name in ("Containerfile", "Dockerfile", "Other"):
        (tmp_path / name).write_text("FROM scratch\n")
    told = definitions(read_command(line.format(tmp_path).split()), LocalDocuments())
    assert [Path(path).name for path in told] == [found] * bool(found)


def test_all_materials(tmp_path: Path) -> None:
    """The commit (with changes that no commit has), the definition, each base by the digest that the builder knows."""
    (tmp_path / "Dockerfile").write_text(DEFINITION)
    command = read_command(["podman", "build", str(tmp_path)])
    source, file, *images = materials(command, MemoryBuilder(), LocalDocuments(), States())
    assert (source.uri, source.digest, source.dirty) == (
        "git+https://git.example/shop@refs/heads/main",
        {"gitCommit": COMMIT},
        True,
    )
    assert file.digest == {"sha256": hashlib.sha256(DEFINITION.encode()).hexdigest()}
    assert [image.digest["sha256"] for image in images] == ["b" * 64] * 2
    assert images[0].uri == f"pkg:oci/base@sha256%3A{'b' * 64}?repository_url=registry.example/base&tag=1"
