"""What of an image was never used, in the console."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages.slim import page, vex
from periderm.engines.runtime.scene import SHOP
from periderm.flow.vex import read_vex
from periderm.model.envelope import ScanResult
from periderm.model.errors import NotFoundError
from tests.console.conftest import Asks
from tests.console.markup import texts
from tests.correlate.test_slimming import FINDINGS, IMAGE, USED, package, use

PARTS = {"id": IMAGE.digest}
PATH = f"/images/{IMAGE.digest}/slim"


@pytest.fixture
def shop(empty: Application) -> Application:
    """Its image was scanned, a container of it runs and was watched."""
    result = ScanResult(image_digest=IMAGE.digest, node_id="n", time=1, seconds=1.0, inventory=IMAGE, findings=FINDINGS)
    empty.store.put_scan_result(result)
    empty.store.put_assets([SHOP])
    empty.store.put_files_in_use(use(*USED))
    return empty


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "Leaving them out ends 1 of 4 vulnerability findings.",
                "can be left out",
                "perl",
                "Vulnerabilities that would go",
            ),
        ),
        ("zh", ("4 个漏洞发现中的 1 个将消失", "可以移除", "/usr/bin/stray")),
    ],
)
def test_what_can_go_and_what_goes_with_it(shop: Application, ask: Asks, language: str, words: tuple[str, ...]) -> None:
    """Packages with their vulnerabilities, the findings on either side, and programs that nobody started."""
    text = texts(page(ask(PATH, language, parts=PARTS)))
    for word in words:
        assert word in text


def test_the_statements_can_be_kept(shop: Application, ask: Asks) -> None:
    """As a document that other tools read."""
    found = vex(ask(PATH, parts=PARTS))
    assert found.plain_name == "shop-1.openvex.json"
    assert {statement.vulnerability for statement in read_vex(found.content)} >= {"CVE-1"}


def test_nobody_watched(empty: Application, ask: Asks) -> None:
    """Then the page says what to do."""
    with pytest.raises(NotFoundError):
        page(ask("/images/none/slim", parts={"id": "none"}))


def test_ten_thousand_packages_are_walked(shop: Application, ask: Asks) -> None:
    """A hundred at once, with the number of all."""
    many = msgspec.structs.replace(
        IMAGE, packages=tuple(package(f"p{n:05}", f"usr/lib/lib{n}.so") for n in range(10_000)), digest="sha256:many"
    )
    result = ScanResult(image_digest="sha256:many", node_id="n", time=1, seconds=1.0, inventory=many, findings=())
    shop.store.put_scan_result(result)
    shop.store.put_files_in_use(msgspec.structs.replace(use("usr/lib/lib1.so"), image_digest="sha256:many"))
    text = page(ask("/images/sha256:many/slim", parts={"id": "sha256:many"}))
    assert text.count("<tr>") < 400
    assert 'rel="next"' in text
    assert len(text) < 300_000
