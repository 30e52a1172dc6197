"""Words of `periderm registry`: one for each way in which a registry and a tag can be."""

from __future__ import annotations

import msgspec

from periderm.app.registries import Watched
from periderm.cli.registry_words import details, state_name, state_of, tag_state
from periderm.model.watching import LookState, PlatformImage, RegistryTag, TagFilter, WatchedRegistry

WATCH = WatchedRegistry(name="shop", registry="r.test")
TAG = RegistryTag(
    watch="shop", registry="r", repository="web", tag="v1", digest="d", images=(PlatformImage("", "m", "i"),), queued=True
)


def test_how_a_registry_goes() -> None:
    """Paused before failing, failing before fine."""
    states = {
        "paused": Watched(watch=msgspec.structs.replace(WATCH, paused=True), state=LookState(failing=1)),
        "failing": Watched(watch=WATCH, state=LookState(failing=1, looked=1)),
        "looking": Watched(watch=WATCH, state=LookState(looking=1)),
        "fine": Watched(watch=WATCH, state=LookState(looked=1)),
        "new": Watched(watch=WATCH, state=LookState()),
    }
    assert {state_name(found): name for name, found in states.items()} == {name: name for name in states}
    assert len({state_of(found).zh for found in states.values()}) == 5


def test_what_a_tag_is() -> None:
    """Each in words of its own."""
    kinds = (
        TAG,
        msgspec.structs.replace(TAG, gone=1),
        msgspec.structs.replace(TAG, chosen=False),
        msgspec.structs.replace(TAG, digest="", images=()),
        msgspec.structs.replace(TAG, images=()),
        msgspec.structs.replace(TAG, queued=False),
    )
    assert len({tag_state(tag).en for tag in kinds}) == len(kinds)


def test_details_leave_out_what_is_not_said() -> None:
    """The credentials are always told by where they lie."""
    told = {label.en: value for label, value in details(Watched(watch=WATCH, state=LookState()))}
    assert told["Credentials"] == "docker"
    assert "Owner" not in told
    watch = msgspec.structs.replace(WATCH, tags=TagFilter(only=("v*",), never=("x",), newest=3))
    told = {label.en: value for label, value in details(Watched(watch=watch, state=LookState()))}
    assert told["Tags"] == "v*, !x, 3 newest"
