"""The sample's parts that need no half minute: keys, made-up secrets, the dropped program, tools that fail."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from periderm.adapters.sample_debian import SOURCES, DebianSample, _Steps, debian_architecture, derive, run_tool, secrets_file
from periderm.model.errors import ContainerRuntimeError
from periderm.model.text import Text


def test_the_key_changes_with_any_source(tmp_path: Path) -> None:
    """A new line in the web page makes a new image, and the same base."""
    shutil.copytree(SOURCES, tmp_path / "sources")
    sample = DebianSample(tmp_path / "cache", tmp_path / "sources")
    before = sample.key()
    page = tmp_path / "sources/shop/www/index.html"
    page.write_text(page.read_text() + "\n")
    after = sample.key()
    assert after.key != before.key
    assert after.base_key == before.base_key
    assert DebianSample(tmp_path / "other").key() == before


def test_secrets_look_real_and_are_not_in_our_sources() -> None:
    """Whoever scans the repository finds no key; whoever scans the image does."""
    text = secrets_file()
    assert text == secrets_file()
    key = re.search(r"^AWS_ACCESS_KEY_ID=(AKIA[A-Z2-7]{16})$", text, re.MULTILINE)
    assert key is not None
    assert re.search(r"^AWS_SECRET_ACCESS_KEY=[A-Za-z0-9+/]{40}$", text, re.MULTILINE)
    assert re.search(r"^DATABASE_URL=postgres://shop:[A-Za-z0-9]{20}@db\.internal:5432/shop$", text, re.MULTILINE)
    for path in SOURCES.rglob("*"):
        if path.is_file():
            assert key[1].encode() not in path.read_bytes()
    assert derive("a", "xy", 5) != derive("b", "xy", 5)


def test_the_context_holds_what_the_image_needs(tmp_path: Path) -> None:
    """And not the C source; the program is a small static ELF file."""
    sample = DebianSample(tmp_path / "cache")
    if not (shutil.which("clang") or shutil.which("gcc")):
        pytest.skip("needs a C compiler")
    parts = sample.make(lambda *_: None, base=False)
    context = Path(parts.context)
    assert (context / "Containerfile").is_file()
    assert (context / ".env").read_text() == secrets_file()
    assert not (context / "dropped.c").exists()
    assert parts.base == ""
    assert parts.dropped.startswith(b"\x7fELF")
    assert len(parts.dropped) < 4096
    assert sample.clean() == (str(tmp_path / "cache"),)
    assert sample.clean() == ()


def test_the_dropped_program_only_writes_its_marker(tmp_path: Path) -> None:
    """Its system calls, as strings of the file show them: one path, one sentence."""
    if not (shutil.which("clang") or shutil.which("gcc")):
        pytest.skip("needs a C compiler")
    program = DebianSample(tmp_path).make(lambda *_: None, base=False).dropped
    strings = {text for text in re.findall(rb"[ -~]{6,}", program) if b"/" in text or b" " in text}
    assert {b"/tmp/pwned", b"dropped program ran"} <= {text.strip() for text in strings}


def test_a_missing_tool_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the package to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    sample = DebianSample(tmp_path / "cache")
    assert "debootstrap" in sample.available()
    assert "clang" in sample.available()
    with pytest.raises(ContainerRuntimeError, match="debootstrap is missing"):
        sample.make(lambda *_: None, base=True)
    with pytest.raises(ContainerRuntimeError, match="No C compiler"):
        sample.make(lambda *_: None, base=False)


def test_a_tool_that_fails_is_told_with_its_last_words() -> None:
    """And its lines were handed on before."""
    lines: list[str] = []
    with pytest.raises(ContainerRuntimeError, match="the end"):
        run_tool([sys.executable, "-c", "print('one'); print('the end'); raise SystemExit(3)"], lines.append)
    assert lines == ["one", "the end"]


def test_an_interrupted_tool_is_ended_with_its_children(tmp_path: Path) -> None:
    """Ctrl-C in the middle of debootstrap leaves nothing running."""
    inner = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"

    def interrupt(line: str) -> None:
        (tmp_path / "pid").write_text(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tool([sys.executable, "-c", outer], interrupt)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(500):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    raise AssertionError("the tool's child lives on")


def test_progress_is_what_debootstrap_says() -> None:
    """In both languages, growing, and never done before the end."""
    told: list[tuple[Text, float]] = []
    steps = _Steps(lambda text, share: told.append((text, share)))
    for _ in range(1000):
        steps.line("I: Unpacking dpkg...")
    steps.line("W: something else")
    assert told[0][0] == Text("base: Unpacking dpkg", "基础系统：解包 dpkg")
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] < 1
    assert len(told) == 1000


def test_other_machines_are_refused() -> None:
    """The sample has two architectures."""
    assert debian_architecture("x86_64") == "amd64"
    assert debian_architecture("aarch64") == "arm64"
    with pytest.raises(ContainerRuntimeError, match="riscv64"):
        debian_architecture("riscv64")


def test_the_web_page_calls_getent_without_a_shell_for_plain_words(tmp_path: Path) -> None:
    """Normal work must not look like an attack: the real script, watched by strace's poor relation, a fake getent."""
    perl = shutil.which("perl")
    if perl is None:
        pytest.skip("needs perl")
    fake = tmp_path / "getent"
    fake.write_text("#!/bin/sh\ntr '\\0' ' ' </proc/$PPID/cmdline\n")
    fake.chmod(0o755)
    script = SOURCES / "shop/cgi-bin/lookup.pl"

    def look_up(query: str) -> str:
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "QUERY_STRING": query}
        return subprocess.run(
            [perl, str(script)], env=environment, capture_output=True, text=True, check=True, timeout=180
        ).stdout

    assert "perl" in look_up("host=depot-north.internal")
    assert "sh -c" not in look_up("host=depot-north.internal")
    assert "sh -c" in look_up("host=x%3Bid")
    assert "uid=" in look_up("host=x%3Bid")


def test_two_processes_do_not_build_at_once(tmp_path: Path) -> None:
    """The second waits until the first is done or dead; the cache itself need not exist, and nothing is left."""
    program = (
        "import sys; from pathlib import Path; from periderm.adapters.sample_debian import DebianSample\n"
        f"with DebianSample(Path({str(tmp_path / 'x' / 'sample')!r})).alone(): print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stdin=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"in\n"
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as second:
            assert second.stdout is not None
            assert select.select([second.stdout], [], [], 1.0)[0] == []
            first.kill()
            assert second.stdout.readline() == b"in\n"
    assert list((tmp_path / "x").iterdir()) == []
