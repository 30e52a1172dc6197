"""The exercises' container, for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.stage_podman import PodmanStage
from periderm.engines.runtime.exercises.ring import NOT_LET, by_ring
from periderm.model.errors import ContainerRuntimeError
from periderm.model.exercise import Exercise
from periderm.model.text import Text


def exercise(script: str, **more: object) -> Exercise:
    """A script to be done."""
    return Exercise(id="E", title=Text("t", "t"), detectors=("RUN-001",), script=script, **more)  # type: ignore[arg-type]  # fields by name


def test_not_started() -> None:
    """It says so, and stopping what never was is harmless."""
    stage = PodmanStage()
    with pytest.raises(ContainerRuntimeError):
        stage.perform(exercise("true"))


@pytest.fixture(scope="module")
def stage() -> Iterator[PodmanStage]:
    """One container for all tests of this file."""
    made = PodmanStage()
    missing = made.available()
    if missing:
        pytest.skip(missing)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.mark.container
@pytest.mark.root
def test_scripts_are_done_inside(stage: PodmanStage) -> None:
    """In both languages, by a child of a server, with what they said; nothing of the host's files is there."""
    assert stage.perform(exercise("echo hello; exit 3")) == (done := stage.perform(exercise("echo hello; exit 3")))
    assert (done.status, done.said) == (3, "hello\n")
    python = stage.perform(
        exercise("import os; print(os.path.exists('/etc/hostname'), os.listdir('/home'))", language="python")
    )
    assert python.status == 0
    assert python.said.endswith("[]\n")
    assert "root:*:" in stage.perform(exercise("cat /etc/shadow")).said


@pytest.mark.container
@pytest.mark.root
def test_it_has_no_network_and_no_rights_over_the_host(stage: PodmanStage) -> None:
    """Only its own loopback; the host's programs cannot be changed; nothing can be mounted."""
    assert stage.perform(exercise("ls /sys/class/net")).said.split() == ["lo"]
    assert stage.perform(exercise("touch /usr/bin/x")).status != 0
    assert stage.perform(exercise("mount -t tmpfs none /tmp")).status != 0
    assert stage.perform(exercise("ls /proc/1/root/srv/app")).said.split() == ["server.py"]


@pytest.mark.container
@pytest.mark.root
def test_sessions_and_what_never_ends(stage: PodmanStage) -> None:
    """Brought in from outside, with a terminal if asked for; a script that hangs is ended, and the next one is done."""
    assert "hello" in stage.perform(exercise("echo hello", session=True)).said
    assert "/dev/" in stage.perform(exercise("tty", session=True, tty=True)).said
    assert stage.perform(exercise("sleep 600 & sleep 600")).status < 0
    assert stage.perform(exercise("echo again")).said == "again\n"
    assert stage.has("sh")
    assert not stage.has("no-such-program")


@pytest.mark.container
@pytest.mark.root
def test_io_uring_is_let_through(stage: PodmanStage) -> None:
    """What podman's own filter forbids can be exercised, if the kernel has it; the rest of the filter holds."""
    told = stage.perform(exercise(by_ring("os.mkdir('/tmp/u')"), language="python"))
    if told.status == NOT_LET and Path("/proc/sys/kernel/io_uring_disabled").read_text().strip() != "0":
        pytest.skip("this kernel has io_uring switched off")
    assert (told.status, told.said) == (0, "")
    assert stage.perform(exercise("grep Seccomp: /proc/self/status")).said.split() == ["Seccomp:", "2"]


@pytest.mark.container
@pytest.mark.root
def test_nothing_is_left() -> None:
    """After a stop there is neither container nor image, also if the container had died."""
    if os.geteuid() != 0:
        pytest.skip("root only")
    podman = shutil.which("podman") or ""
    if not podman:
        pytest.skip("podman is missing")
    stage = PodmanStage()
    before = set(Path(tempfile.gettempdir()).glob("periderm-selftest-*"))
    identity = stage.start()
    made = set(Path(tempfile.gettempdir()).glob("periderm-selftest-*")) - before
    subprocess.run([podman, "kill", identity], capture_output=True, check=True)
    with pytest.raises(ContainerRuntimeError):
        stage.perform(exercise("true"))
    stage.stop()
    stage.stop()
    assert not any(folder.exists() for folder in made)
    listed = subprocess.run(
        [podman, "ps", "-a", "--format", "{{.ID}}", "--no-trunc"], capture_output=True, check=True, text=True
    )
    assert identity not in listed.stdout
