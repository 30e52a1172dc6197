"""Reading all layers."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Iterator

import msgspec
import pytest

from periderm.flow.layer_facts import LayerFacts
from periderm.flow.layers import Advance
from periderm.flow.reading import NoCache, Reading, key_of, named
from periderm.model.errors import FormatError
from periderm.model.image import FileType, LayerEntry
from periderm.model.text import Text
from periderm.ports.image_source import BlobLayer, Layer, TreeLayer


class Kept(NoCache):
    """A cache in memory."""

    engine = "e1"

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, key: str) -> bytes | None:
        """What was put."""
        return self.values.get((kind, key))

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it."""
        self.values[kind, key] = data


def blob(number: int, size: int = 1) -> BlobLayer:
    """A layer that is only a name."""
    return BlobLayer(f"sha256:{number}", "", size, lambda: iter(()))


def facts_of(layer: Layer, limited: bool = False) -> LayerFacts:
    """Facts that tell which layer it was."""
    return LayerFacts(1, [LayerEntry(layer.diff_id, FileType.REGULAR, 0, 0, 0, 0, 0)], limited=limited)


def names(reading: Reading) -> list[str]:
    """Which layers' facts came, in order."""
    return [facts.entries[0].path for facts in reading.facts()]


def test_in_order_though_the_largest_is_read_first() -> None:
    """Two readers begin with the largest; the facts come from the lowest up; a layer that is there twice is read once."""
    begun: list[str] = []

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        begun.append(layer.diff_id)
        return facts_of(layer)

    layers: list[Layer] = [blob(1, 5), blob(2, 50), blob(3, 1), blob(2, 50), TreeLayer("t", tuple)]
    told = names(Reading(layers, read, cache=NoCache(), looked_for="all", advance=lambda _: None))
    assert told == ["sha256:1", "sha256:2", "sha256:3", "sha256:2", "t"]
    assert sorted(begun) == ["sha256:1", "sha256:2", "sha256:3", "t"]


def test_both_read_at_the_same_time() -> None:
    """Two layers are under way together: each waits for the other here."""
    meet = threading.Barrier(2, timeout=180)

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        meet.wait()
        return facts_of(layer)

    assert len(names(Reading([blob(1), blob(2)], read, cache=NoCache(), looked_for="all", advance=lambda _: None))) == 2


def test_kept_layers_are_not_read() -> None:
    """The second time nothing is read but what lies unpacked; other code or another question reads again."""
    cache, begun = Kept(), []

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        begun.append(layer.diff_id)
        return facts_of(layer)

    layers: list[Layer] = [blob(1), blob(2), TreeLayer("t", tuple)]
    first = names(Reading(layers, read, cache=cache, looked_for="all", advance=lambda _: None))
    begun.clear()
    assert names(Reading(layers, read, cache=cache, looked_for="all", advance=lambda _: None)) == first
    assert begun == ["t"]
    names(Reading(layers, read, cache=cache, looked_for="packages", advance=lambda _: None))
    assert sorted(begun) == ["sha256:1", "sha256:2", "t", "t"]
    cache.engine = "e2"
    names(Reading(layers, read, cache=cache, looked_for="all", advance=lambda _: None))
    assert begun.count("sha256:1") == 2


def test_damage_in_the_cache_is_a_miss() -> None:
    """Bytes that are no facts are read over."""
    cache = Kept()
    cache.put("layer", key_of(blob(1), cache, "all"), b"nonsense")
    reading = Reading([blob(1)], lambda layer, _: facts_of(layer), cache=cache, looked_for="all", advance=lambda _: None)
    assert names(reading) == ["sha256:1"]
    assert reading.kept == 0


def test_what_a_shared_limit_cut_is_not_kept() -> None:
    """It would be read whole another time."""
    cache = Kept()
    names(
        Reading(
            [blob(1)], lambda layer, _: facts_of(layer, limited=True), cache=cache, looked_for="all", advance=lambda _: None
        )
    )
    assert cache.values == {}


@pytest.mark.parametrize("bad", [0, 1, 4])
def test_an_error_ends_all(bad: int) -> None:
    """Damage of one layer is raised, whoever read it, and the others end."""

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        if layer.diff_id == f"sha256:{bad}":
            raise FormatError("damaged")
        return facts_of(layer)

    with pytest.raises(FormatError, match="damaged"):
        names(Reading([blob(n) for n in range(5)], read, cache=NoCache(), looked_for="all", advance=lambda _: None))
    assert threading.active_count() >= 1


def test_whoever_stops_asking_stops_the_reading() -> None:
    """A reader whose facts nobody waits for any more ends at its next piece."""
    ours, caught = threading.Event(), threading.Event()
    ended: list[str] = []

    def read(layer: Layer, advance: Advance) -> LayerFacts:
        if threading.current_thread() is threading.main_thread():
            ours.set()
            assert caught.wait(180)
        elif layer.diff_id == "sha256:0":
            assert ours.wait(180)
        else:
            caught.set()
            try:
                while True:
                    advance(1)
            finally:
                ended.append(layer.diff_id)
        return facts_of(layer)

    facts = Reading(
        [blob(0, 9), blob(1, 8), blob(2, 1)], read, cache=NoCache(), looked_for="all", advance=lambda _: None
    ).facts()
    next(facts)
    facts.close()
    assert len(ended) == 1


