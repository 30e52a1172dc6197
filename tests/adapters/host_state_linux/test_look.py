"""One look, from folders that say what attackers leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.host_state_linux import bpf_list
from periderm.adapters.host_state_linux.look import LinuxHostLook
from periderm.model.event import HostState


def machine(tmp_path: Path, *, preload: str = "", tainted: str = "0") -> LinuxHostLook:
    """A machine on paper."""
    proc, etc, sys_ = tmp_path / "proc", tmp_path / "etc", tmp_path / "sys"
    (proc / "sys/kernel").mkdir(parents=True)
    etc.mkdir()
    (sys_ / "fs/bpf/x").mkdir(parents=True)
    (proc / "sys/kernel/tainted").write_text(tainted)
    if preload:
        (etc / "ld.so.preload").write_text(preload)
    return LinuxHostLook(("mine_*",), proc=proc, sys=sys_, etc=etc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", []), ("# nothing\n\n", []), ("/lib/libx.so:/lib/y.so # why\n/z.so\n", ["/lib/libx.so /lib/y.so /z.so"])],
)
def test_a_preload_is_told_if_it_names_something(tmp_path: Path, text: str, expected: list[str]) -> None:
    """Comments are none; blanks and colons separate (ld.so(8))."""
    assert [f.name for f in machine(tmp_path, preload=text).look() if f.state is HostState.PRELOAD] == expected


@pytest.mark.parametrize(("bits", "expected"), [("0", []), ("1", []), ("12288", ["12288"]), ("12289", ["12288"]), ("x", [])])
def test_foreign_code_is_told(tmp_path: Path, bits: str, expected: list[str]) -> None:
    """Out of tree and unsigned; a licence alone is no matter."""
    assert [f.name for f in machine(tmp_path, tainted=bits).look() if f.state is HostState.TAINT] == expected


def test_programs_that_somebody_declared_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd's and the user's by name, guards of devices by type; an orphan is marked."""
    listed = (
        bpf_list.Program(1, "cgroup_skb", "sd_fw_egress"),
        bpf_list.Program(2, "cgroup_device", ""),
        bpf_list.Program(3, "xdp", "mine_lb"),
        bpf_list.Program(4, "kprobe", "hide"),
        bpf_list.Program(5, "tracing", ""),
    )
    monkeypatch.setattr(bpf_list, "programs", lambda: listed)
    monkeypatch.setattr(bpf_list, "held", lambda _: frozenset({5}))
    host = machine(tmp_path)
    host.prime()
    found = [f for f in host.look() if f.state is HostState.BPF_PROGRAM]
    assert [(f.number, "orphan" in f.details) for f in found] == [(4, True), (5, False)]
    assert list(host.blind()) == []


def test_a_list_that_is_refused_is_said_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a silence that looks like an honest kernel."""

    def refuse() -> tuple[bpf_list.Program, ...]:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(bpf_list, "programs", refuse)
    host = machine(tmp_path)
    host.prime()
    (words,) = host.blind()
    assert "Operation not permitted" in words.en


def test_pins_of_nobody_are_told_by_their_folder(tmp_path: Path) -> None:
    """One word for all that a program left; what is declared is not told."""
    host = machine(tmp_path)
    for name in ("x/prog", "x/map", "lone"):
        (tmp_path / "sys/fs/bpf" / name).touch()
    root = tmp_path / "sys/fs/bpf"
    found = {(f.name, f.details) for f in host.look() if f.state is HostState.BPF_PIN}
    assert found == {(f"{root}/x", ("objects=2",)), (f"{root}/lone", ("objects=1",))}
    declared = LinuxHostLook((f"{root}/*",), proc=tmp_path / "proc", sys=tmp_path / "sys", etc=tmp_path / "etc")
    assert not [f for f in declared.look() if f.state is HostState.BPF_PIN]
