"""Loading: what the kernel refuses is left out with its reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf.loader import explain, object_version
from periderm.adapters.sensor_ebpf.sensor import EbpfSensor
from periderm.model.errors import SensorError
from periderm.model.event import EventKind
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import drain
from tools import build_bpf


def test_reasons_are_one_sentence() -> None:
    """Out of the library's and the verifier's words."""
    assert explain(["libbpf: failed to find valid kernel BTF"], -3) == "the kernel has no BTF (/sys/kernel/btf/vmlinux)."
    assert explain([], -1) == "Operation not permitted."
    said = explain(["libbpf: x", "0: (85) call foo\nR1 type=scalar expected=ptr\nprocessed 3 insns"], -13)
    assert said == "Permission denied: R1 type=scalar expected=ptr."


def test_each_build_has_its_version(tmp_path: Path) -> None:
    """Another object is never taken for the one that runs."""
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"x")
    other.write_bytes(b"y")
    assert object_version(one) == object_version(one) != object_version(other)


@pytest.mark.root
def test_a_program_that_the_kernel_refuses_is_a_capability_that_is_missing(tmp_path: Path) -> None:
    """With a tracepoint that no kernel has, the rest of the sensor works and says what it does not see."""
    source = tmp_path / "bpf"
    source.mkdir()
    for path in build_bpf.SOURCES.glob("*.[ch]"):
        text = path.read_text().replace("tp_btf/io_uring_submit_req", "tp_btf/no_such_tracepoint")
        (source / path.name).write_text(text)
    target = tmp_path / "without.o"
    command = ["clang", *build_bpf.FLAGS, "-D__TARGET_ARCH_x86", "-c", str(source / "periderm.bpf.c"), "-o", str(target)]
    subprocess.run(command, check=True)
    poor = EbpfSensor(target, watching.pin_dir("poor"), 1 << 20)
    try:
        told = {each.name: each for each in poor.start()}
        assert not told["io_uring"].works
        assert "no_such_tracepoint" in told["io_uring"].missing
        assert told["exec"].works
        poor.set_subjects([watching.NODE])
        subprocess.run(["true"], check=True)
        assert any(event.kind is EventKind.EXEC and event.comm == "true" for event in drain(poor))
    finally:
        poor.stop()


@pytest.mark.root
def test_another_build_is_not_adopted(tmp_path: Path) -> None:
    """After an upgrade the old programs are replaced; nothing of them is left."""
    old = watching.sensor("upgrade")
    watching.start_quiet(old)
    old.stop(keep=True)
    changed = tmp_path / "changed.o"
    build_bpf.build(changed, force=True, extra=("-DPERIDERM_OTHER_BUILD",))
    data = bytearray(changed.read_bytes())
    changed.write_bytes(bytes(data) + b"\0")
    fresh = EbpfSensor(changed, watching.pin_dir("upgrade"), 1 << 20)
    try:
        fresh.start()
        fresh.set_subjects([watching.NODE])
        assert fresh.counters().lost == 0
    finally:
        fresh.stop()


@pytest.mark.root
def test_no_bpffs_is_an_error(tmp_path: Path) -> None:
    """Pins need bpffs; an ordinary folder is refused in words, and nothing stays loaded."""
    with pytest.raises(SensorError, match="pinned"):
        EbpfSensor(watching.kernel_object(), str(tmp_path / "pins"), 1 << 20).start()


@pytest.mark.root
def test_the_variant_for_older_kernels_sees_the_same(tmp_path: Path) -> None:
    """Without the cast of Linux 6.2 every member is read by a helper; the rows are the same."""
    build_bpf.build(build_bpf.OLD_TARGET, extra=build_bpf.VARIANTS[build_bpf.OLD_TARGET])
    target = tmp_path / "file"
    target.write_text("x")
    (tmp_path / "alias").symlink_to(target)
    old = EbpfSensor(build_bpf.OLD_TARGET, watching.pin_dir("old"), 1 << 20)
    try:
        watching.start_quiet(old)
        opened = [event for event in watching.events_of(old, "openat", str(tmp_path / "alias")) if event.text == str(target)]
        assert [(event.raw, event.inode) for event in opened] == [(str(tmp_path / "alias"), target.stat().st_ino)]
        told = watching.events_of(old, "memfd-exec", "/bin/true")
        assert any(event.text == "/memfd:payload" and event.argv == ("innocent", "argument") for event in told)
        served = watching.of_kind(watching.events_of(old, "serve", "0"), EventKind.ACCEPT)
        assert [event.text for event in served] == ["127.0.0.1"]
        submitted = watching.events_of(old, "uring-openat", str(target))
        assert any(event.text == str(target) for event in submitted)
    finally:
        old.stop()
