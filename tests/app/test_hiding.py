"""The store's exceptions and what they take away."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.hiding import hidden_by, hide
from periderm.model.exception import Exemption, Scope
from periderm.model.places import ImageState
from tests.scanned import DAY, findings

IMAGE = ImageState(digest="sha256:1", name="registry.test/shop/web:1", references=("shop/web:2",))


def exemption(app: Application, name: str = "exc-1", **scope: tuple[str, ...]) -> Exemption:
    """One that holds."""
    return Exemption(id=name, reason="x", owner="y", expires=app.clock.now() + DAY, scope=Scope(**scope))


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({"findings": ("CVE-2099-1001",)}, 1), ({"findings": ("IMG-*",)}, 1), ({"packages": ("django", "pillow")}, 2),
        ({"images": ("registry.test/shop/*",)}, 9), ({"images": ("shop/web",)}, 9), ({"images": ("other/*",)}, 0),
        ({"digests": ("sha256:1",)}, 9), ({"digests": ("sha256:2",)}, 0), ({"paths": ("srv/**",)}, 2),
        ({"paths": ("srv/**",), "packages": ("lodash",)}, 1), ({}, 0),
    ],
)  # fmt: skip
def test_a_scope_hides_what_it_says(empty: Application, scope: dict[str, tuple[str, ...]], count: int) -> None:
    """All that stay are left, all that go are told with the exception."""
    empty.store.put_exemption(exemption(empty, **scope))
    found = findings(empty.clock.now())
    hidden = hide(empty, found, {f.id: IMAGE for f in found})
    assert len(hidden.findings) == count
    assert {f.id for f in hidden.left} | {f.id for f in hidden.findings} == {f.id for f in found}
    assert [len(one.hides) for one in hidden.by] == ([count] if count else [])


def test_findings_of_two_images_are_each_judged_in_theirs(empty: Application) -> None:
    """One exception for one of them leaves the other's."""
    empty.store.put_exemption(exemption(empty, digests=("sha256:1",)))
    found = findings(empty.clock.now())[:4]
    other = ImageState(digest="sha256:2")
    hidden = hide(empty, found, {found[0].id: IMAGE, found[1].id: other, found[2].id: IMAGE})
    assert {f.id for f in hidden.findings} == {found[0].id, found[2].id}


def test_one_that_is_over_hides_nothing(empty: Application) -> None:
    """At the very moment of its end."""
    now = empty.clock.now()
    one = exemption(empty, packages=("django",))
    django = next(f for f in findings(now) if f.package == "django")
    assert hidden_by(one, django, None, one.expires - 1)
    assert not hidden_by(one, django, None, one.expires)