def test_names_of_questions_differ() -> None:
    """Other parts, another name."""
    assert named(["a", "b"]) != named(["ab"]) != named(["a", "b", ""])


class Pair:
    """`ports.sandbox.Mate` for two threads: the helper may vanish with a part that it has begun."""

    def __init__(self, vanish_at: int = 99) -> None:
        self.tickets = itertools.count()
        self.parts: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
        self.vanish_at = vanish_at

    def ticket(self) -> int:
        """The next number."""
        return next(self.tickets)

    def give(self, number: int, data: bytes) -> None:
        """Takes a part."""
        if number == self.vanish_at:
            raise FormatError("the helper met something bad")
        self.parts.put((number, data))

    def given(self) -> Iterator[tuple[int, bytes]]:
        """All parts until the end."""
        while (part := self.parts.get()) is not None:
            yield part

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """No lock."""
        return contextlib.nullcontext()


@pytest.mark.parametrize("vanish_at", [99, 0, 2])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_two_processes_share_the_layers(vanish_at: int, count: int) -> None:
    """Each layer is read once, by either; what a helper that vanished had begun is read again; the order holds."""
    pair, begun = Pair(vanish_at), []
    layers = [blob(n, 9 - n) for n in range(count)]

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        begun.append(layer.diff_id)
        return facts_of(layer)

    def helper() -> None:
        with contextlib.suppress(FormatError):
            Reading(layers, read, cache=NoCache(), looked_for="all", advance=lambda _: None).help_with(pair)
        pair.parts.put(None)

    second = threading.Thread(target=helper)
    second.start()
    told = names(Reading(layers, read, cache=NoCache(), looked_for="all", advance=lambda _: None, mate=pair))
    second.join()
    assert told == [layer.diff_id for layer in layers]
    assert len(begun) <= count + (vanish_at < count)
    assert set(begun) == set(told)


def test_a_folder_that_its_storage_names_is_kept_too() -> None:
    """By that name; not if something in it could not be read, and never the layer that a container writes."""
    cache, begun = Kept(), []
    missed = False

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        begun.append(layer.diff_id)
        told = facts_of(layer)
        return msgspec.structs.replace(told, missed=(Text("x", "x"),)) if missed else told

    def all_of(identity: str) -> list[str]:
        begun.clear()
        layers: list[Layer] = [TreeLayer("a", tuple, tuple, identity), TreeLayer("b", tuple)]
        names(Reading(layers, read, cache=cache, looked_for="all", advance=lambda _: None))
        return sorted(begun)

    missed = True
    assert all_of("one") == all_of("one") == ["a", "b"]
    missed = False
    assert all_of("one") == ["a", "b"]
    assert all_of("one") == ["b"]
    assert all_of("two") == ["a", "b"]


def test_what_was_read_before_need_not_be_fetched() -> None:
    """Only layers whose facts are not kept are named; what was looked for counts, and what nobody can name is read anew."""
    cache = Kept()
    layers = [blob(1), blob(2), TreeLayer("sha256:3", lambda: iter(()))]

    def reading(looked_for: str) -> Reading:
        return Reading(
            layers, lambda layer, _advance: facts_of(layer), cache=cache, looked_for=looked_for, advance=lambda _size: None
        )

    assert reading("a").unread() == [0, 1, 2]
    list(reading("a").facts())
    assert reading("a").unread() == [2]
    assert reading("b").unread() == [0, 1, 2]


def test_a_clean_layers_name_beside_another_blob_is_no_clean_layer() -> None:
    """Facts count only for a blob that was seen to inflate to them; the same blob in another image need not be read."""
    cache = Kept()
    seen: list[str] = []

    def read(layer: Layer, _advance: Advance) -> LayerFacts:
        assert isinstance(layer, BlobLayer)
        seen.append(layer.blob_digest)
        if layer.blob_digest == "sha256:evil":
            raise FormatError("its digest is another one.")
        return facts_of(layer)

    def facts(blob_digest: str) -> list[LayerFacts]:
        layer = BlobLayer("sha256:clean", blob_digest, 1, lambda: iter(()))
        reading = Reading([layer], read, cache=cache, looked_for="a", advance=lambda _size: None)
        return list(reading.facts())

    for blob_digest in ("sha256:gzip", "sha256:gzip", "sha256:zstd", "sha256:clean", ""):
        assert facts(blob_digest)[0].entries[0].path == "sha256:clean"
    assert seen == ["sha256:gzip", "sha256:zstd"]
    with pytest.raises(FormatError):
        facts("sha256:evil")
