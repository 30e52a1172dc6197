"""Samples of what programs use."""

from __future__ import annotations

from periderm.engines.runtime.scene import SHOP
from periderm.model.resource_sample import ResourceSample


def test_what_could_not_be_read_is_not_nought() -> None:
    """A figure that nobody gives is -1, which no process uses."""
    sample = ResourceSample(subject=SHOP, program="/usr/sbin/nginx", time=1)
    assert (sample.cpu, sample.memory, sample.files, sample.children) == (-1.0, -1, -1, -1)
    assert sample == ResourceSample(subject=SHOP, program="/usr/sbin/nginx", time=1, pid=0)
