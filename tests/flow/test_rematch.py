"""Stored inventories are matched again when advisories change: without reading an image, once each, and the difference is
told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.app.application import Application
from periderm.flow.rematch import MADE_ANEW, Rematcher
from periderm.model.difference import Rematch
from periderm.model.envelope import ScanResult
from periderm.model.errors import AdvisoryError
from periderm.model.image import ImageInventory
from periderm.model.query import Query
from periderm.model.usage import FilesInUse
from tests.engines.vulnerability.given import DAY, NOW, Memory, advisory, affected, inventory, package
from tests.flow.test_vulnerabilities import SECRET
from tests.story import FixedClock, application

OLD = advisory("CVE-2099-0001", affected("PyPI", "demo", "..2"), published=NOW - 9 * DAY)
NEW = advisory("CVE-2099-0002", affected("PyPI", "demo", "..3"), published=NOW - DAY)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """A real store with three images that were scanned, and never matched."""
    made = application(tmp_path, FixedClock(NOW))
    for number in range(3):
        put(made, image(number))
    yield made
    made.store.close()


def image(number: int) -> ImageInventory:
    """One of several."""
    base = inventory(package("pypi", "demo", "1.0"))
    return msgspec.structs.replace(base, digest=f"sha256:{number:064x}", reference=f"app:{number}")


def put(app: Application, what: ImageInventory, *, time: int = NOW, advisories: str = "") -> None:
    """A scan ended; its finding of a secret is nobody else's."""
    secret = msgspec.structs.replace(SECRET, id=f"fnd-{what.digest[-1]}")
    with app.store.transaction():
        app.store.put_scan_result(
            ScanResult(
                image_digest=what.digest,
                node_id="n",
                time=time,
                seconds=1.0,
                findings=(secret,),
                inventory=what,
                advisories=advisories,
            )
        )


def findings(app: Application, number: int) -> set[str]:
    """What the store has of an image: detectors and vulnerabilities."""
    items = app.store.findings(Query(image_digest=f"sha256:{number:064x}", limit=1000)).items
    return {f.vulnerability.id if f.vulnerability else f.detector for f in items}


def run(app: Application, source: Memory | None) -> list[Rematch]:
    """All that a new process would do."""
    return list(Rematcher(app.store, app.clock, lambda: source).step())


def test_what_is_newly_vulnerable_and_since_when(app: Application) -> None:
    """First all of it, then only the new one; what is withdrawn is gone; other findings stay."""
    first = run(app, Memory(OLD, digest="1"))
    assert [(r.reference, len(r.new), len(r.gone)) for r in first] == [("app:0", 1, 0), ("app:1", 1, 0), ("app:2", 1, 0)]
    second = run(app, Memory(OLD, NEW, digest="2"))
    assert [f.vulnerability.id for f in second[0].new if f.vulnerability] == ["CVE-2099-0002"]
    assert second[0].since == (NEW.published,)
    third = run(app, Memory(NEW, digest="3"))
    assert [f.vulnerability.id for f in third[0].gone if f.vulnerability] == ["CVE-2099-0001"]
    assert findings(app, 1) == {"IMG-001", "CVE-2099-0002"}


def test_twice_is_once(app: Application) -> None:
    """Neither the same process nor a new one does again what was done; the source is closed each time."""
    source = Memory(OLD, digest="1")
    rematcher = Rematcher(app.store, app.clock, lambda: source)
    assert len(list(rematcher.step())) == 3
    assert list(rematcher.step()) == []
    assert run(app, source) == []
    assert source.closed == 3


def test_it_goes_on_where_it_was_broken_off(app: Application) -> None:
    """An image that was done is not done again."""
    steps = Rematcher(app.store, app.clock, lambda: Memory(OLD, digest="1")).step()
    next(steps)
    steps.close()
    assert len(run(app, Memory(OLD, digest="1"))) == 2


def test_images_that_come_later(app: Application) -> None:
    """One that was scanned with these advisories is passed over, another one is not."""
    rematcher = Rematcher(app.store, app.clock, lambda: Memory(OLD, digest="1"))
    assert len(list(rematcher.step())) == 3
    put(app, image(7), advisories="1")
    put(app, image(8))
    assert [r.reference for r in rematcher.step()] == ["app:8"]


def test_a_scan_that_came_between_wins(app: Application) -> None:
    """What a newer scan said is not overwritten by what was thought before it."""

    class Slow(Memory):
        scanned = False

        def affecting(self, names: object) -> object:
            """A scan ends while the engine thinks."""
            if not self.scanned:
                self.scanned = True
                put(app, image(2), time=NOW + 5, advisories="0")
            return super().affecting(names)

    source = Slow(OLD, digest="1")
    with app.store.transaction():  # the one that is scanned comes first: results are newest first
        put(app, image(2), time=NOW + 1)
    rematcher = Rematcher(app.store, app.clock, lambda: source)
    assert {r.reference for r in rematcher.step()} == {"app:0", "app:1"}
    assert findings(app, 2) == {"IMG-001"}
    assert [r.reference for r in rematcher.step()] == ["app:2"]


def test_first_seen_is_kept(app: Application) -> None:
    """A finding that stays is the same one, seen again."""
    run(app, Memory(OLD, digest="1"))
    app.clock.sleep(86_400)
    run(app, Memory(OLD, NEW, digest="2"))
    found = app.store.findings(Query(vulnerability="CVE-2099-0001")).items
    assert {(f.first_seen, f.last_seen) for f in found} == {(NOW, NOW + DAY)}


def test_what_is_seen_in_use_counts(app: Application) -> None:
    """It changes the order of findings, without other advisories; seeing the same again changes nothing."""
    source = Memory(OLD, digest="1")
    run(app, source)

    def priority() -> float:
        found = app.store.findings(Query(image_digest=f"sha256:{1:064x}", vulnerability="CVE-2099-0001")).items[0]
        assert found.vulnerability is not None
        return found.vulnerability.priority

    before = priority()
    use = FilesInUse(image_digest=f"sha256:{1:064x}", node_id="n", paths=("srv/demo",), since=NOW, time=NOW)
    with app.store.transaction():
        app.store.put_files_in_use(use)
    assert [r.reference for r in run(app, source)] == ["app:1"]
    assert priority() == before + 6
    assert run(app, source) == []


def test_no_advisories_no_work(app: Application) -> None:
    """Nothing is there to match with."""
    assert run(app, None) == []


def test_a_broken_store_of_advisories_is_tried_again(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    """The thread says it once and lives on until it is stopped."""
    stop = threading.Event()
    tries = []

    def broken() -> Memory:
        tries.append(1)
        stop.set()
        raise AdvisoryError("it is damaged.")

    Rematcher(app.store, app.clock, broken).run(stop)
    assert tries == [1]
    assert "it is damaged" in caplog.text


def test_what_is_made_anew() -> None:
    """Findings about packages that need advisories or dates; licences are judged by a policy that is not here."""
    assert "VUL-001" in MADE_ANEW
    assert not any(name.startswith("LIC") for name in MADE_ANEW)
