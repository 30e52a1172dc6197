"""Exceptions: previewed, added with a name and a time, removed."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app import exemptions
from periderm.app.application import Application
from periderm.app.exemptions import add_exemption, list_exemptions, preview_exemption, remove_exemption
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.scanned import DAY, digest

READER = Principal("reader", frozenset({Permission.READ}))


def wanted(app: Application, **more: object) -> Exemption:
    """One that can be added."""
    given: dict[str, object] = {"id": "", "reason": " Not reachable. ", "owner": "ada", "expires": app.clock.now() + DAY}
    return Exemption(**{**given, "scope": Scope(findings=("CVE-2099-1001",)), **more})  # type: ignore[arg-type]


def test_a_preview_says_what_it_would_hide_and_changes_nothing(scanned: Application) -> None:
    """How many findings, in how many images, of how many that were looked at."""
    before = scanned.store.exemptions()
    found = preview_exemption(scanned, READER, wanted(scanned))
    assert (found.total, found.images, len(found.hits), found.whole) == (3, 3, 3, True)
    assert {h.image.digest for h in found.hits if h.image} == {digest(0), digest(1), digest(2)}
    one = preview_exemption(scanned, READER, wanted(scanned, scope=Scope(digests=(digest(1),))))
    assert (one.total, one.images) == (8, 1)
    assert scanned.store.exemptions() == before


def test_what_was_not_looked_at_is_said(scanned: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview is bounded, and says so."""
    monkeypatch.setattr(exemptions, "MOST_LOOKED_AT", 5)
    monkeypatch.setattr(exemptions, "AT_ONCE", 5)
    found = preview_exemption(scanned, READER, wanted(scanned))
    assert (found.looked_at, found.findings, found.whole) == (5, 26, False)


def test_what_is_previewed_is_what_is_hidden(scanned: Application) -> None:
    """The same matching in both."""
    from periderm.app.images import show_image

    one = wanted(scanned, scope=Scope(packages=("django",)))
    told = preview_exemption(scanned, READER, one)
    add_exemption(scanned, LOCAL_ADMIN, one)
    hidden = {f.id for n in range(3) for f in show_image(scanned, READER, digest(n)).hidden_findings if f.package == "django"}
    assert hidden == {h.finding.id for h in told.hits}


def test_who_made_it_and_when_is_kept(scanned: Application) -> None:
    """Whatever the caller wrote there."""
    added = add_exemption(scanned, LOCAL_ADMIN, wanted(scanned, created_by="somebody else", created=5, source="file"))
    assert (added.created_by, added.created, added.source) == ("local", scanned.clock.now(), "store")
    assert (added.reason, added.owner) == ("Not reachable.", "ada")
    assert added in scanned.store.exemptions()
    assert [c.id for c in scanned.store.changes(0) if c.what == "exemption"][-1] == added.id


def test_expired_ones_are_listed_as_such(scanned: Application) -> None:
    """They hide nothing and say so."""
    scanned.store.put_exemption(wanted(scanned, id="exc-old", expires=5))
    assert [(one.exemption.id, one.expired) for one in list_exemptions(scanned, READER)] == [
        ("exc-old", True),
        ("exc-perl", False),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "}, {"owner": ""}, {"scope": Scope()}, {"expires": 5}, {"expires": 2**63 - 1}, {"reason": "x" * 5000},
        {"scope": Scope(paths=("x" * 5000,))}, {"scope": Scope(paths=tuple(map(str, range(101))))},
    ],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_what_nobody_should_except_is_refused(scanned: Application, wrong: dict[str, object]) -> None:
    """With what is missing; the preview refuses it as well."""
    for use_case in (add_exemption, preview_exemption):
        with pytest.raises(UsageError) as caught:
            use_case(scanned, LOCAL_ADMIN, wanted(scanned, **wrong))
        assert caught.value.next_step


def test_one_is_removed_once(scanned: Application) -> None:
    """After that it is not there."""
    remove_exemption(scanned, LOCAL_ADMIN, "exc-perl")
    with pytest.raises(NotFoundError):
        remove_exemption(scanned, LOCAL_ADMIN, "exc-perl")


def test_a_reader_looks_and_changes_nothing(scanned: Application) -> None:
    """Adding and removing need the permission for policies."""
    for change in (
        lambda: add_exemption(scanned, READER, wanted(scanned)),
        lambda: remove_exemption(scanned, READER, "exc-perl"),
        lambda: list_exemptions(scanned, msgspec.structs.replace(READER, permissions=frozenset())),
    ):
        with pytest.raises(DeniedError):
            change()
