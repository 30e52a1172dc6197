"""What of an image was never used."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.slim import slim
from periderm.engines.runtime.scene import SHOP
from periderm.flow.vex import read_vex
from periderm.model.envelope import ScanResult
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.vulnerability import VexStatus
from tests.correlate.test_slimming import FINDINGS, IMAGE, USED, use
from tests.hardened import baseline


@pytest.fixture
def shop(empty: Application) -> Application:
    """Its image was scanned and a container of it runs."""
    empty.store.put_scan_result(
        ScanResult(image_digest=IMAGE.digest, node_id="n", time=1, seconds=1.0, inventory=IMAGE, findings=FINDINGS)
    )
    empty.store.put_assets([SHOP])
    return empty


def test_nobody_watched(shop: Application) -> None:
    """Then nothing is called unused."""
    with pytest.raises(NotFoundError, match="Nobody has watched"):
        slim(shop, LOCAL_ADMIN, IMAGE.digest)
    with pytest.raises(NotFoundError):
        slim(shop, LOCAL_ADMIN, "nothing")
    with pytest.raises(DeniedError):
        slim(shop, Principal("user:nobody", frozenset()), IMAGE.digest)


@pytest.mark.parametrize("name", [IMAGE.digest, "localhost/shop:1", "localhost/shop", "shop"])
def test_an_image_or_who_runs_it(shop: Application, name: str) -> None:
    """Found by digest, by name with or without tag, or as the image of a workload."""
    shop.store.put_files_in_use(use(*USED))
    shop.store.put_baselines([baseline()])
    done = slim(shop, LOCAL_ADMIN, name)
    assert done.slimming.containers == 1
    assert [f.id for f in done.findings] == ["fnd-CVE-2", "fnd-CVE-3", "fnd-CVE-4", "fnd-CVE-1"]


def test_the_document_withdraws_by_itself(shop: Application) -> None:
    """Written again after a file was loaded, it says the contrary with a later time."""
    shop.store.put_files_in_use(use(*USED))
    first = {s.vulnerability: s for s in read_vex(slim(shop, LOCAL_ADMIN, IMAGE.digest).document)}
    assert first["CVE-1"].status is VexStatus.NOT_AFFECTED
    shop.store.put_files_in_use(msgspec.structs.replace(use("usr/bin/perl", hours=40)))
    shop.clock.sleep(60)
    second = {s.vulnerability: s for s in read_vex(slim(shop, LOCAL_ADMIN, IMAGE.digest).document)}
    assert second["CVE-1"].status is VexStatus.AFFECTED
    assert second["CVE-1"].time > first["CVE-1"].time
