"""A node's own images: what runs is asked for first, what does not when nobody minds, each once."""

from __future__ import annotations

from periderm.flow.own_images import OwnImages
from periderm.model.asset import Container, Image
from periderm.model.queue import Asked
from tests.ports.plugs import container, image


def given(*numbers: int) -> dict[str, tuple[Image, str]]:
    """Images of the node."""
    return {f"img-{n}": (image(n, references=(f"web:{n}",)), f"podman:sha256:{n}") for n in numbers}


def asked(own: OwnImages, images: dict[str, tuple[Image, str]], *running: Container) -> dict[str, Asked]:
    """What is asked for now."""
    return {request.image_digest: request.asked for request in own.requests(images, running, 7)}


def test_what_runs_is_more_urgent() -> None:
    """By digest or by name; each is asked for once."""
    own = OwnImages("nod-1")
    runs = (container(1, image_digest="sha256:1"), container(2, image_digest="", image_name="web:2"))
    assert asked(own, given(1, 2, 3), *runs) == {
        "sha256:1": Asked.RUNNING,
        "sha256:2": Asked.RUNNING,
        "sha256:3": Asked.UNUSED,
    }
    assert asked(own, given(1, 2, 3), *runs) == {}


def test_an_image_that_begins_to_run_moves_ahead() -> None:
    """It is asked for again; one whose container ended is not. One that was removed and pulled again is new."""
    own = OwnImages("nod-1")
    assert asked(own, given(1)) == {"sha256:1": Asked.UNUSED}
    assert asked(own, given(1), container(1, image_digest="sha256:1")) == {"sha256:1": Asked.RUNNING}
    assert asked(own, given(1)) == {}
    assert asked(own, {}) == {}
    assert asked(own, given(1)) == {"sha256:1": Asked.UNUSED}


def test_unused_images_can_be_left_out() -> None:
    """By choice; when one runs it is asked for all the same. The request says where it lies and names no credentials."""
    own = OwnImages("nod-1", unused=False)
    assert asked(own, given(1, 2)) == {}
    (request,) = own.requests(given(1, 2), [container(1, image_digest="sha256:2")], 7)
    assert (request.image_digest, request.source, request.node_id, request.requested) == (
        "sha256:2",
        "podman:sha256:2",
        "nod-1",
        7,
    )
    assert request.credentials == ""


def test_unused_images_may_be_wanted_later() -> None:
    """What was left out is asked for from the moment on at which the setting says so."""
    own = OwnImages("nod-1", unused=False)
    assert asked(own, given(1)) == {}
    own.unused = True
    assert asked(own, given(1)) == {"sha256:1": Asked.UNUSED}
