"""One look at a registry: digests are asked, manifests fetched when they are new, images queued, what is gone is marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.flow import look_registry
from periderm.flow.look_registry import Look, LookEndedError
from periderm.model.envelope import ScanResult
from periderm.model.errors import ConnectError, DeniedError, UsageError
from periderm.model.query import Query
from periderm.model.queue import Asked
from periderm.model.watching import LookState, TagFilter, WatchedRegistry
from tests.ports.plugs import CountingClock
from tests.registries import MemoryRegistry

WATCH = WatchedRegistry(name="shop", registry="registry.test", repositories=("team/*",), credentials="env:SHOP")


class Given:
    """A store, a registry, and looks at it."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.registry = MemoryRegistry()
        self.watch = WATCH
        store.put_registry(WATCH)

    def look(self, **more: Any) -> LookState:
        """The whole registry; what was asked is counted anew."""
        self.registry.asked.clear()
        return self.made(**more).all(LookState())

    def made(self, **more: Any) -> Look:
        return Look(self.watch, self.registry, self.store, CountingClock(), **more)

    def tags(self, **query: Any) -> dict[str, int]:
        """The stored tags, and since when they are gone."""
        return {f"{t.repository}:{t.tag}": t.gone for t in self.store.tags(Query(kind="shop", limit=1000, **query)).items}

    def waiting(self) -> set[str]:
        """The images that wait."""
        return {job.image_digest for job in self.store.scan_jobs(Query(limit=1000)).items}


@pytest.fixture
def given_(tmp_path: Path) -> Iterator[Given]:
    """An empty registry and store."""
    store = SqlStore(str(tmp_path / "p.sqlite"), CountingClock())
    yield Given(store)
    store.close()


def test_the_first_look_finds_all_and_the_next_asks_only_digests(given_: Given) -> None:
    """A HEAD for each tag, and not a manifest for what is as before."""
    configs = {given_.registry.push("team/web", f"v{n}") for n in range(3)}
    given_.registry.push("other/api", "v1")
    state = given_.look()
    assert (state.repositories, state.tags, state.new_images, state.left_out) == (1, 3, 3, ())
    assert given_.waiting() == configs
    state = given_.look()
    assert (state.new_images, state.changed, state.gone) == (0, 0, 0)
    assert given_.registry.asked == {"repositories": 1, "tags": 1, "digest": 3}


def test_a_queued_image_can_be_opened(given_: Given) -> None:
    """By its manifest's digest, with the name of the credentials and never themselves, known by its configuration's digest."""
    config = given_.registry.push("team/web", "v1")
    given_.look(asked=Asked.PUSHED, asked_by="webhook")
    manifest = given_.registry.named["team/web"]["v1"]
    request = given_.store.take_scan("w", 1 << 60, 1 << 50)
    assert request is not None
    assert request.image_digest == config
    assert request.source == f"registry:registry.test/team/web:v1@{manifest}"
    assert (request.asked, request.asked_by, request.credentials) == (Asked.PUSHED, "webhook", "env:SHOP")
    assert (request.reference, request.node_id) == ("registry.test/team/web:v1", "")
    assert list(given_.store.images_named(manifest)) == [config]


def test_a_tag_that_moved_is_scanned_and_one_that_went_is_marked(given_: Given) -> None:
    """What a scan found stays; a tag that comes back is there again."""
    first = given_.registry.push("team/web", "v1")
    given_.registry.push("team/web", "v2")
    given_.look()
    given_.store.put_scan_result(ScanResult(image_digest=first, node_id="", time=1, seconds=1, findings=()))
    second = given_.registry.push("team/web", "v1", "moved")
    gone = given_.registry.named["team/web"].pop("v2")
    state = given_.look()
    assert (state.changed, state.gone, state.new_images) == (1, 1, 1)
    assert second in given_.waiting()
    assert given_.tags(state="gone").keys() == {"team/web:v2"}
    assert given_.store.scan_results(Query(image_digest=first)).total == 1
    given_.registry.named["team/web"]["v2"] = gone
    given_.look()
    assert given_.tags(state="gone") == {}


def test_a_repository_that_went_takes_its_tags_along(given_: Given) -> None:
    """Whether the list does not have it any more, or it says so itself."""
    given_.registry.push("team/web", "v1")
    given_.registry.push("team/api", "v1")
    given_.look()
    del given_.registry.named["team/web"]
    assert given_.look().gone == 1
    given_.watch = msgspec.structs.replace(WATCH, repositories=("team/api",))
    del given_.registry.named["team/api"]
    assert given_.look().gone == 1
    assert set(given_.tags()) == set(given_.tags(state="gone")) == {"team/web:v1", "team/api:v1"}


def test_an_index_gives_the_images_of_the_platforms(given_: Given) -> None:
    """Attestations and other platforms are not fetched; each digest on the way names the image."""
    amd, amd_config = given_.registry.image("amd")
    arm, _ = given_.registry.image("arm")
    index = given_.registry.index(linux_amd64=amd, linux_arm64=arm, unknown_unknown=arm)
    given_.registry.named["team/web"] = {"v1": index, "again": index}
    state = given_.look()
    assert given_.waiting() == {amd_config}
    assert state.new_images == 1
    assert given_.registry.asked["manifest"] == 2
    assert list(given_.store.digests_of(amd_config)) == [amd_config, *sorted((amd, index))]
    given_.watch = msgspec.structs.replace(WATCH, name="all", platforms=("*",))
    given_.store.put_registry(given_.watch)
    assert given_.look().new_images == 1


