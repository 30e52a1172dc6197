"""What is told of an image."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.images import list_images, show_image
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import FindingKind
from periderm.model.identity import image_id
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.scanned import DAY, digest, findings


def test_images_are_listed_with_their_state(scanned: Application) -> None:
    """The worst first, and those that nobody has looked into."""
    page = list_images(scanned, LOCAL_ADMIN, Query(order="severity"))
    assert page.total == 6
    assert page.items[0].findings == {"critical": 2, "high": 4, "medium": 2, "low": 1}
    assert {s.digest: (s.waiting, bool(s.failure)) for s in page.items[3:]} == {
        digest(3): (False, False),
        digest(4): (False, True),
        digest(5): (True, False),
    }


def test_findings_are_grouped_by_what_to_change(scanned: Application) -> None:
    """The step that takes away most risk first; every finding stands in one place."""
    story = show_image(scanned, LOCAL_ADMIN, digest(0))
    risks = [change.plan.risk for change in story.changes]
    assert risks == sorted(risks, reverse=True)
    assert [f.package for f in story.changes[0].findings] == ["libxml2"]
    placed = [*(f.id for c in story.changes for f in c.findings), *(f.id for f in (*story.unfixed, *story.others))]
    assert len(placed) == len(set(placed))
    assert len(placed) + len(story.hidden_findings) == story.total == 9
    assert [f.package for f in story.unfixed] == ["openssl"]
    assert [f.detector for f in story.others] == ["IMG-SECRET-CLOUD"]


def test_an_exception_takes_findings_away_and_is_named(scanned: Application) -> None:
    """Not silently: the finding is there still, under the exception."""
    story = show_image(scanned, LOCAL_ADMIN, digest(0))
    assert [(h.exemption.id, len(h.hides)) for h in story.hidden] == [("exc-perl", 1)]
    assert [f.package for f in story.hidden_findings] == ["perl-base"]


def test_an_expired_exception_hides_nothing(scanned: Application) -> None:
    """It counts again."""
    scope = Scope(packages=("libxml2",))
    now = scanned.clock.now()
    scanned.store.put_exemption(Exemption(id="exc-old", reason="x", owner="y", expires=now - DAY, scope=scope))
    assert "libxml2" in {f.package for c in show_image(scanned, LOCAL_ADMIN, digest(0)).changes for f in c.findings}


def test_layers_containers_and_packages_are_there(scanned: Application) -> None:
    """What a person asks next."""
    story = show_image(scanned, LOCAL_ADMIN, digest(0))
    assert [layer.number for layer in story.layers] == [1, 2, 3, 4]
    assert [c.name for c in story.containers] == ["shop-0-1", "shop-0-2"]
    assert story.types == {"deb": 7, "pypi": 3, "npm": 1}
    assert story.not_examined


def test_it_is_found_by_its_asset_too(scanned: Application) -> None:
    """And what is no image is not."""
    assert show_image(scanned, LOCAL_ADMIN, image_id(digest(0))).state.digest == digest(0)
    for name in ("con-shop-1", "sha256:none", "", "x" * 5000):
        with pytest.raises(NotFoundError):
            show_image(scanned, LOCAL_ADMIN, name)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_an_image_without_a_scan_has_a_story(scanned: Application, number: int) -> None:
    """Never looked at, failed, waiting."""
    story = show_image(scanned, LOCAL_ADMIN, digest(number))
    assert (story.layers, story.changes, story.total) == ((), (), 0)


def test_who_may_not_read_is_refused(scanned: Application) -> None:
    """Both."""
    nobody = Principal("nobody", frozenset())
    with pytest.raises(DeniedError):
        list_images(scanned, nobody, Query())
    with pytest.raises(DeniedError):
        show_image(scanned, nobody, digest(0))


def test_what_was_not_examined_is_no_weakness(scanned: Application) -> None:
    """It stands by itself, and counts nowhere."""
    missed = msgspec.structs.replace(
        findings(scanned.clock.now())[-1], id="fnd-unseen", kind=FindingKind.NOT_EXAMINED, severity=Severity.LOW
    )
    scanned.store.put_findings([missed])
    story = show_image(scanned, LOCAL_ADMIN, digest(0))
    assert [f.id for f in story.unseen] == ["fnd-unseen"]
    assert "fnd-unseen" not in {f.id for f in story.others}
    assert story.state.findings == {"critical": 2, "high": 4, "medium": 2, "low": 1}
