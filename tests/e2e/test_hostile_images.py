"""Images and folders that are made to do harm, with every scanner, through the real sandbox: bounded by documented limits, what
is left out is told, nothing outside is read or written, no program is started, no network is there.

Bounds are of memory, of answers and of the child's life (the sandbox ends it, and the test then fails by its error): no test
looks at a clock.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm import wiring
from periderm.adapters.sandbox_linux import walls
from periderm.app.scan_image import ImageScanner, scan_reference
from periderm.model.envelope import ScanResult
from periderm.model.errors import FormatError
from periderm.model.limits import ScanLimits
from periderm.model.settings import Settings
from tests import hostile_images as hostile
from tests.images import blobs, config_of, digest, docker_archive, member, tar, write_layout

LIMITS = ScanLimits(seconds=240, memory=1 << 30)
CANARY = "canary-that-nobody-reads"


def scanner(folder: Path, limits: ScanLimits = LIMITS) -> ImageScanner:
    """The real one, with its walls, in a state and cache of its own."""
    made = wiring.image_scanner(Settings(state=str(folder / "state"), cache=str(folder / "cache")))
    return msgspec.structs.replace(made, limits=limits)


def scan(folder: Path, *layers: bytes, limits: ScanLimits = LIMITS) -> ScanResult:
    """All scanners over a docker archive."""
    archive = docker_archive(folder / "image.tar", layers)
    return whole(scan_reference(scanner(folder, limits), str(archive)))


def whole(result: ScanResult) -> ScanResult:
    """A result that can be told, and that tells what it left out as findings too."""
    assert result.inventory is not None
    assert len(msgspec.json.encode(result)) < LIMITS.answer
    told = {f.message.en for f in result.findings if f.kind.value == "not-examined"}
    assert bool(result.inventory.not_examined) == bool(told)
    return result


def said(result: ScanResult) -> str:
    """What was not examined."""
    assert result.inventory is not None
    return "\n".join(result.inventory.not_examined)


def good(result: ScanResult) -> bool:
    """Whether the honest part of the image was found beside the hostile one."""
    assert result.inventory is not None
    return {p.name for p in result.inventory.packages} >= {"bash", "libc6"}


DOCUMENTS: dict[str, tuple[str, bytes]] = {
    "JSON lists in lists": ("json", hostile.deep_json()),
    "JSON objects in objects": ("json", hostile.deep_mapping()),
    "YAML that laughs": ("yaml", hostile.laughs()),
    "YAML nested by indentation": ("yaml", b"a:\n" + b"".join(b" " * n + b"- \n" for n in range(3_000))),
    "YAML brackets": ("yaml", b"[" * hostile.DEEP),
    "one line of letters": ("lines", b"x" * (256 << 10)),
    "brackets": ("lines", b"[[" * (128 << 10)),
    "quotes and backslashes": ("lines", b'"\\' * (128 << 10)),
    "nothing but NUL": ("lines", bytes(256 << 10)),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_that_are_bombs(tmp_path: Path, name: str) -> None:
    """Files under every name that a reader looks for: each is bounded, told where it was not read, and the rest is found."""
    kind, data = DOCUMENTS[name]
    files = [file for file in hostile.documents(kind, data) if file[0] != "var/lib/dpkg/status"]
    result = scan(tmp_path, tar([*files, *hostile.GOOD]))
    assert good(result)
    assert "was not read" in said(result)


@pytest.mark.parametrize("part", range(4))
def test_texts_that_are_the_worst_case_of_what_is_searched_for(tmp_path: Path, part: int) -> None:
    """Beginnings without ends, a megabyte in one line, under names that make them suspicious."""
    floods = list(hostile.floods(1 << 20).items())[part::4]
    files = [(f"srv/{name}.{end}", data) for name, data in floods for end in ("txt", "env")]
    assert good(scan(tmp_path, tar([*files, *hostile.GOOD])))


def test_a_flood_of_secrets_is_counted(tmp_path: Path) -> None:
    """So many findings of a kind are told, and that there are more."""
    files = [(f"srv/{n}.txt", hostile.many_secrets(20)) for n in range(400)]
    result = scan(tmp_path, tar([*files, *hostile.GOOD]))
    by: dict[str, int] = {}
    for finding in result.findings:
        by[finding.detector] = by.get(finding.detector, 0) + 1
    assert max(by.values()) <= LIMITS.findings + 1
    assert good(result)


def test_archives_in_archives(tmp_path: Path) -> None:
    """Forty jars in one another are followed as deep as is allowed; a directory in which all entries are the same bytes, and
    one that lies about its size, are refused; all of it is told."""
    files = [
        ("opt/deep.jar", hostile.jars(40)),
        ("opt/same.jar", hostile.overlapping_zip()),
        ("opt/lie.war", hostile.lying_zip()),
    ]
    result = scan(tmp_path, tar([*files, ("opt/deep.tar.gz", hostile.tarballs(40)), *hostile.GOOD]))
    assert good(result)
    for name in ("opt/deep.jar", "opt/same.jar", "opt/lie.war"):
        assert name in said(result)


def test_programs_with_absurd_headers(tmp_path: Path) -> None:
    """Counts and offsets that no file has."""
    programs = (hostile.elf(), hostile.elf(sh=1 << 63, ph=1 << 63), b"\x7fELF" + b"\xff" * 200, b"MZ" + b"\xff" * 4096)
    files: hostile.Files = [(member(f"usr/bin/p{n}", mode=0o755), data) for n, data in enumerate(programs)]
    assert good(scan(tmp_path, tar([*files, *hostile.GOOD])))


def test_links_and_names(tmp_path: Path) -> None:
    """Loops, links out, hard links to themselves, paths that climb, hidden letters, case: read as what they are, and told."""
    names = [file for file in hostile.names() if isinstance(file[0], str) and len(file[0]) < 4_000 and "\0" not in file[0]]
    result = scan(tmp_path, tar([*hostile.links(), *names, *hostile.GOOD[1:]]))
    told = msgspec.json.encode(result).decode()
    assert "IMG-022" in told
    assert CANARY not in told


def test_a_path_of_64_kib(tmp_path: Path) -> None:
    """Longer than any system takes: the image is refused in words."""
    with pytest.raises(FormatError, match="name has"):
        scan(tmp_path, tar([(hostile.names()[3][0], b"x")]))


def test_floods_of_entries(tmp_path: Path) -> None:
    """Devices, the same path as file, folder and link in turn, and more entries than are allowed: the rest is told."""
    files = [*hostile.devices(4_000), *hostile.twice(4_000)]
    result = scan(tmp_path, tar([*hostile.GOOD, *files]), limits=msgspec.structs.replace(LIMITS, entries=5_000))
    assert good(result)
    assert "entries" in said(result)


def test_sparse_giants(tmp_path: Path) -> None:
    """An exbibyte in a few bytes, a hundred thousand regions: told and not filled in."""
    result = scan(tmp_path, tar(hostile.GOOD), hostile.gnu_sparse())
    assert "sparse" in said(result)


@pytest.mark.parametrize("kind", [*hostile.SQUEEZED, "window"])
def test_squeezed_bombs(tmp_path: Path, kind: str) -> None:
    """A layer that inflates without end, is packed as no runtime packs, or asks for a window of terabytes."""
    layer = tar([("zeros", bytes(48 << 20))])
    packed = hostile.zstd_window() if kind == "window" else hostile.SQUEEZED[kind](layer)
    config = config_of([layer])
    found, _ = blobs([layer], config=config)
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "config": {"digest": digest(config), "size": len(config)},
            "layers": [{"digest": digest(packed), "size": len(packed)}],
        }
    ).encode()
    found |= {digest(packed): packed, digest(manifest): manifest}
    index = json.dumps({"schemaVersion": 2, "manifests": [{"digest": digest(manifest), "size": len(manifest)}]}).encode()
    layout = write_layout(tmp_path / "x", found, index)
    limits = msgspec.structs.replace(LIMITS, ratio_floor=16 << 20)
    try:
        told = said(whole(scan_reference(scanner(tmp_path, limits), str(layout))))
    except FormatError as error:
        told = str(error)
    assert any(word in told for word in ("bomb", "inflates", kind, "zstd"))


def test_a_configuration_without_end(tmp_path: Path) -> None:
    """Nested a hundred thousand deep: a sentence, and no crash."""
    archive = docker_archive(tmp_path / "image.tar", [tar([])], config=hostile.image_config())
    with pytest.raises(FormatError, match=r"nested too deeply|image specification"):
        scan_reference(scanner(tmp_path), str(archive))


def tree(folder: Path, files: hostile.Files) -> Path:
    """Files of a source folder."""
    for name, data in files:
        path = folder / str(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.mark.parametrize("name", ["JSON lists in lists", "YAML that laughs", "YAML brackets", "quotes and backslashes"])
def test_source_code_that_is_a_bomb(tmp_path: Path, name: str) -> None:
    """The readers of source folders (build files, workflows, lock files) get the same."""
    kind, data = DOCUMENTS[name]
    folder = tree(tmp_path / "code", hostile.documents(kind, data))
    assert "was not read" in said(whole(scan_reference(scanner(tmp_path), f"source:{folder}")))


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    """Files, folders and what readers look for: a canary outside is in no result."""
    outside = tree(tmp_path / "outside", [("secret.env", f"password={CANARY}".encode()), ("package-lock.json", b"{}")])
    code = tree(tmp_path / "code", [("a.txt", b"x")])
    (code / "link.env").symlink_to(outside / "secret.env")
    (code / "folder").symlink_to(outside)
    (code / "package-lock.json").symlink_to(outside / "package-lock.json")
    (code / "Dockerfile").symlink_to("/etc/shadow")
    (code / "loop").symlink_to(code)
    os.mkfifo(code / "requirements.txt")
    for source in (f"source:{code}", f"folder:{code}"):
        result = whole(scan_reference(scanner(tmp_path), source))
        assert CANARY not in msgspec.json.encode(result).decode()
        assert result.inventory is not None
        assert result.inventory.packages == ()


def test_nothing_is_written_outside_the_cache(tmp_path: Path) -> None:
    """After hostile images only the cache has changed, and no part of it lies at a name that an image chose."""
    archive = docker_archive(tmp_path / "image.tar", [tar([*hostile.links(), ("../../escape", b"x"), *hostile.GOOD[1:]])])

    def outside() -> set[tuple[str, int]]:
        return {(str(p), p.lstat().st_mtime_ns) for p in tmp_path.rglob("*") if p.relative_to(tmp_path).parts[0] != "cache"}

    before = outside()
    whole(scan_reference(scanner(tmp_path), str(archive)))
    assert outside() == before
    assert not any("escape" in p.name or "evil" in p.name for p in (tmp_path / "cache").rglob("*"))


def forbidden() -> dict[str, Callable[[], Any]]:
    """What a scan's process must not be able to do."""
    return {
        "start a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 -- it must be refused
        "start a process": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "read a host's file": lambda: open("/etc/hostname", "rb").read(),
        "write a file": lambda: open("/tmp/periderm-probe", "wb").write(b"x"),
        "follow a link out": lambda: os.listdir("/root"),
        "make a device": lambda: os.mknod("/tmp/periderm-node", 0o600),
        "mount": lambda: os.chroot("/"),
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "trace": lambda: open("/proc/1/environ", "rb").read(),
    }


@pytest.mark.parametrize("what", forbidden())
def test_probes_of_the_walls(tmp_path: Path, what: str) -> None:
    """The very process in which images are read is refused by the kernel."""
    if not walls.landlock_version() or not walls.seccomp_known():
        pytest.skip("this kernel has no Landlock or no seccomp")
    sandbox = scanner(tmp_path).sandbox
    assert sandbox is not None

    def work(*_: object) -> bytes:
        try:
            forbidden()[what]()
        except OSError as error:
            return f"refused {error.errno}".encode()
        return b"allowed"

    answer = sandbox.run(
        work, lambda *_: None, readable=(str(tmp_path),), writable=(), memory=1 << 30, file=0, answer=1 << 20, seconds=60
    )
    assert answer.startswith(b"refused")
    assert not Path("/tmp/periderm-probe").exists()
