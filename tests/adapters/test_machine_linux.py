"""Machines of every kind, as files in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.machine_linux import LinuxMachine
from periderm.model.identity import node_id

TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.7
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
     |-- 10.1.2.3
        /32 host LOCAL
     |-- 169.254.3.4
        /32 host LOCAL
"""
IF6 = """00000000000000000000000000000001 01 80 10 80       lo
fe800000000000000000000000000001 02 40 20 80     eth0
20010db8000000000000000000000002 02 40 20 80     eth0
"""


def machine(root: Path, **files: str) -> LinuxMachine:
    """A machine with files; `__` in a name stands for a slash, `_d_` for a dash."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_d_", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return LinuxMachine(root)


def test_its_id_comes_from_the_machine_id(tmp_path: Path) -> None:
    """Stable across restarts and new names."""
    node = machine(tmp_path, etc__machine_d_id="abc\n").node()
    assert (node.machine_id, node.id) == ("abc", node_id("abc"))


def test_a_machine_without_an_id_gets_one_that_stays(tmp_path: Path) -> None:
    """Kept in the product's own state."""
    (tmp_path / "root").mkdir()
    first = LinuxMachine(tmp_path / "root", tmp_path / "state").node()
    assert len(first.machine_id) == 32
    assert LinuxMachine(tmp_path / "root", tmp_path / "state").node().id == first.id


def test_without_any_place_the_name_is_the_id(tmp_path: Path) -> None:
    """Better than none; `uninitialized` is systemd's word for none."""
    assert machine(tmp_path, etc__machine_d_id="uninitialized\n").node().machine_id.startswith("hostname:")


@pytest.mark.parametrize(
    ("files", "form"),
    [
        ({"proc__cpuinfo": "processor: 0\nflags\t: fpu hypervisor sse\n"}, "virtual"),
        ({"proc__cpuinfo": "flags: fpu\n", "sys__class__dmi__id__sys_vendor": "Dell Inc.\n"}, "physical"),
        ({"proc__cpuinfo": "flags: fpu\n", "sys__class__dmi__id__product_name": "KVM\n"}, "virtual"),
        ({"sys__class__dmi__id__sys_vendor": "Alibaba Cloud\n"}, "virtual"),
        ({"sys__hypervisor__type": "xen\n"}, "virtual"),
        ({"proc__cpuinfo": "Features: fp\n"}, ""),
        ({"proc__device_d_tree__model": "Raspberry Pi 4\0"}, "physical"),
        ({}, ""),
    ],
)
def test_virtual_or_physical_is_told_only_if_it_shows(tmp_path: Path, files: dict[str, str], form: str) -> None:
    """What nobody can know stays unknown."""
    assert machine(tmp_path, **files).node().form == form


def test_its_addresses_are_those_that_others_can_use(tmp_path: Path) -> None:
    """No loopback, no link-local, no broadcast; sorted, so that nothing seems to change."""
    node = machine(tmp_path, proc__net__fib_trie=TRIE, proc__net__if_inet6=IF6).node()
    assert node.addresses == ("10.1.2.3", "192.0.2.7", "2001:db8::2")


def test_the_system_has_a_name(tmp_path: Path) -> None:
    """os-release(5), from either place."""
    assert machine(tmp_path, usr__lib__os_d_release='ID=x\nPRETTY_NAME="X Linux 1"\n').node().os_name == "X Linux 1"


def test_garbage_is_survived(tmp_path: Path) -> None:
    """Files of another kernel or a strange container."""
    node = machine(
        tmp_path, proc__net__fib_trie="+--\n|-- x\n/32 host LOCAL\n", proc__net__if_inet6="zz\n" + "g" * 32 + "\n"
    ).node()
    assert node.addresses == ()
