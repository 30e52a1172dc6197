"""One live sensor for each test file, since loading it takes seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from tests.adapters.sensor_ebpf import watching


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest) -> Iterator[EbpfSensor]:
    """A started sensor that reports only unknown mount namespaces."""
    sensor = watching.sensor(request.module.__name__.rsplit(".", 1)[-1])
    watching.start_quiet(sensor)
    yield sensor
    sensor.stop()
