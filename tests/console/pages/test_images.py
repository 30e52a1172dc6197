"""Images: the list and one of them."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages.images import one, page
from periderm.model.contents import LookedAt
from periderm.model.image import History, ImageConfig, Package
from tests.console.conftest import Asks
from tests.console.markup import all_of, read, texts
from tests.ports.test_store_scans import scan
from tests.scanned import digest, inventory, tell_scans


@pytest.fixture
def scanned(told: Application) -> Application:
    """The shop's images were scanned."""
    tell_scans(told)
    return told


def test_the_worst_stands_first_unless_asked_otherwise(scanned: Application, ask: Asks) -> None:
    """The order is in the form too."""
    text = page(ask("/images"))
    rows = [r["data-href"] for r in all_of(text, "tr") if r.get("data-href")]
    assert rows[0] in {f"/images/{digest(n).replace(':', '%3A')}" for n in (0, 2)}
    assert "never scanned" in texts(text)
    newest = page(ask("/images", query={"order": "newest"}))
    assert {o["value"] for o in all_of(newest, "option") if "selected" in o} == {"newest"}


def test_the_picture_and_the_table_say_the_same(scanned: Application, ask: Asks) -> None:
    """Each part leads to its layer's row."""
    text = one(ask(f"/images/{digest(0)}", parts={"id": digest(0)}))
    rows = {r["id"] for r in all_of(text, "tr") if r.get("id")}
    links = {a["href"] for a in all_of(text, "a") if str(a.get("href")).startswith("#layer-")}
    assert {f"#{row}" for row in rows} == links
    assert "RUN pip install -r requirements.txt" in texts(text)
    assert "Upgrade django 4.2.1 to 4.2.9." in texts(text)
    assert "One finding is taken away by an exception" in texts(text)


def test_packages_are_filtered_in_place(scanned: Application, ask: Asks) -> None:
    """The address holds it."""
    text = one(ask(f"/images/{digest(0)}", parts={"id": digest(0)}, query={"text": "ssl"}))
    assert "2 packages" in texts(text)
    nothing = one(ask(f"/images/{digest(0)}", parts={"id": digest(0)}, query={"text": "zzz"}))
    assert "Nothing matches this filter." in texts(nothing)


@pytest.mark.parametrize(
    ("number", "said"), [(3, "Nobody has looked into this image"), (4, "The last scan failed"), (5, "waits for a scan worker")]
)
def test_an_image_that_was_not_scanned_says_what_to_do(scanned: Application, ask: Asks, number: int, said: str) -> None:
    """And draws no empty picture."""
    text = one(ask("/images/x", parts={"id": digest(number)}))
    assert said in texts(text)
    assert "layers" not in [e.get("class") for name, e in read(text).elements if name == "svg"]


def test_it_says_what_was_looked_at_for_malware(scanned: Application, ask: Asks) -> None:
    """In figures; an image in whose scan nobody asked for that has no such line."""
    for contents in (None, LookedAt(sifted=1200, rules=15)):
        told = msgspec.structs.replace(inventory(), digest="sha256:1", contents=contents)
        scanned.store.put_scan_result(scan(1, inventory=told))
        text = one(ask("/images/x", parts={"id": "sha256:1"}))
        assert ("Looked for malware: 1,200 files" in texts(text)) is (contents is not None)


def test_hostile_names_stay_text(scanned: Application, ask: Asks) -> None:
    """Build steps, packages, references and paths are written by whoever made the image."""
    bad = "<script>alert(1)</script>\u202e\x00"
    evil = msgspec.structs.replace(
        scan(1).inventory, reference=bad, layers=(bad,), layer_sizes=(5,), not_examined=(bad,),
        config=ImageConfig(history=(History(bad),), user=bad, command=(bad,), exposed_ports=(bad,)),
        packages=(Package(name=bad, version=bad, type=bad, purl=bad, licence=bad, layer=bad, path=bad),),
    )  # fmt: skip
    scanned.store.put_scan_result(scan(1, inventory=msgspec.structs.replace(evil, digest="sha256:1")))
    text = one(ask("/images/x", parts={"id": "sha256:1"}))
    assert [name for name, attributes in read(text).elements if name == "script"] == ["script"]
    assert "\u202e" not in text


def test_a_thousand_layers_are_drawn(scanned: Application, ask: Asks) -> None:
    """As few parts, with a table that ends."""
    many = tuple(f"sha256:{n:064x}" for n in range(1000))
    told = msgspec.structs.replace(inventory(), digest="sha256:1", layers=many, layer_sizes=tuple(range(1000)))
    scanned.store.put_scan_result(scan(1, inventory=told))
    text = one(ask("/images/x", parts={"id": "sha256:1"}))
    assert len(all_of(text, "rect")) < 200
    assert "800 more" in texts(text)
