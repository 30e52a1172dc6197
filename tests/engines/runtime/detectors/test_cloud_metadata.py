"""All addresses of metadata services, in all ways of writing them."""

from __future__ import annotations

import ipaddress

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.cloud_metadata import DETECTOR, SERVICES
from periderm.engines.runtime.scene import connects, runs, scene


def forms(address: str) -> list[str]:
    """The ways in which a sensor may write an address."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        high, low = divmod(int(parsed), 1 << 16)
        return [address, f"::ffff:{address}", f"::ffff:{high:x}:{low:x}", f"0:0:0:0:0:ffff:{high:x}:{low:x}"]
    return [parsed.compressed, parsed.exploded, parsed.exploded.upper()]


@pytest.mark.parametrize("written", [form for address in SERVICES for form in forms(address)])
def test_every_service_in_every_form(written: str) -> None:
    """The prefilter must let each form through, and the detector must know it."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), connects(2, written, 80)))


@pytest.mark.parametrize(
    "address", ["169.254.169.25", "1.169.254.169", "fd00:ec2::2540", "::", "/run/x.sock", "", "fd00:ec3::254"]
)
def test_others_are_quiet(address: str) -> None:
    """Addresses that look alike, and what is none."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), connects(2, address, 80))) == []
