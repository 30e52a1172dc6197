"""Which files of images are in use."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from periderm.flow.usage import Usage
from periderm.model import usage
from periderm.ports.proc import ProcessFacts
from tests.flow.conftest import CONTAINER, IMAGE

OTHER = msgspec.structs.replace(CONTAINER, id="other", mount_namespace=CONTAINER.mount_namespace + 1)


class Processes:
    """Namespaces with files that the test decides."""

    def __init__(self) -> None:
        self.files: dict[int, frozenset[str]] = {}

    def facts(self, pid: int) -> ProcessFacts | None:
        return None

    def host_namespace(self) -> int:
        return 1

    def in_use(self, namespaces: Collection[int]) -> Mapping[int, frozenset[str]]:
        return {number: self.files[number] for number in namespaces if number in self.files}


def test_only_news_travel() -> None:
    """The first look tells that somebody looked; later ones tell only new files; replicas of an image are one."""
    proc = Processes()
    use = Usage("n", proc)
    (first,) = use.look([CONTAINER, OTHER], 5)
    assert (first.paths, first.since) == ((), 5)
    proc.files = {CONTAINER.mount_namespace: frozenset({"b", "a"}), OTHER.mount_namespace: frozenset({"a", "c"})}
    (second,) = use.look([CONTAINER, OTHER], 6)
    assert (second.paths, second.since, second.time) == (("a", "b", "c"), 5, 6)
    assert use.look([CONTAINER, OTHER], 7) == []
    (third,) = use.look([CONTAINER], 8, {CONTAINER.image_digest: {"usr/bin/curl"}, "sha256:foreign": {"x"}})
    assert third.paths == ("usr/bin/curl",)
    assert third.image_digest == IMAGE.digest


def test_an_image_that_ended_is_forgotten() -> None:
    """Memory is kept only for what runs; when it comes back it is told anew, which changes nothing in the store."""
    use = Usage("n", Processes())
    use.look([CONTAINER], 1)
    assert use.look([], 2) == []
    assert len(use.look([CONTAINER], 3)) == 1


def test_bounded() -> None:
    """A container that maps endless files is told up to a limit."""
    proc = Processes()
    proc.files = {CONTAINER.mount_namespace: frozenset(str(n) for n in range(usage.MOST_PATHS + 5))}
    use = Usage("n", proc)
    (told,) = use.look([CONTAINER], 1)
    assert len(told.paths) == usage.MOST_PATHS
    proc.files = {CONTAINER.mount_namespace: frozenset({"new"})}
    assert use.look([CONTAINER], 2) == []


class Sockets:
    """Sockets that the test decides, by process."""

    def __init__(self) -> None:
        self.places: dict[int, frozenset[str] | None] = {}

    def listening(self, pid: int) -> frozenset[str] | None:
        return self.places.get(pid)


def test_what_listens_is_told_when_it_is_new() -> None:
    """A port that opens travels; one that stays costs nothing; a container in the host's network says nothing of itself."""
    sockets = Sockets()
    web = msgspec.structs.replace(CONTAINER, pid=7)
    use = Usage("n", Processes(), sockets)
    (first,) = use.look([web], 1)
    assert first.listening is None  # nobody could look
    sockets.places = {7: frozenset({"0.0.0.0:80"})}
    (second,) = use.look([web], 2)
    assert (second.paths, second.listening) == ((), ("0.0.0.0:80",))
    assert use.look([web], 3) == []
    shared = msgspec.structs.replace(web, host_namespaces=("network",), image_digest="sha256:other")
    (third,) = use.look([shared], 4)
    assert third.listening is None
