"""The sample for real: built from Debian's packages, run by podman, attacked over HTTP. No sensor here: what the product
makes of it is the end-to-end test's. One image and one container for all tests of this file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.sample_debian import DebianSample
from periderm.adapters.sample_podman import LABELS, PodmanSample
from periderm.adapters.sample_visitor import NamespaceVisitor
from periderm.app.demo import DemoSample
from periderm.model.errors import ContainerRuntimeError
from periderm.ports.sample import Sample
from tests.ports.tiny import TinyImage, podman

pytestmark = [pytest.mark.container, pytest.mark.slow]

# The product's own cache and image: building takes half a minute, so what `periderm demo` built is used again.
CACHE = Path("/var/cache/periderm/sample")
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=64:64")


def quiet(text: str, share: float | None) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def sample() -> Iterator[Sample]:
    """The sample, built; its container has a name of its own, so that a demo that runs beside is left alone."""
    name = f"periderm-sample-test-{os.getpid()}"
    made = DemoSample(DebianSample(CACHE), PodmanSample(CACHE, name=name), NamespaceVisitor, SystemClock(), pause=0.0)
    if missing := made.available():
        pytest.skip(missing)
    made.build(quiet)
    yield made
    made.stop()


@pytest.fixture
def running(sample: Sample) -> Iterator[Sample]:
    """A fresh container."""
    sample.start()
    yield sample
    sample.stop()


def test_the_image_has_real_layers_and_real_weaknesses(sample: Sample) -> None:
    """What makes each step of the attack possible is in the image for a scan to find."""
    image = sample.image_digest().removeprefix("sha256:")
    assert int(podman("image", "inspect", "--format", "{{len .RootFS.Layers}}", image)) >= 2
    assert podman("image", "inspect", "--format", "{{.User}}", image) == ""
    assert "PAYMENT_API_TOKEN=tok_live_" in podman("image", "inspect", "--format", "{{.Config.Env}}", image)


def test_building_again_changes_nothing(sample: Sample) -> None:
    """The same sources, the same image, and no work."""
    before = sample.image_digest()
    steps: list[str] = []
    sample.build(lambda text, _: steps.append(text))
    assert sample.image_digest() == before
    assert steps == []


def test_normal_work_is_answered(running: Sample) -> None:
    """Pages and look-ups come back as they should; nothing of the attack is there."""
    answered = 0
    for _ in range(30):  # until there are some, however slow this machine is
        shares: list[float] = []
        answered += running.normal_work(2.0, shares.append)
        assert shares == sorted(shares)
        if answered > 5:
            break
    assert answered > 5
    assert running.marker_absent()


def test_every_step_of_the_attack_is_real(running: Sample) -> None:
    """Each step happens through the web page; the dropped program leaves its marker unless it was killed."""
    steps = {step.name: step for step in running.attack()}
    assert list(steps) == ["shell", "credentials", "drop", "execute", "miner"]
    assert all(step.happened for step in steps.values()), steps
    assert "uid=0(root)" in steps["shell"].detail
    assert "root:" in steps["credentials"].detail
    assert "AKIA" in steps["credentials"].detail
    # An agent that runs on this machine beside the tests may enforce: then the program was killed and wrote nothing.
    killed = "status 137" in steps["execute"].detail
    assert killed != ("dropped program ran" in steps["execute"].detail)
    assert running.marker_absent() == killed


def test_the_container_can_reach_nobody(running: Sample) -> None:
    """Only its own loopback interface is there, and the miner's address is gone after the step."""
    list(running.attack())
    name = podman("ps", "--format", "{{.Names}}", "--filter", f"name=periderm-sample-test-{os.getpid()}")
    routes = podman("exec", name, "cat", "/proc/net/route", "/proc/net/fib_trie")
    assert "203.0.113.7" not in routes
    interfaces = podman("exec", name, "cat", "/proc/net/dev")
    assert [line.split(":")[0].strip() for line in interfaces.splitlines()[2:]] == ["lo"]


def test_it_has_an_owner(running: Sample) -> None:
    """So that its incident has one."""
    name = f"periderm-sample-test-{os.getpid()}"
    for key, value in LABELS.items():
        assert podman("inspect", "--format", f'{{{{index .Config.Labels "{key}"}}}}', name) == value


def test_a_start_replaces_what_is_left_over(running: Sample) -> None:
    """The id is new, and the old one is gone."""
    first = podman("inspect", "--format", "{{.Id}}", f"periderm-sample-test-{os.getpid()}")
    second = running.start()
    assert second != first
    assert podman("ps", "--all", "--quiet", "--no-trunc", "--filter", f"name=periderm-sample-test-{os.getpid()}") == second


def test_a_container_that_is_not_ours_is_left_alone(tiny_image: TinyImage) -> None:
    """The name alone is not enough to be removed."""
    name = f"periderm-stranger-{os.getpid()}"
    podman("create", "--name", name, "--network=none", *LIMITS, tiny_image.reference, "/beat")
    try:
        with pytest.raises(ContainerRuntimeError, match="not the sample"):
            PodmanSample(CACHE, name=name).stop()
    finally:
        podman("rm", "--force", name)


def test_stopping_removes_the_container(sample: Sample) -> None:
    """And stopping again is no error."""
    sample.start()
    sample.stop()
    sample.stop()
    assert podman("ps", "--all", "--quiet", "--filter", f"name=periderm-sample-test-{os.getpid()}") == ""
    with pytest.raises(ContainerRuntimeError):
        sample.marker_absent()
