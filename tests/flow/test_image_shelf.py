"""What is known of a node's images before a container of them starts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.scan_cache_files import FileCache
from periderm.flow.image_shelf import AT_ONCE, KIND, LONGEST_NS, ImageShelf
from periderm.model.errors import ConnectError
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from tests.flow.test_outbox import Server

SECOND = 10**9


def inventory(digest: str) -> ImageInventory:
    """Of an image that holds nothing."""
    return ImageInventory(
        digest=digest, reference="web", source="x", config=ImageConfig(), os=OsRelease(), packages=(), executables=()
    )


class Scanned(Server):
    """A server that knows some images, and notes what it was asked."""

    def __init__(self, *known: str) -> None:
        super().__init__()
        self.known = set(known)
        self.asked: list[str] = []

    def inventory(self, image_digest: str) -> ImageInventory | None:
        if self.away:
            raise ConnectError("nobody answers")
        self.asked.append(image_digest)
        return inventory(image_digest) if image_digest in self.known else None


@pytest.fixture
def kept(tmp_path: Path) -> FileCache:
    """A shelf's boards."""
    return FileCache(str(tmp_path / "kept"))


def test_what_was_filled_is_at_hand_without_the_server(kept: FileCache) -> None:
    """Also for the next agent, which may start while the server is away."""
    server = Scanned("sha256:a")
    shelf = ImageShelf(server, kept)
    shelf.fill(["sha256:a", "sha256:b", ""], SECOND)
    assert shelf.take("sha256:a") == inventory("sha256:a")
    assert shelf.take("sha256:b") is None
    server.away = True
    assert ImageShelf(server, kept).take("sha256:a") == inventory("sha256:a")


def test_what_is_waited_for_is_kept_too(kept: FileCache) -> None:
    """The next container of that image finds it at hand."""
    server = Scanned("sha256:a")
    shelf = ImageShelf(server, kept)
    assert shelf.fetch({"sha256:a", "sha256:b"}) == [inventory("sha256:a")]
    assert shelf.take("sha256:a") == inventory("sha256:a")


def test_an_image_is_asked_for_once_when_it_is_there(kept: FileCache) -> None:
    """And ever more rarely as long as nobody has scanned it, so that many nodes do not burden the server; it is found in the
    end."""
    server = Scanned("sha256:a")
    shelf = ImageShelf(server, kept)
    for second in range(1, 3601):
        shelf.fill(["sha256:a", "sha256:b"], second * SECOND)
    assert server.asked.count("sha256:a") == 1
    assert server.asked.count("sha256:b") < 60
    server.known.add("sha256:b")
    shelf.fill(["sha256:a", "sha256:b"], 3600 * SECOND + LONGEST_NS)
    assert shelf.take("sha256:b") == inventory("sha256:b")


def test_many_unscanned_images_hide_no_other(kept: FileCache) -> None:
    """Whoever waits is asked for in turn."""
    unknown = {f"sha256:{number:02}" for number in range(3 * AT_ONCE)}
    server = Scanned("sha256:zz")
    shelf = ImageShelf(server, kept)
    found = [each.digest for _ in range(4) for each in shelf.fetch({*unknown, "sha256:zz"})]
    assert found == ["sha256:zz"]


def test_a_new_one_is_a_hurry_once(kept: FileCache) -> None:
    """A container whose image was never asked for makes the next step due at once; one that nobody has scanned does not keep
    the agent busy, also if the server is away."""
    server = Scanned()
    shelf = ImageShelf(server, kept)
    assert not shelf.hurry(())
    assert shelf.hurry({"sha256:a"})
    server.away = True
    with pytest.raises(ConnectError):
        shelf.fetch({"sha256:a"})
    assert not shelf.hurry({"sha256:a"})
    assert shelf.hurry({"sha256:a", "sha256:b"})


def test_what_somebody_wrote_there_is_a_miss(kept: FileCache) -> None:
    """Damage, another version's bytes and another image's inventory are not believed."""
    shelf = ImageShelf(Scanned(), kept)
    kept.put(KIND, "sha256:a", b"\xc1")
    kept.put(KIND, "sha256:b", msgspec.msgpack.encode({"digest": 1}))
    kept.put(KIND, "sha256:c", msgspec.msgpack.encode(inventory("sha256:other")))
    assert [shelf.take(f"sha256:{letter}") for letter in "abc"] == [None, None, None]


def test_without_a_folder_it_only_asks() -> None:
    """Nothing is at hand, what is waited for comes."""
    server = Scanned("sha256:a")
    shelf = ImageShelf(server)
    shelf.fill(["sha256:a"], SECOND)
    assert server.asked == []
    assert shelf.fetch({"sha256:a"}) == [inventory("sha256:a")]
    assert shelf.take("sha256:a") is None
