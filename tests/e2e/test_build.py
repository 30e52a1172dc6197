"""A guarded build with real builders: a bad image is refused, mended as told it passes, and what was signed holds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.building import pem
from tests.registry_servers import real

pytestmark = pytest.mark.container
NAME = "localhost/periderm-tests-build"
LABEL = "periderm-tests=build"
CHROOT = ("--isolation=chroot", "--network=host", "--layers=false", f"--label={LABEL}")


@dataclass
class Builder:
    """A real builder with storage of its own, except podman's usual one."""

    tool: str
    program: tuple[str, ...]
    folder: Path
    env: dict[str, str]
    before: set[str] = field(default_factory=set)

    def periderm(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs the product."""
        command = [sys.executable, "-m", "periderm", *words]
        return subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)

    def build(self, name: str, *ours: str, theirs: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """A guarded build of the folder."""
        return self.periderm("build", *ours, "--", *self.program, "build", *CHROOT, *theirs, "-t", name, ".")

    def names(self) -> str:
        """All names in the storage."""
        return subprocess.run([*self.program, "images"], env=self.env, capture_output=True, text=True, check=True).stdout

    def made(self) -> set[str]:
        """Names that guarded builds have while they last, this one's or another's of the machine."""
        return {line.split()[1] for line in self.names().splitlines() if "localhost/periderm-build" in line}

    def left(self) -> set[str]:
        """Those that were not there before the test."""
        return self.made() - self.before

    def do(self, *words: str) -> None:
        """Something that works."""
        subprocess.run([*self.program, *words], env=self.env, capture_output=True, check=True)


@pytest.fixture(params=["podman", "podman-usual", "buildah"])
def builder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Builder]:
    """Each, with a folder whose image holds a private key."""
    tool, _, usual = request.param.partition("-")
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool}")
    short = tempfile.mkdtemp(prefix="pb-")  # podman takes no long path for its run root
    roots = () if usual else (f"--root={short}/root", f"--runroot={short}/run")
    more = ("--cgroup-manager=cgroupfs", "--runtime=runc") if tool == "podman" else ()
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "hello").write_text("hello\n")
    (folder / "deploy.pem").write_bytes(pem(b"5" * 32)[0])
    (folder / "Containerfile").write_text("FROM scratch\nCOPY hello deploy.pem /srv/\nUSER 1000\n")
    env = {
        **os.environ,
        "PERIDERM_STATE": str(tmp_path / "state"),
        "PERIDERM_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(Path(__file__).resolve().parents[2] / "src")),
        "LANG": "C.UTF-8",
    }
    made = Builder(tool, (tool, *more, *roots), folder, env)
    made.before = made.made()
    yield made
    for line in made.names().splitlines():
        if NAME in line:
            subprocess.run([*made.program, "rmi", "-f", line.split()[2]], env=env, capture_output=True, check=False)
    if tool == "podman":
        prune = (*made.program, "image", "prune", "-f", "--filter", f"label={LABEL}")
        subprocess.run(prune, env=env, capture_output=True, check=False)
    subprocess.run(["umount", f"{short}/root/overlay"], capture_output=True, check=False)
    shutil.rmtree(short, ignore_errors=True)


def mended(builder: Builder) -> None:
    """As the report told: without the key."""
    (builder.folder / "Containerfile").write_text("FROM scratch\nCOPY hello /srv/\nUSER 1000\n")


def test_refused_then_mended(builder: Builder) -> None:
    """No name and status 1; then the name, the id file and four attestations that hold. An older image keeps its name."""
    mended(builder)
    assert builder.build(f"{NAME}:1").returncode == 0
    before = builder.names()
    (builder.folder / "Containerfile").write_text("FROM scratch\nCOPY deploy.pem /srv/\n")
    refused = builder.build(f"{NAME}:1", theirs=("--iidfile", "id"))
    assert refused.returncode == 1, refused.stderr
    assert "srv/deploy.pem" in refused.stdout
    assert "Refused" in refused.stdout
    assert not (builder.folder / "id").exists()
    kept = [line.split()[2] for line in before.splitlines() if NAME in line]
    assert [line.split()[2] for line in builder.names().splitlines() if NAME in line] == kept
    assert builder.left() == set()
    mended(builder)
    passed = builder.build(f"{NAME}:2", "--attest", "kept", theirs=("--iidfile", "id", "--label=a=b"))
    assert passed.returncode == 0, passed.stderr
    assert (builder.folder / "id").read_text().startswith("sha256:")
    archive = builder.folder / "shop.tar"
    builder.do("push", f"{NAME}:2", f"oci-archive:{archive}:shop")
    public = Path(builder.env["PERIDERM_STATE"], "keys", "signing.pub.pem")
    checked = builder.periderm("verify", str(archive), "--attest", "kept", "--key", str(public))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    other = builder.folder / "other.pem"
    other.write_bytes(pem(b"6" * 32)[1])
    assert builder.periderm("verify", str(archive), "--attest", "kept", "--key", str(other)).returncode == 1


def test_the_builders_failure(builder: Builder) -> None:
    """Its own status, and nothing is left behind."""
    (builder.folder / "Containerfile").write_text("FROM scratch\nCOPY nothing /\n")
    failed = builder.build(f"{NAME}:3", "--no-check")
    assert failed.returncode not in (0, 1)
    assert builder.left() == set()


def test_pushed_with_its_attestations(builder: Builder, tmp_path: Path) -> None:
    """Only what passed; beside it in the registry lie four attestations."""
    with real(tmp_path / "registry") as server:
        name = f"{server.host}/periderm-tests-build:1"
        refused = builder.build(name, "--push", "--plain-http")
        assert refused.returncode == 1, refused.stderr
        mended(builder)
        pushed = builder.build(name, "--push", "--plain-http", "--json")
        assert pushed.returncode == 0, pushed.stderr
        digest = json.loads(pushed.stdout)["pushed"][name]
        index = subprocess.run(
            [
                "skopeo",
                "inspect",
                "--raw",
                "--tls-verify=false",
                f"docker://{server.host}/periderm-tests-build:sha256-{digest[7:]}",
            ],
            capture_output=True,
            check=True,
        )
        listed = json.loads(index.stdout)["manifests"]
        assert len(listed) == 4
        assert {each["artifactType"] for each in listed} == {"application/vnd.in-toto+json"}
        subprocess.run([*builder.program, "rmi", "-f", name], env=builder.env, capture_output=True, check=False)


def test_a_list_of_images(builder: Builder, request: pytest.FixtureRequest) -> None:
    """Each image is scanned; the list is there only if all pass."""
    words: Callable[[str], tuple[str, ...]] = lambda name: (  # noqa: E731 -- one use
        *("build", "--no-check", "--", *builder.program, "build", *CHROOT),
        *("--platform", "linux/amd64", "--manifest", name, "."),
    )
    assert builder.periderm(*words(f"{NAME}-list:1")).returncode == 1
    assert f"{NAME}-list" not in builder.names()
    mended(builder)
    done = builder.periderm(*words(f"{NAME}-list:1"))
    assert done.returncode == 0, done.stdout + done.stderr
    builder.do("manifest", "inspect", f"{NAME}-list:1")
    builder.do("manifest", "rm", f"{NAME}-list:1")
