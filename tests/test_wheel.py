"""The wheel is the whole product: installed into a clean environment, without a compiler and without this source tree."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tools.wheel import absent

ROOT = Path(__file__).resolve().parent.parent
# One worker builds and installs for all.
OBJECT = ROOT / "src/periderm/adapters/bpf/periderm.bpf.o"
DATA = """
import json, importlib.resources as r
p = r.files("periderm")
built = p / "console" / "static" / "built"
manifest = json.loads((built / "manifest.json").read_text())
print(json.dumps({
    "here": str(p),
    "object": (p / "adapters" / "bpf" / "periderm.bpf.o").read_bytes()[:4].hex(),
    "assets": [(built / name).is_file() for name in manifest.values()],
    "templates": sum(1 for _ in (p / "console" / "templates").iterdir()),
    "words": sorted(d.name for d in (p / "console" / "locale").iterdir()),
    "sample": sum(1 for _ in (p / "adapters" / "sample_files").iterdir()),
}))
"""


def run(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
    """A command that must not wait for anybody."""
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **more)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the tree."""
    if not OBJECT.exists():
        pytest.skip("needs the kernel program: make build (clang)")
    tree = tmp_path_factory.mktemp("tree")
    skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", tree / "src", ignore=skip)
    (tree / "bpf").mkdir()
    for path in [*ROOT.glob("bpf/LICENSE*")]:
        shutil.copy(path, tree / "bpf")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    done = run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tree / "dist"), str(tree)])
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (tree / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the programs of an environment that holds the locked packages and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
    locked = run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements" / "run.txt")])
    if locked.returncode and ("connection" in locked.stderr.lower() or "Name or service" in locked.stderr):
        pytest.skip("needs a package index, or pip's cache")
    assert locked.returncode == 0, locked.stderr
    done = run([*pip, "--no-deps", "--no-index", str(wheel)])
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def alone(programs: Path, home: Path) -> dict[str, str]:
    """An environment in which there is no compiler and no source tree to be found."""
    return {"PATH": str(programs), "HOME": str(home), "LANG": "C.UTF-8", "PERIDERM_STATE": str(home / "state")}


@pytest.mark.slow
def test_everything_is_in_it(wheel: Path) -> None:
    """The kernel program, the assets, the pages, the words, the licences."""
    names = zipfile.ZipFile(wheel).namelist()
    assert absent(names) == []
    assert sum("licenses/" in name for name in names) >= 3
    assert not [name for name in names if name.startswith(("tests", "tools", "bench"))]


@pytest.mark.slow
def test_it_runs_without_compiler_and_tree(installed: Path, tmp_path: Path) -> None:
    """The program starts, and its own files are those of the wheel."""
    environment = alone(installed, tmp_path)
    done = run([str(installed / "periderm"), "--version"], env=environment, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = run([str(installed / "python"), "-c", DATA], env=environment, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["here"].startswith(str(installed.parent))
    assert found["object"] == "7f454c46"
    assert found["assets"]
    assert all(found["assets"])
    assert found["templates"] > 5
    assert found["words"] == ["en", "zh"]
    assert found["sample"] > 1


@pytest.mark.slow
def test_it_scans_a_folder(installed: Path, tmp_path: Path) -> None:
    """A real judgement from the installed wheel: a private key in a file."""
    root = tmp_path / "rootfs"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "os-release").write_text('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian"\n', encoding="utf-8")
    body = base64.encodebytes(bytes.fromhex("308204a40201000282010100") + random.Random(1).randbytes(900)).decode().strip()
    kind = "RSA PRIVATE"  # joined below, so that this file holds no key of its own
    key = f"-----BEGIN {kind} KEY-----\n{body}\n-----END {kind} KEY-----\n"
    (root / "etc" / "id_rsa").write_text(key, encoding="utf-8")
    command = [str(installed / "periderm"), "scan", "fs", str(root), "--json"]
    done = run(command, env=alone(installed, tmp_path), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert any(finding["location"].endswith("id_rsa") for finding in result["findings"])


@pytest.mark.slow
def test_every_command_starts(installed: Path, tmp_path: Path) -> None:
    """No command needs a package that only developers have."""
    environment = alone(installed, tmp_path)
    listed = run([str(installed / "periderm"), "completion", "bash", "--json"], env=environment, cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert os.path.basename(json.loads(listed.stdout)["shell"]) == "bash"
    assert run([str(installed / "periderm"), "explain"], env=environment, cwd=tmp_path).returncode == 0
    assert run([str(installed / "periderm"), "incidents"], env=environment, cwd=tmp_path).returncode == 4


def test_a_wheel_without_a_part_is_told() -> None:
    """`make wheel` fails rather than shipping half a product."""
    lacking = absent(["periderm/py.typed"])
    assert len(lacking) == 5
    assert "the kernel program" in lacking[0]
