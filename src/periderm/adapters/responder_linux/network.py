"""Cutting a container off: programs on its cgroup (also for connections that are open), and nftables in its network namespace
(also for who came into that namespace from elsewhere). What is done is pinned or in the kernel, and outlives the agent."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from periderm.adapters.responder_linux import bpf_calls as bpf
from periderm.adapters.responder_linux.freezer import Cgroups
from periderm.model.asset import Container
from periderm.model.errors import ResponderError

TABLE = "periderm"
MOST_KEPT = 256
NFT_SECONDS = 10
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_MAP_LOOKUP, _SKB_LOAD_BYTES = 1, 26  # enum bpf_func_id, linux/bpf.h
_IPV4, _IPV6 = 0x0008, 0xDD86  # __sk_buff.protocol is in network order: ETH_P_IP, ETH_P_IPV6
_LOOPBACK = ("127.0.0.0/8", "::1/128")
# enum bpf_attach_type, linux/bpf.h
_INGRESS, _EGRESS, _SOCK_CREATE, _CONNECT4, _CONNECT6, _SENDMSG4, _SENDMSG6 = 0, 1, 2, 10, 11, 14, 15
_SOCK_RAW, _SOCK_PACKET = 3, 10  # bits/socket_type.h

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(keep: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks as values; raises ResponderError with the one that is wrong."""
    if len(keep) > MOST_KEPT:
        raise ResponderError(f"{len(keep)} addresses are too many to keep.", f"Give at most {MOST_KEPT}.")
    found = []
    for text in keep:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError as error:
            raise ResponderError(f"{text!r} is no address or network.", "Write it as 10.0.0.7 or 10.0.0.0/24.") from error
    return tuple(found)


def ruleset(keep: Sequence[Network]) -> str:
    """What nft is told: nothing in, out or through, but loopback and what is kept. A table of that name is replaced."""
    lines = [f"add table inet {TABLE}", f"delete table inet {TABLE}", f"table inet {TABLE} {{"]
    for chain, hook, side, door in (("incoming", "input", "saddr", "iif"), ("outgoing", "output", "daddr", "oif")):
        lines.append(f"chain {chain} {{ type filter hook {hook} priority -300; policy drop; {door} lo accept;")
        lines += [f"{'ip' if n.version == 4 else 'ip6'} {side} {n} accept;" for n in keep]
        if any(n.version == 6 for n in keep):  # without neighbours there is no IPv6
            lines.append("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept;")
        lines.append("}")
    lines += ["chain through { type filter hook forward priority -300; policy drop; }", "}"]
    return "\n".join(lines) + "\n"


