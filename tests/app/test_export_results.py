"""Exports hold what was asked for, and the same store gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.app.application import Application
from periderm.app.exemptions import add_exemption
from periderm.app.export_results import export_results
from periderm.app.keep_report import keep_report
from periderm.flow.transfer import unpack
from periderm.model.build import Verdict
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.report import ALL_SCANNERS, Report
from tests.building import KEY, PUBLIC
from tests.reports import report
from tests.story import FixedClock, application

NAME = "registry.example/shop:1"
DAY = 86_400 * 10**9


def whole(digest: str, name: str = NAME, time: int = 0) -> Report:
    """A report that may be stored: of everything."""
    base = report()
    inventory = msgspec.structs.replace(base.inventory, digest=digest, reference=name)
    asset = [msgspec.structs.replace(f, id=f"{f.id}-{digest[-4:]}") for f in base.findings]
    return msgspec.structs.replace(
        base, inventory=inventory, findings=tuple(asset), scanners=tuple(ALL_SCANNERS), unfixed=0, time=time or base.time
    )


def filled(folder: Path, clock: FixedClock | None = None) -> Application:
    """A store with two images, a verdict and an exception."""
    folder.mkdir(exist_ok=True)
    app = application(folder, clock or FixedClock())
    first = whole("sha256:" + "1" * 64)
    keep_report(app, LOCAL_ADMIN, first, Verdict(image_digest=first.inventory.digest, passed=True, time=3, reference=NAME))
    keep_report(app, LOCAL_ADMIN, whole("sha256:" + "2" * 64, "registry.example/pay:2"))
    expires = app.clock.now() + 30 * DAY
    scope = Scope(findings=("CVE-2099-1",))
    add_exemption(app, LOCAL_ADMIN, Exemption(id="exc-mine", reason="why", owner="me", expires=expires, scope=scope))
    return app


def test_everything_or_what_is_named(tmp_path: Path) -> None:
    """By name without a word more, by digest, all; the file opens with the public key."""
    app, out = filled(tmp_path / "s"), tmp_path / "x"
    given = {"out": str(out), "source": "dev"}
    done = export_results(app, LOCAL_ADMIN, LocalDocuments(), (), KEY, **given)
    assert (done.transfer.images, done.verdicts, done.exceptions) == (2, 1, 1)
    parts = [member.part.value for member, _ in unpack(out.read_bytes(), [PUBLIC]).contents()]
    assert parts == ["result", "bill", "result", "bill", "verdicts", "exceptions"]
    first = out.read_bytes()
    export_results(app, LOCAL_ADMIN, LocalDocuments(), (), KEY, **given)
    assert out.read_bytes() == first
    named = export_results(app, LOCAL_ADMIN, LocalDocuments(), (NAME, "sha256:" + "1" * 64), KEY, exceptions=False, **given)
    assert (named.transfer.images, named.exceptions) == (1, 0)
    assert app.store.transfers()[0].direction == "export"


def test_attestations_come_along(tmp_path: Path) -> None:
    """Of the images that go, as they lie in the folder."""
    app, out = filled(tmp_path / "s"), tmp_path / "x"
    (tmp_path / ("1" * 64 + ".intoto.jsonl")).write_bytes(b"{}\n")
    (tmp_path / ("9" * 64 + ".intoto.jsonl")).write_bytes(b"other\n")
    done = export_results(app, LOCAL_ADMIN, LocalDocuments(), (), KEY, out=str(out), source="dev", bundles=str(tmp_path))
    assert done.attestations == 1
    assert [c for _, c in unpack(out.read_bytes(), [PUBLIC]).contents()][-1] == b"{}\n"


def test_what_cannot_go(tmp_path: Path) -> None:
    """An image that nobody knows, a network without a name, a caller without the right."""
    app = filled(tmp_path / "s")
    given = {"out": str(tmp_path / "x"), "source": "dev"}
    with pytest.raises(NotFoundError):
        export_results(app, LOCAL_ADMIN, LocalDocuments(), ("nothing",), KEY, **given)
    for name in ("", "x" * 200, "a\nb"):
        with pytest.raises(UsageError):
            export_results(app, LOCAL_ADMIN, LocalDocuments(), (), KEY, out=str(tmp_path / "x"), source=name)
    reader = Principal("user:r", frozenset({Permission.READ}))
    with pytest.raises(DeniedError):
        export_results(app, reader, LocalDocuments(), (), KEY, **given)
    assert not (tmp_path / "x").exists()
