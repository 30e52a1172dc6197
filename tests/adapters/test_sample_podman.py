"""What the sample asks of podman, and what it says when podman cannot; the real runs are in the suites of `ports.sample`."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.sample_podman import PodmanSample
from periderm.model.errors import ContainerRuntimeError
from periderm.ports.sample_parts import SampleParts


def fake_podman(folder: Path, body: str) -> Path:
    """A podman that remembers what it was asked."""
    log = folder / "asked"
    program = folder / "podman"
    program.write_text(f'#!/bin/sh\necho "$@" >>{log}\n{body}\n')
    program.chmod(0o755)
    return log


def test_a_machine_without_podman_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the packages to install; cleaning finds nothing, which is no error."""
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = PodmanSample(tmp_path)
    assert "podman" in engine.available()
    assert engine.clean() == ()
    assert engine.present() == ""
    with pytest.raises(ContainerRuntimeError, match="podman is missing"):
        engine.start()


def test_podmans_own_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line, after the command that failed."""
    fake_podman(tmp_path, "case $* in *inspect*) exit 1;; esac\necho first >&2\necho 'Error: no space left' >&2\nexit 125")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ContainerRuntimeError, match="podman run failed: Error: no space left"):
        PodmanSample(tmp_path).start()


def test_the_container_gets_no_network_and_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it can reach anybody, pull anything, or use up the machine."""
    log = fake_podman(tmp_path, f"case $* in *inspect*) exit 1;; esac\necho {'c' * 64}")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert PodmanSample(tmp_path).start() == "c" * 64
    asked = log.read_text().splitlines()[-1]
    for option in (
        "--network=none",
        "--pull=never",
        "--memory=256m",
        "--pids-limit=256",
        "--ulimit nofile=",
        "--name periderm-sample",
    ):
        assert option in asked
    for danger in ("--privileged", "--volume", "-v ", "--cap-add", "--pid", "--device"):
        assert danger not in asked.replace("--pids-limit", "")


def test_an_old_image_is_not_taken_for_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key in its label must be that of the sources, and the dropped program must be kept."""
    answer = '[{"Id":"' + "a" * 64 + '","Labels":{"io.periderm.sample.key":"k1"}}]'
    fake_podman(tmp_path, f"echo '{answer}'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    engine = PodmanSample(tmp_path)
    assert engine.built(SampleParts(base_key="b", key="k1")) is None
    (tmp_path / "dropped").write_bytes(b"x")
    built = engine.built(SampleParts(base_key="b", key="k1"))
    assert built is not None
    assert built.digest == "sha256:" + "a" * 64
    assert engine.built(SampleParts(base_key="b", key="k2")) is None


def test_words_that_podman_never_says_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback."""
    fake_podman(tmp_path, "echo '[{\"Id\":7}]'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ContainerRuntimeError, match="something unknown"):
        PodmanSample(tmp_path).built(SampleParts(base_key="b", key="k"))


def test_cleaning_removes_only_what_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images by their exact names."""
    listed = (
        "localhost/periderm-sample:1\\nlocalhost/periderm-sample-base:k\\nlocalhost/periderm-sampler:1\\nlocalhost/web:1\\n"
    )
    log = fake_podman(tmp_path, f"case $* in *inspect*) exit 1;; *images*) printf '{listed}';; esac")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    removed = PodmanSample(tmp_path).clean()
    assert removed == ("image localhost/periderm-sample:1", "image localhost/periderm-sample-base:k")
    assert [line for line in log.read_text().splitlines() if "web:1" in line or "sampler" in line] == []
