"""Build information of Go executables."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.binary.go import MOST_MODULES, find, read, toolchain
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Origin
from tests.executables import build_info, elf, fat, macho, old_go, pe

LINES = (
    "path\texample.com/App/cmd\nmod\texample.com/App\tv1.2.3\th1:x=\n"
    "dep\tgithub.com/A/b\tv0.9.0\n=>\tgithub.com/fork/b\tv0.9.1\th1:y=\n"
    "dep\texample.com/local\tv1.0.0\n=>\t./local\t(devel)\t\n"
    "dep\tgolang.org/x/text\tv0.3.7\th1:z=\nbuild\t-compiler=gc\nbuild\tvcs.time=2024-01-02T03:04:05Z\n"
)
SECTION = {b".go.buildinfo": build_info("go1.21.5", LINES)}
PURLS = [
    "pkg:golang/stdlib@1.21.5",
    "pkg:golang/example.com/app@v1.2.3",
    "pkg:golang/github.com/fork/b@v0.9.1",
    "pkg:golang/example.com/local",
    "pkg:golang/golang.org/x/text@v0.3.7",
]


@pytest.mark.parametrize(
    "data",
    [
        elf(SECTION),
        elf(SECTION, wide=False, big=True),
        pe({b".data": SECTION[b".go.buildinfo"]}),
        macho({b"__go_buildinfo": SECTION[b".go.buildinfo"]}),
        fat(macho({b"__go_buildinfo": SECTION[b".go.buildinfo"]})),
        elf(SECTION)[:40] + b"\0" * 8 + elf(SECTION)[48:],
        old_go("go1.21.5", LINES),
        old_go("go1.21.5", LINES, big=True),
        old_go("go1.21.5", LINES, wide=False),
    ],
    ids=["elf", "elf32be", "pe", "macho", "fat", "stripped", "old", "old-be", "old32"],
)
def test_modules(data: bytes) -> None:
    """The standard library, the main module and what was built in; what replaces a module is what was built in, and a
    folder that replaces it has no version."""
    facts = read(data, "app")
    assert [p.purl.lower() for p in facts.packages] == PURLS
    assert facts.packages[1].dependencies == ("github.com/fork/b", "example.com/local", "golang.org/x/text")
    assert {p.origin for p in facts.packages} == {Origin.EMBEDDED}
    assert {p.path for p in facts.packages} == {"app"}


@pytest.mark.parametrize(
    ("go", "version"),
    [
        ("go1.21.5", "1.21.5"),
        ("go1.20", "1.20"),
        ("go1.22rc1", "1.22.0-rc.1"),
        ("go1.22beta12", "1.22.0-beta.12"),
        ("go1.21.5 X:boringcrypto", "1.21.5"),
        ("go1.19.8-custom", "1.19.8"),
        ("devel go1.22-abc", ""),
        ("", ""),
    ],
)
def test_toolchains(go: str, version: str) -> None:
    """As semver orders them: a candidate is before its release."""
    assert toolchain(go) == version


@pytest.mark.parametrize(
    ("settings_", "version"),
    [
        ('build\t-ldflags="-s -w -X main.version=v3.4.5"\n', "v3.4.5"),
        ("build\t-ldflags=-X 'example.com/app/internal.Version=3.4.5-rc.1'\n", "v3.4.5-rc.1"),
        ('build\t-ldflags="-X example.com/other.Version=9.9.9"\n', ""),
        ("build\tvcs.revision=0123456789abcdef\nbuild\tvcs.time=2024-01-02T03:04:05Z\n", "v0.0.0-20240102030405-0123456789ab"),
        ("", ""),
    ],
)
def test_the_version_of_a_program_built_from_its_folder(settings_: str, version: str) -> None:
    """What the linker was told of this very program, else a pseudo-version of its commit, else nothing."""
    data = elf({b".go.buildinfo": build_info("go1.21.5", "mod\texample.com/app\t(devel)\n" + settings_)})
    assert read(data, "app").packages[1].version == version


def test_without_modules() -> None:
    """Only the standard library is known."""
    assert [p.name for p in read(elf({b".go.buildinfo": build_info("go1.19.8", "")}), "app").packages] == ["stdlib"]


@pytest.mark.parametrize(
    ("lines", "purls"),
    [
        (
            (
                "path\tgithub.com/docker/docker/cmd/dockerd\n"
                'build\t-ldflags=" \\t-w \\t-X \\"github.com/docker/docker/dockerversion.Version=20.10.24\\""\n'
            ),
            ["pkg:golang/github.com/docker/docker@v20.10.24"],
        ),
        ("path\tgithub.com/nats-io/nats-server\n", ["pkg:golang/github.com/nats-io/nats-server"]),
        ("path\tcommand-line-arguments\n", []),
        ("path\tcmd/go\n", []),
    ],
)
def test_programs_built_without_modules_have_a_path(lines: str, purls: list[str]) -> None:
    """The path of the main package names the program, and the linker was told its version."""
    packages = read(elf({b".go.buildinfo": build_info("go1.19.8", lines)}), "app").packages
    assert [p.purl for p in packages[1:]] == purls


def test_what_is_no_go_program() -> None:
    """Other executables, and one that only holds the mark as a string."""
    assert not read(elf({b".text": b"\xff Go buildinf:" + b"\0" * 100}), "app")
    assert not read(b"MZ" + b"\xff Go buildinf:" + b"\0" * 100, "app")
    assert find(b"") is None


def test_too_many_modules() -> None:
    """A list without end is refused."""
    lines = "".join(f"dep\texample.com/m{i}\tv1.0.0\n" for i in range(MOST_MODULES + 1))
    with pytest.raises(LimitError):
        read(elf({b".go.buildinfo": build_info("go1.21.5", lines)}), "app")


GO_CACHE = Path(os.environ.get("GOCACHE", Path.home() / ".cache" / "go-build"))


@pytest.mark.skipif(shutil.which("go") is None or not GO_CACHE.exists(), reason="needs Go with its standard library built")
def test_agrees_with_go_itself(tmp_path: Path) -> None:
    """A program that Go builds, of a module that a folder replaces: `go version -m` says the same."""
    (tmp_path / "dep").mkdir()
    (tmp_path / "dep" / "go.mod").write_text("module example.com/dep\ngo 1.16\n")
    (tmp_path / "dep" / "d.go").write_text("package dep\nconst X = 1\n")
    (tmp_path / "go.mod").write_text(
        "module example.com/app\ngo 1.16\nrequire example.com/dep v1.2.3\nreplace example.com/dep => ./dep\n"
    )
    (tmp_path / "main.go").write_text('package main\nimport "example.com/dep"\nfunc main() { println(dep.X) }\n')
    around = {**os.environ, "GOCACHE": str(GO_CACHE), "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local"}

    def go(*words: str) -> str:
        return subprocess.run(["go", *words], cwd=tmp_path, env=around, capture_output=True, text=True, check=True).stdout

    go("build", "-o", "app", ".")
    told = go("version", "-m", "app")
    packages = read((tmp_path / "app").read_bytes(), "app").packages
    assert (packages[0].name, packages[0].version) == ("stdlib", told.split(": go")[1].split()[0])
    assert [p.name for p in packages[1:]] == ["example.com/app", "example.com/dep"]
    assert [line.split("\t")[2] for line in told.splitlines() if line.startswith("\tdep\t")] == ["example.com/dep"]
    assert packages[2].version == ""


@given(st.data())
@settings(max_examples=150)
def test_damage_gives_packages_or_an_error(data: st.DataObject) -> None:
    """Any bytes changed, cut anywhere."""
    whole = bytearray(data.draw(st.sampled_from([elf(SECTION), old_go("go1.21.5", LINES), pe(SECTION)])))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        read(bytes(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))]), "app")
