"""Views that people keep."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.audit import entries
from periderm.app.views import list_views, remove_view, save_view
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal

ADA = Principal("user:ada", frozenset({Permission.READ}))
BO = Principal("user:bo", frozenset({Permission.READ}))


def test_a_view_is_its_own_persons_unless_it_is_shared(told: Application) -> None:
    """And keeps nothing that is the reader's own or of a moment."""
    mine = save_view(told, ADA, " bad  ones ", "incidents", "?q=severity%3E%3Dhigh&lang=zh&cursor=abc")
    ours = save_view(told, ADA, "all", "findings", shared=True)
    assert mine.address == "/incidents?q=severity%3E%3Dhigh"
    assert mine.name == "bad ones"
    assert list_views(told, ADA) == [ours, mine]
    assert list_views(told, ADA, "incidents") == [mine]
    assert list_views(told, BO) == [ours]


def test_the_same_name_is_replaced(told: Application) -> None:
    """On the same page."""
    save_view(told, ADA, "bad", "incidents", "q=a")
    again = save_view(told, ADA, "Bad", "incidents", "q=b")
    assert list_views(told, ADA) == [again]


def test_only_its_author_or_an_administrator_takes_it_away(told: Application) -> None:
    """Of others' private ones nobody learns that they are there."""
    mine, ours = save_view(told, ADA, "mine", "incidents"), save_view(told, ADA, "ours", "incidents", shared=True)
    with pytest.raises(NotFoundError):
        remove_view(told, BO, mine.id)
    with pytest.raises(DeniedError):
        remove_view(told, BO, ours.id)
    remove_view(told, LOCAL_ADMIN, ours.id)
    remove_view(told, ADA, mine.id)
    assert list_views(told, ADA) == []
    assert [e.action for e in entries(told, LOCAL_ADMIN)] == ["view.save", "view.save", "view.remove", "view.remove"]


@pytest.mark.parametrize(
    ("name", "page", "state"),
    [
        ("", "incidents", ""),
        ("x" * 81, "incidents", ""),
        ("a\x1bb", "incidents", ""),
        ("x", "nowhere", ""),
        ("x", "incidents", "q=" + "a" * 3000),
        ("x", "incidents", "&".join(f"a{n}=1" for n in range(99))),
        ("x", "assets", "q=%ff"),
    ],
)
def test_what_cannot_be_kept_is_told(told: Application, name: str, page: str, state: str) -> None:
    """Each with what to do."""
    with pytest.raises(UsageError) as raised:
        save_view(told, ADA, name, page, state)
    assert raised.value.next_step