def test_what_is_no_image_is_known_and_not_asked_for_again(given_: Given) -> None:
    """A chart, an index in an index; what cannot be read is told, and tried again each time."""
    chart, _ = given_.registry.image("chart", media="application/vnd.cncf.helm.config.v1+json")
    inner = given_.registry.index(linux_amd64=chart)
    given_.registry.named["team/web"] = {"chart": chart, "nested": given_.registry.index(linux_amd64=inner)}
    assert given_.look().left_out == ()
    given_.look()
    assert given_.registry.asked["manifest"] == 0
    broken = given_.registry.put("application/vnd.oci.image.manifest.v1+json", {"config": 3})
    given_.registry.named["team/web"] = {"broken": broken, "lost": "sha256:" + "0" * 64}
    for _ in range(2):
        told = given_.look().left_out
        assert len(told) == 2
        assert given_.registry.asked["manifest"] == 2
    assert given_.waiting() == set()


def test_the_newest_are_chosen_by_when_they_were_built(given_: Given) -> None:
    """The dates are asked for once; when a newer one comes the oldest is passed over and keeps its results."""
    given_.watch = msgspec.structs.replace(WATCH, tags=TagFilter(newest=2))
    for day in (3, 1, 2):
        given_.registry.push("team/web", f"d{day}", created=f"2026-01-0{day}T00:00:00Z")
    assert given_.look().new_images == 2
    assert given_.tags(state="passed").keys() == {"team/web:d1"}
    given_.registry.push("team/web", "d9", created="2026-01-09T00:00:00Z")
    assert given_.look().new_images == 1
    assert given_.registry.asked["blob"] == 1
    assert given_.tags(state="passed").keys() == {"team/web:d1", "team/web:d2"}


def test_an_absurd_configuration_is_not_fetched(given_: Given) -> None:
    """Its size is the registry's word: beyond the limit it is told and left."""
    given_.watch = msgspec.structs.replace(WATCH, tags=TagFilter(newest=2))
    given_.registry.push("team/web", "v1", size=1 << 40)
    (told,) = given_.look().left_out
    assert str(1 << 40) in told
    assert given_.registry.asked["blob"] == 0


def test_a_registry_that_is_away_ends_the_look(given_: Given) -> None:
    """And nothing is called gone for it."""
    given_.registry.push("team/web", "v1")
    given_.look()
    given_.registry.away = True
    with pytest.raises(ConnectError):
        given_.look()
    assert given_.tags(state="gone") == {}


def test_what_nobody_may_read_is_told(given_: Given) -> None:
    """One repository of two is left out and said; where all are refused the look has failed."""
    given_.registry.push("team/web", "v1")
    given_.registry.push("team/api", "v1")
    given_.registry.refused = {"team/web"}
    state = given_.look()
    assert state.new_images == 1
    assert state.left_out == ("team/web: Nobody may read team/web.",)
    given_.registry.refused = {"team/web", "team/api"}
    with pytest.raises(DeniedError):
        given_.look()


def test_globs_need_a_catalogue_and_names_do_not(given_: Given) -> None:
    """A registry without one is asked by name."""
    given_.registry.push("team/web", "v1")
    given_.registry.catalogue = False
    with pytest.raises(UsageError):
        given_.look()
    given_.watch = msgspec.structs.replace(WATCH, repositories=("team/web",))
    assert given_.look().new_images == 1


def test_one_tag_is_looked_at_alone(given_: Given) -> None:
    """What a webhook names: one HEAD, and no other tag is touched. What is not watched is not asked for at all."""
    given_.registry.push("team/web", "v1")
    given_.registry.push("team/web", "v2")
    given_.registry.push("secret/api", "v1")
    given_.look()
    moved = given_.registry.push("team/web", "v2", "moved")
    given_.registry.asked.clear()
    look = given_.made(asked=Asked.PUSHED)
    look.some(LookState(), "team/web", "v2")
    assert given_.registry.asked == {"digest": 1, "manifest": 1}
    assert moved in given_.waiting()
    given_.registry.asked.clear()
    for repository in ("secret/api", "team/*", "../etc"):
        look.some(LookState(), repository, "v1")
    assert given_.registry.asked == {}
    given_.registry.named["team/web"].pop("v1")
    look.some(LookState(), "team/web", "v1")
    assert given_.tags(state="gone").keys() == {"team/web:v1"}
    look.some(LookState(), "team/none", "")
    assert look.some(LookState(), "team/web", "").left_out == ()


def test_a_full_queue_is_filled_by_the_next_look(given_: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost: the image waits in the registry, and the look says so."""
    monkeypatch.setattr(look_registry, "MOST_WAITING", 2)
    configs = {given_.registry.push("team/web", f"v{n}") for n in range(4)}
    state = given_.look()
    assert state.new_images == 2
    assert state.left_out == ("the queue is full: 2 images wait",)
    for job in given_.store.scan_jobs(Query()).items:
        given_.store.put_scan_result(ScanResult(image_digest=job.image_digest, node_id="", time=1, seconds=1, findings=()))
    state = given_.look()
    assert (state.new_images, state.left_out) == (2, ())
    scanned = {r.image_digest for r in given_.store.scan_results(Query()).items}
    assert given_.waiting() | scanned == configs


def test_a_look_that_is_stopped_keeps_what_it_has(given_: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a server that is started again does not fetch everything again."""
    monkeypatch.setattr(look_registry, "SAVE_EVERY", 2)
    for n in range(5):
        given_.registry.push("team/web", f"v{n}")

    def still() -> None:
        if given_.registry.asked["manifest"] >= 3:
            raise LookEndedError

    with pytest.raises(LookEndedError):
        given_.look(still=still)
    assert len(given_.waiting()) == 2
    assert given_.look().new_images == 3
    assert given_.registry.asked["manifest"] == 3
