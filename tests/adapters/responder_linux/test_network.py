"""A container that was cut off reaches nothing but itself and what is kept, also by connections that were open."""

from __future__ import annotations

import ipaddress
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from periderm.adapters.responder_linux.network import networks, ruleset
from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.model.effect import IsolateContainer, ReconnectContainer
from periderm.model.errors import ResponderError
from tests import busy

Common = Callable[[str], dict[str, Any]]


def test_addresses_are_checked() -> None:
    """An address is a network of one; what is none is told by name."""
    assert networks(["10.0.0.7", "fd00::/8"]) == (ipaddress.ip_network("10.0.0.7/32"), ipaddress.ip_network("fd00::/8"))
    with pytest.raises(ResponderError, match=r"example\.org"):
        networks(["example.org"])
    with pytest.raises(ResponderError, match="too many"):
        networks(["10.0.0.1"] * 300)


def test_the_ruleset_drops_all_but_what_is_kept() -> None:
    """Every chain's policy is to drop, and a table of that name is replaced in one step."""
    text = ruleset(networks(["10.0.0.7", "fd00::1"]))
    assert text.count("policy drop") == 3
    assert "ip saddr 10.0.0.7/32 accept;" in text
    assert "ip6 daddr fd00::1/128 accept;" in text
    assert text.index("delete table") < text.index("chain")


def echo(world: int, port: int) -> subprocess.Popen[bytes]:
    """A server in the world that sends back what it gets, one connection after the other."""
    command = ["nsenter", f"--net=/proc/{world}/ns/net", "--", "busybox", "nc", "-ll", "-p", str(port), "-e", "busybox", "cat"]
    return subprocess.Popen(command)


@pytest.mark.root
@pytest.mark.container
def test_a_container_is_cut_off_and_connected_again(
    responder: LinuxResponder, busy_container: busy.Busy, common: Common, pins: Path
) -> None:
    """New connections fail, the open one falls silent, loopback and the kept address go on; reconnecting ends all that."""
    container = busy_container.container
    cut = IsolateContainer(**common("eff-cut"), container_id=busy_container.id, runtime="podman", keep=("10.99.0.2",))
    back = ReconnectContainer(**common("eff-back"), container_id=busy_container.id, runtime="podman", undoes="eff-cut")
    said = Path(f"/proc/{container.pid}/root/out/said")

    def reaches(address: str) -> bool:
        return "hello" in busy_container.do("sh", "-c", f"echo hello | nc -w 1 {address} 4000", check=False)

    def unread() -> bool:
        """Whether something lies in the container that its connection has not read yet."""
        lines = Path(f"/proc/{container.pid}/net/tcp").read_text().splitlines()[1:]
        return any(line.split()[2].endswith(":0FA0") and not line.split()[4].endswith(":00000000") for line in lines)

    def settled() -> bool:
        """Whether all that had come before the cut was read and kept."""
        before = said.stat().st_size
        time.sleep(0.3)
        return not unread() and said.stat().st_size == before

    for world in busy.world(container):
        with echo(world, 4000) as server:
            try:
                assert busy.until(lambda: reaches("10.99.0.1"))
                busy_container.start("(while true; do echo x; sleep 0.05; done) | nc 10.99.0.1 4000 > /out/said")
                busy_container.start("nc -ll -p 5000 -e cat")
                assert busy.until(lambda: said.exists() and said.stat().st_size > 4)

                assert "cgroup + nft" in responder.isolate_container(cut).en
                responder.isolate_container(cut)  # twice is as once
                assert busy.until(settled)
                size = said.stat().st_size
                assert not reaches("10.99.0.1")
                assert busy.until(lambda: reaches("10.99.0.2"))
                assert busy.until(
                    lambda: "hi" in busy_container.do("sh", "-c", "echo hi | nc -w 1 127.0.0.1 5000", check=False)
                )
                assert said.stat().st_size == size
                assert len(list((pins / "eff-cut").iterdir())) == 7

                responder.reconnect_container(back)
                responder.reconnect_container(back)
                assert busy.until(lambda: reaches("10.99.0.1"))
                assert not (pins / "eff-cut").exists()
            finally:
                server.kill()


@pytest.mark.root
@pytest.mark.container
def test_a_container_in_the_machines_network_is_cut_off_alone(
    responder: LinuxResponder, busy_image: str, common: Common
) -> None:
    """Its own cgroup is cut off; the machine's network is not touched by nft."""
    for each in busy.run(busy_image, network="host"):
        cut = IsolateContainer(**common("eff-host"), container_id=each.id, runtime="podman")
        back = ReconnectContainer(**common("eff-b"), container_id=each.id, runtime="podman", undoes="eff-host")
        assert responder.isolate_container(cut).en == "Cut off by cgroup."
        tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=False).stdout
        assert "periderm" not in tables
        responder.reconnect_container(back)
