"""Ports for remote administration."""

from __future__ import annotations

from periderm.engines.image import run_example
from periderm.engines.image.detectors import admin_port
from periderm.engines.image.facts import GivenImage
from periderm.model.image import ImageConfig


def test_ports() -> None:
    """Each by its own place; other ports and protocols are left alone."""
    found = run_example(
        admin_port.DETECTOR, GivenImage(config=ImageConfig(exposed_ports=("22/tcp", "3389", "8080/tcp", "514/udp")))
    )
    assert [one.location for one in found] == ["config:ExposedPorts:22/tcp", "config:ExposedPorts:3389"]
