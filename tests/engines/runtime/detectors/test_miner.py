"""Miners, and who only speaks of them."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.miner import DETECTOR, POOL_PORTS
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    "line",
    [
        ("x", "--url=stratum+ssl://pool.example:443"),
        ("x", "-o", "STRATUM+TCP://pool.example:443"),
        ("x", "--donate-level", "1"),
        ("x", "--donate-level=0"),
        ("x", "--algo=rx/0"),
        ("x", "-a", "kawpow"),
        ("x", "-o", "gulf.moneroocean.stream:10128"),
        ("[kworker/u8:1]", "--coin=monero"),
    ],
)
def test_by_the_command_line(line: tuple[str, ...]) -> None:
    """A renamed miner must still be told where to dig."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/python3-config", *line)))


@pytest.mark.parametrize(
    ("exe", "argv"),
    [
        ("/usr/bin/grep", ("grep", "xmrig", "/var/log/x")),
        ("/usr/bin/dash", ("sh", "-c", "pgrep xmrig || echo none")),
        ("/usr/bin/apt-get", ("apt-get", "install", "xmrig")),
        ("/usr/bin/python3", ("python3", "determiner.py")),
        ("/usr/bin/curl", ("curl", "https://supportxmr.com/")),
    ],
)
def test_who_only_speaks_of_miners(exe: str, argv: tuple[str, ...]) -> None:
    """Searching, asking and words that contain a name."""
    assert run_example(DETECTOR, scene(runs(2, 1, exe, *argv))) == []


@pytest.mark.parametrize("port", sorted(POOL_PORTS))
def test_ports_need_context(port: int) -> None:
    """A stranger fires on each; an application of the image that calls an inner address does not."""
    stranger = runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER)
    assert run_example(DETECTOR, scene(stranger, connects(2, "203.0.113.5", port)))
    assert run_example(DETECTOR, scene(stranger, connects(2, "127.0.0.1", port))) == []
    assert run_example(DETECTOR, scene(stranger, connects(2, "::ffff:127.0.0.1", port))) == []
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), connects(2, "10.1.2.3", port))) == []


def test_an_attempt_below_a_servers_shell_counts_even_if_it_fails() -> None:
    """A container without a network refuses the call; the intruder has made it all the same."""
    events = scene(
        runs(1, 0, "/usr/sbin/lighttpd", "lighttpd"),
        runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
        runs(3, 2, "/usr/bin/perl", "perl", "-MIO::Socket"),
        connects(3, "203.0.113.5", 3333),
    ).events
    failed = events[-1].__class__(**{**{f: getattr(events[-1], f) for f in events[-1].__struct_fields__}, "ret": -101,
                                     "flags": EventFlag.FAILED})  # fmt: skip
    said = run_example(DETECTOR, scene(*events[:-1], failed))
    assert [alert.severity for alert in said] == [Severity.HIGH]
    assert said[0].evidence["result"] == "failed (-101)"


def test_a_host_is_judged_by_names_and_lines_not_by_ports() -> None:
    """Hosts call many ports."""
    browser = runs(20, 1, "/usr/bin/firefox", "firefox", on=HOST)
    assert run_example(DETECTOR, scene(browser, connects(20, "8.8.8.8", 3333, on=HOST))) == []
