"""Asking for an image to be scanned again."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.scan_again import scan_again
from periderm.model.envelope import ScanRequest
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.queue import Asked
from tests.ports.test_store_scans import scan
from tests.scanned import digest, inventory


def known(app: Application, number: int, source: str) -> None:
    """That image, opened from there."""
    made = msgspec.structs.replace(inventory(number), source=source)
    app.store.put_scan_result(msgspec.structs.replace(scan(number), image_digest=digest(number), inventory=made))


def test_it_waits_as_a_new_one_does(scanned: Application) -> None:
    """Once, however often it is asked for; what was found stays until the scan ends."""
    while scanned.store.take_scan("w", 1 << 60, 1):
        pass
    known(scanned, 1, f"podman:{digest(1)}")
    state = scan_again(scanned, LOCAL_ADMIN, digest(1))
    assert (state.waiting, bool(state.scanned_at)) == (True, True)
    scan_again(scanned, LOCAL_ADMIN, digest(1))
    request = scanned.store.take_scan("w", 1 << 60, 1)
    assert request is not None
    assert (request.image_digest, request.source) == (digest(1), f"podman:{digest(1)}")
    assert scanned.store.take_scan("w", 1 << 60, 1) is None


def test_what_nobody_can_open_is_told(scanned: Application) -> None:
    """A bill of materials has no image behind it; an unknown image none at all."""
    known(scanned, 1, "sbom")
    with pytest.raises(UsageError, match="knows where"):
        scan_again(scanned, LOCAL_ADMIN, digest(1))
    with pytest.raises(NotFoundError):
        scan_again(scanned, LOCAL_ADMIN, "sha256:" + "f" * 64)


def test_readers_may_not(scanned: Application) -> None:
    """It makes work."""
    with pytest.raises(DeniedError):
        scan_again(scanned, Principal("reader", frozenset({Permission.READ})), digest(1))


def test_what_waits_goes_first(scanned: Application) -> None:
    """An image that lies on a node and that nobody has scanned yet can be asked for: it goes before what runs."""
    while scanned.store.take_scan("w", 1 << 60, 1):
        pass
    for number, asked in ((7, Asked.RUNNING), (3, Asked.UNUSED)):
        scanned.store.put_scan_request(
            ScanRequest(
                image_digest=digest(number),
                source=f"podman:{digest(number)}",
                reference=f"web:{number}",
                node_id="node-1",
                requested=number,
                asked=asked,
            )
        )
    scan_again(scanned, LOCAL_ADMIN, digest(3))
    first = scanned.store.take_scan("w", 1 << 60, 1, node_id="node-1")
    assert first is not None
    assert (first.image_digest, first.source) == (digest(3), f"podman:{digest(3)}")