class NetworkCut:
    """`pins` is a folder in bpffs of this responder alone; `host_net` the machine's own network namespace."""

    def __init__(self, cgroups: Cgroups, pins: Path, proc_root: Path = Path("/proc")) -> None:
        self._cgroups = cgroups
        self._pins = pins
        self._proc = proc_root

    def cut(self, effect_id: str, container: Container, keep: Sequence[str]) -> tuple[str, ...]:
        """Cuts it off; which of 'cgroup' and 'nft' hold. Raises ResponderError if neither does: then nothing is cut."""
        allowed = networks([*keep, *_LOOPBACK])
        done, problems = [], []
        for name, act in (("cgroup", self._cut_cgroup), ("nft", self._cut_namespace)):
            try:
                act(effect_id, container, allowed)
                done.append(name)
            except (ResponderError, OSError) as error:
                problems.append(str(error))
        if not done:
            raise ResponderError(f"Container {container.name} cannot be isolated: {' '.join(problems)}")
        return tuple(done)

    def mend(self, effect_id: str, container: Container | None) -> None:
        """Takes the cut back; what is not there (any more) is mended. Raises ResponderError."""
        folder = self._folder(effect_id)
        try:
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                path.unlink()
            if folder.is_dir():
                folder.rmdir()
        except OSError as error:
            raise ResponderError(f"{folder} cannot be unpinned: {error.strerror}.", "Run the agent as root.") from error
        if container is not None and shutil.which("nft") and self._namespace(container.pid) not in (0, self._namespace(1)):
            text = f"add table inet {TABLE}\ndelete table inet {TABLE}\n"
            self._nft(container, text)

    def _cut_cgroup(self, effect_id: str, container: Container, keep: Sequence[Network]) -> None:
        top = self._cgroups.unified(container)
        if top is None:
            raise ResponderError("The container has no cgroup of version 2.")
        folder = self._folder(effect_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        held: list[int] = [os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
        try:
            tries = _tries(keep, held)
            for attach, (kind, code, name) in _programs(*tries).items():
                program = bpf.load(kind, attach, code, f"pdrm_{name}"[:15])
                held.append(program)
                each = bpf.link(program, held[0], attach)
                held.append(each)
                bpf.pin(each, str(folder / name))
        except (ResponderError, OSError):
            with contextlib.suppress(OSError):
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()
            raise
        finally:
            for descriptor in held:
                os.close(descriptor)

    def _cut_namespace(self, _: str, container: Container, keep: Sequence[Network]) -> None:
        own = self._namespace(container.pid)
        if own in (0, self._namespace(1), self._namespace(os.getpid())):
            raise ResponderError("The container shares the machine's network.")
        members = set(self._cgroups.members(container))
        for name in os.listdir(self._proc):
            if not (name.isascii() and name.isdecimal()) or int(name) in members:
                continue
            if self._namespace(int(name)) == own and self._stranger(int(name), container):
                raise ResponderError("The container shares its network with another one.")
        self._nft(container, ruleset([n for n in keep if str(n) not in _LOOPBACK]))

    def _stranger(self, pid: int, container: Container) -> bool:
        """Whether a process outside the container's cgroup belongs to another container (not one that came by nsenter)."""
        try:
            text = (self._proc / str(pid) / "cgroup").read_text(errors="replace")
        except OSError:
            return False
        return any(word != container.container_id for word in re.findall(r"[0-9a-f]{64}", text))

    def _nft(self, container: Container, text: str) -> None:
        if not shutil.which("nft") or not shutil.which("nsenter"):
            raise ResponderError("nft is not installed.", "Install nftables.")
        try:
            descriptor = os.open(self._proc / str(container.pid) / "ns/net", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ResponderError(f"The network of {container.name} is out of reach: {error.strerror}.") from error
        try:
            command = ["nsenter", f"--net=/proc/self/fd/{descriptor}", "--", "nft", "-f", "-"]
            done = subprocess.run(
                command, input=text, capture_output=True, text=True, check=False, timeout=NFT_SECONDS, pass_fds=[descriptor]
            )
        except subprocess.TimeoutExpired as error:
            raise ResponderError(f"nft did not answer within {NFT_SECONDS} s.") from error
        finally:
            os.close(descriptor)
        if done.returncode:
            raise ResponderError(f"nft refuses: {done.stderr.strip()[:200]}")

    def _namespace(self, pid: int) -> int:
        try:
            return (self._proc / str(pid) / "ns/net").stat().st_ino
        except OSError:
            return 0

    def _folder(self, effect_id: str) -> Path:
        if not _NAME.fullmatch(effect_id):
            raise ResponderError(f"{effect_id[:80]!r} is no name of a response.")
        return self._pins / effect_id


def _tries(keep: Sequence[Network], held: list[int]) -> tuple[int, int]:
    """Two maps of networks, IPv4 and IPv6; an IPv4 address also by its mapped IPv6 form (RFC 4291, 2.5.5.2)."""
    four, six = bpf.make_trie(32, len(keep) + 1), bpf.make_trie(128, 2 * len(keep) + 1)
    held += [four, six]
    for each in keep:
        packed = each.network_address.packed
        if each.version == 4:
            bpf.put(four, struct.pack("<I", each.prefixlen) + packed, b"\1\0\0\0")
            mapped = b"\0" * 10 + b"\xff\xff" + packed
            bpf.put(six, struct.pack("<I", each.prefixlen + 96) + mapped, b"\1\0\0\0")
        else:
            bpf.put(six, struct.pack("<I", each.prefixlen) + packed, b"\1\0\0\0")
    return four, six


def _programs(four: int, six: int) -> dict[int, tuple[int, bytes, str]]:
    return {
        _CONNECT4: (bpf.CGROUP_SOCK_ADDR, _by_address(four, (4,)), "connect4"),
        _CONNECT6: (bpf.CGROUP_SOCK_ADDR, _by_address(six, (8, 12, 16, 20)), "connect6"),
        _SENDMSG4: (bpf.CGROUP_SOCK_ADDR, _by_address(four, (4,)), "sendmsg4"),
        _SENDMSG6: (bpf.CGROUP_SOCK_ADDR, _by_address(six, (8, 12, 16, 20)), "sendmsg6"),
        _SOCK_CREATE: (bpf.CGROUP_SOCK, _no_raw(), "sock_create"),
        _INGRESS: (bpf.CGROUP_SKB, _by_packet(four, six, source=True), "ingress"),
        _EGRESS: (bpf.CGROUP_SKB, _by_packet(four, six, source=False), "egress"),
    }


def _listed(trie: int, bits: int) -> bytes:
    """r0 = 1 if the key on the stack (at -20: bits, address) is in the trie, else 0; then the program ends."""
    return (
        bpf.store_number(bpf.FRAME, -20, bits)
        + bpf.move(2, bpf.FRAME)
        + bpf.add(2, -20)
        + bpf.map_address(1, trie)
        + bpf.call(_MAP_LOOKUP)
        + bpf.if_equal(0, 0, 1)
        + bpf.number(0, 1)
        + bpf.leave()
    )


def _by_address(trie: int, words: tuple[int, ...]) -> bytes:
    """struct bpf_sock_addr: allows the addresses of the trie."""
    copied = b"".join(bpf.load_word(2, 1, at) + bpf.store_word(bpf.FRAME, -16 + 4 * i, 2) for i, at in enumerate(words))
    return copied + _listed(trie, 32 * len(words))


def _by_packet(four: int, six: int, *, source: bool) -> bytes:
    """struct __sk_buff, whose data begins at the IP header (RFC 791, RFC 8200): allows the addresses of the tries."""

    def read(offset: int, length: int) -> bytes:
        refuse = bpf.if_equal(0, 0, 2) + bpf.number(0, 0) + bpf.leave()
        return (
            bpf.number(2, offset)
            + bpf.move(3, bpf.FRAME)
            + bpf.add(3, -16)
            + bpf.number(4, length)
            + bpf.call(_SKB_LOAD_BYTES)
            + refuse
        )

    version4 = read(12 if source else 16, 4) + _listed(four, 32)
    version6 = read(8 if source else 24, 16) + _listed(six, 128)
    head = bpf.load_word(2, 1, 16)  # protocol
    return (
        head
        + bpf.if_equal(2, _IPV4, 3)
        + bpf.if_equal(2, _IPV6, 2 + len(version4) // 8)
        + bpf.number(0, 0)
        + bpf.leave()
        + version4
        + version6
    )


def _no_raw() -> bytes:
    """struct bpf_sock: raw sockets would go around the checks of addresses."""
    return (
        bpf.load_word(2, 1, 8)
        + bpf.number(0, 0)
        + bpf.if_equal(2, _SOCK_RAW, 2)
        + bpf.if_equal(2, _SOCK_PACKET, 1)
        + bpf.number(0, 1)
        + bpf.leave()
    )
