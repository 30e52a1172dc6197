"""Libraries that every program loads."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import preloaded_library
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.image import ImageConfig

CASES = [
    (GivenImage(layers=((GivenFile("etc/ld.so.preload", b"/usr/lib/libjemalloc.so.2\n", 0o644),),)), ["LOW"], "an allocator"),
    (
        GivenImage(layers=((GivenFile("etc/ld.so.preload", b"/tmp/libjemalloc.so\n", 0o644),),)),
        ["HIGH"],
        "an allocator in a temporary folder",
    ),
    (GivenImage(layers=((GivenFile("etc/ld.so.preload", b"/lib/a.so:/lib/b.so\n", 0o644),),)), ["HIGH"], "two in a line"),
    (GivenImage(config=ImageConfig(environment=("LD_PRELOAD=/opt/x.so",))), ["LOW"], "a setting"),
    (GivenImage(config=ImageConfig(environment=("LD_PRELOAD=build/x.so",))), ["MEDIUM"], "of the folder of the moment"),
    (GivenImage(config=ImageConfig(environment=("LD_PRELOAD=libx.so $ORIGIN/y.so",))), ["LOW"], "by its bare name"),
    (GivenImage(config=ImageConfig(environment=("LD_PRELOAD=/opt/a.so:/dev/shm/b.so",))), ["HIGH"], "the worst counts"),
    (GivenImage(config=ImageConfig(environment=("LD_AUDIT=/usr/lib/a/.b/x.so",))), ["HIGH"], "a hidden folder"),
    (GivenImage(config=ImageConfig(environment=("LD_LIBRARY_PATH=/opt/a:/tmp",))), ["HIGH"], "libraries of anyone"),
    (
        GivenImage(
            layers=((GivenFile("usr/lib/libx.so", b"\x7fELF", 0o755),),),
            owners=(("usr/lib/libx.so", "x"),),
            config=ImageConfig(environment=("LD_PRELOAD=/usr/lib/libx.so",)),
        ),
        ["INFORMATIONAL"],
        "a package's",
    ),
    (GivenImage(config=ImageConfig(environment=("LD_PRELOAD=",))), [], "an empty setting"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(preloaded_library.DETECTOR, given)] == severities
