"""Command lines."""

from __future__ import annotations

import shlex

from periderm.formats.hardening.command import write
from periderm.model.hardening import Door, Hardening, Writable

SHOP = Hardening(
    workload_id="w",
    name="shop",
    image="localhost/shop:1",
    read_only=True,
    writable=(Writable("/run", False), Writable("/data", True), Writable("/lent", True, True)),
    capabilities=("CAP_SETUID",),
    no_new_privileges=True,
    user="101",
    listens=(Door("tcp", 80),),
    watched_network=True,
    published=("0.0.0.0:8080->80/tcp",),
)


def test_a_shell_reads_it_as_it_is_meant() -> None:
    """Each option stands for one measure; what is lent already is not asked for again."""
    words = shlex.split(write(SHOP, "podman", "shop-seccomp.json").decode().replace("\\\n", " "))
    assert words[:4] == ["podman", "run", "-d", "--name"]
    assert words[-1] == "localhost/shop:1"
    text = " ".join(words)
    for part in (
        "--read-only --read-only-tmpfs=false",
        "--volume shop-data:/data",
        "--tmpfs /run",
        "--cap-drop=ALL --cap-add=SETUID",
        "--security-opt no-new-privileges",
        "--security-opt seccomp=shop-seccomp.json",
        "--user 101",
        "--publish 0.0.0.0:8080:80/tcp",
    ):
        assert part in text
    assert "/lent" not in text
    assert "--network" not in text


def test_docker_has_its_own_words() -> None:
    """It knows no switch for Podman's temporary folders."""
    text = write(SHOP, "docker").decode()
    assert "no-new-privileges:true" in text
    assert "read-only-tmpfs" not in text
    assert "seccomp" not in text


def test_who_talks_to_nobody_gets_no_network_and_what_is_unknown_is_left() -> None:
    """Nothing is taken away that was not watched."""
    silent = Hardening(workload_id="w", name="a b; rm", image="x y", watched_network=True)
    words = shlex.split(write(silent, "docker").decode().replace("\\\n", " "))
    assert words == ["docker", "run", "-d", "--name", "a-b-rm", "--network=none", "x y"]
