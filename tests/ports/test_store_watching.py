"""What every store promises of watched registries, and of the digests that name an image."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm.model.query import Query
from periderm.model.watching import LookState, PlatformImage, RegistryCall, RegistryTag, WatchedRegistry
from periderm.ports.store import Store
from tests.ports.plugs import STORES, container, image

WATCH = WatchedRegistry(name="shop", registry="registry.test", made=5)
MANIFEST, INDEX = "sha256:" + "a" * 64, "sha256:" + "b" * 64


@pytest.fixture(params=STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


def tag(number: int = 1, **more: Any) -> RegistryTag:
    """A tag of the shop."""
    given: dict[str, Any] = {"watch": "shop", "registry": "registry.test", "repository": "web", "tag": f"v{number}"}
    images = (PlatformImage("linux/amd64", MANIFEST, f"sha256:{number}"),)
    return RegistryTag(**{**given, "digest": INDEX, "images": images, "changed": number, "last_seen": 1, **more})


def test_a_registry_is_watched_until_it_is_removed(store: Store) -> None:
    """A change keeps how looking went and asks for a look; removing forgets its tags and calls and nobody else's."""
    assert store.registry("shop") is None
    store.put_registry(WATCH)
    store.put_registry(WatchedRegistry(name="other", registry="other.test"))
    store.put_look("shop", LookState(looks=3, next=99))
    changed = msgspec.structs.replace(WATCH, every=60)
    store.put_registry(changed)
    assert store.registries()[1] == (changed, LookState(looks=3, next=99))
    assert store.registry("shop") == changed
    store.put_tags([tag(), tag(watch="other")])
    store.put_call(RegistryCall(watch="shop"))
    before = list(store.changes(0))
    store.put_registry(changed)
    assert list(store.changes(0)) == before
    assert store.remove_registry("shop") is True
    assert store.remove_registry("shop") is False
    assert [watch.name for watch, _ in store.registries()] == ["other"]
    assert [t.watch for t in store.tags(Query()).items] == ["other"]
    assert list(store.calls(10**9)) == []
    store.put_look("shop", LookState())
    assert len(store.registries()) == 1


def test_tags_are_listed(store: Store) -> None:
    """By registry, state, image and text, those that changed last first; and all of a repository at once."""
    store.put_tags([tag(1), tag(2, gone=9), tag(3, chosen=False), tag(4, repository="web-two"), tag(5, watch="other")])
    assert [t.tag for t in store.tags(Query(kind="shop")).items] == ["v4", "v3", "v2", "v1"]
    assert [t.tag for t in store.tags(Query(kind="shop", state="gone")).items] == ["v2"]
    assert [t.tag for t in store.tags(Query(state="passed")).items] == ["v3"]
    assert [t.tag for t in store.tags(Query(image_digest="sha256:4")).items] == ["v4"]
    assert store.tags(Query(text="WEB-TWO")).total == 1
    assert [t.tag for t in store.tags_of("shop", "web")] == ["v1", "v2", "v3"]
    assert [t.tag for t in store.tags_of("shop")] == ["v4", "v1", "v2", "v3"]


def test_a_call_waits_once(store: Store) -> None:
    """The same again is one, so many wait and no more, and what was looked at is gone."""
    call = RegistryCall(watch="shop", repository="web", tag="v1", not_before=10)
    assert store.put_call(call) is True
    assert store.put_call(msgspec.structs.replace(call, not_before=5)) is True
    assert list(store.calls(9)) == []
    assert list(store.calls(10)) == [call]
    assert store.put_call(RegistryCall(watch="shop", repository="api"), most=1) is False
    assert store.put_call(RegistryCall(watch="other"), most=1) is True
    store.end_calls([call])
    assert [c.watch for c in store.calls(100)] == ["other"]


def test_all_digests_name_their_image(store: Store) -> None:
    """That of the configuration, of the manifest, of an index, and of a name that a runtime pulled by digest: what runs of
    any of them runs of the image."""
    store.put_tags([tag(1)])
    named = "sha256:" + "c" * 64
    store.put_assets([image(1, references=(f"registry.test/web@{named}", "web:1"))])
    assert list(store.digests_of("sha256:1")) == ["sha256:1", MANIFEST, INDEX, named]
    assert list(store.images_named(INDEX)) == ["sha256:1"]
    assert list(store.images_named("sha256:9")) == ["sha256:9"]
    runs = (("sha256:1", "web"), (MANIFEST, "web"), (INDEX, "web"), ("", f"registry.test/web@{named}"), ("sha256:2", "api"))
    store.put_assets(
        container(n, image_digest=digest, image_name=name, running=True) for n, (digest, name) in enumerate(runs, start=1)
    )
    assert store.images(Query(image_digest="sha256:1")).items[0].running == 4
