"""`ports.containers.Machine` from /proc, /sys and /etc. Needs no root, runs nothing, changes nothing."""

from __future__ import annotations

import ipaddress
import os
import platform
import socket
from pathlib import Path

from periderm.model.asset import Node
from periderm.model.identity import node_id

_OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
_MACHINE_ID = ("etc/machine-id", "var/lib/dbus/machine-id")
# What hypervisors write into DMI as maker or product (/sys/class/dmi/id), lower case.
_VIRTUAL = (
    *("qemu", "kvm", "vmware", "virtualbox", "innotek", "xen", "amazon ec2", "google compute engine", "openstack"),
    *("alibaba cloud", "tencent cloud", "hvm domu", "bochs", "virtual machine", "parallels", "firecracker", "nutanix"),
)
_LIMIT = 64


class LinuxMachine:
    """This machine. `root` is another folder only in tests. `fallback` is the folder where an id of our own is kept if
    the machine has none (a container or a bare initrd)."""

    def __init__(self, root: Path = Path("/"), fallback: Path | None = None) -> None:
        self._root = root
        self._fallback = fallback

    def node(self) -> Node:
        """This machine as an asset. What cannot be read is ''."""
        machine = self._machine_id()
        hostname = socket.gethostname()
        return Node(
            id=node_id(machine),
            name=hostname,
            hostname=hostname,
            machine_id=machine,
            kernel=platform.release(),
            os_name=self._os_name(),
            architecture=platform.machine(),
            form=self._form(),
            addresses=self._addresses(),
            boot_id=self._text("proc/sys/kernel/random/boot_id"),
            mount_namespace=self._mount_namespace(),
        )

    def _text(self, path: str) -> str:
        try:
            with (self._root / path).open("rb") as file:
                return file.read(1_000_000).decode("utf-8", "replace").strip().strip("\0")
        except OSError:
            return ""

    def _machine_id(self) -> str:
        """machine-id(5); else the product's id given by the board; else one of our own, kept; else the host's name."""
        for path in _MACHINE_ID:
            if (text := self._text(path)) and text != "uninitialized":
                return text
        if self._fallback is not None:
            kept = self._fallback / "machine-id"
            try:
                self._fallback.mkdir(parents=True, exist_ok=True, mode=0o700)
                try:
                    with kept.open("x") as file:
                        file.write(os.urandom(16).hex() + "\n")
                except FileExistsError:
                    pass
                return kept.read_text().strip()
            except OSError:
                pass
        return f"hostname:{socket.gethostname()}"

    def _os_name(self) -> str:
        for path in _OS_RELEASE:
            for line in self._text(path).splitlines():
                if line.startswith("PRETTY_NAME="):
                    return line.partition("=")[2].strip("\"'")
        return ""

    def _form(self) -> str:
        """Hypervisors set CPUID leaf 1 ECX bit 31, which Linux calls `hypervisor`; on arm64 only DMI or the device tree
        tells. Without either sign, a machine that shows a board is physical; else nobody knows."""
        for line in self._text("proc/cpuinfo").splitlines():
            if line.startswith("flags"):
                if "hypervisor" in line.partition(":")[2].split():
                    return "virtual"
                break
        names = [self._text(f"sys/class/dmi/id/{name}").lower() for name in ("sys_vendor", "product_name", "bios_vendor")]
        board = " ".join(names).strip()
        if any(word in board for word in _VIRTUAL) or self._text("sys/hypervisor/type"):
            return "virtual"
        return "physical" if board or self._text("proc/device-tree/model") else ""

    def _addresses(self) -> tuple[str, ...]:
        """Addresses of the interfaces, without loopback and link-local ones: IPv4 from the routing trie, IPv6 from
        if_inet6. Sorted, so that nothing seems to change."""
        found = set()
        previous = ""
        for line in self._text("proc/net/fib_trie").splitlines():
            words = line.split()
            if words[:2] == ["/32", "host"] and words[2:] == ["LOCAL"]:
                found.add(previous)
            elif len(words) == 2 and words[0] in ("|--", "+--"):
                previous = words[1].partition("/")[0]
        for line in self._text("proc/net/if_inet6").splitlines():
            digits = line.split(" ", 1)[0]
            if len(digits) == 32:
                found.add(":".join(digits[i : i + 4] for i in range(0, 32, 4)))
        addresses = []
        for text in found:
            try:
                address = ipaddress.ip_address(text)
            except ValueError:
                continue
            if not (address.is_loopback or address.is_link_local or address.is_unspecified):
                addresses.append(address)
        addresses.sort(key=lambda a: (a.version, int(a)))
        return tuple(str(address) for address in addresses[:_LIMIT])

    def _mount_namespace(self) -> int:
        """The host's: of the first process, or ours where that may not be read."""
        for pid in ("1", "self"):
            try:
                return (self._root / "proc" / pid / "ns" / "mnt").stat().st_ino
            except OSError:
                continue
        return 0
