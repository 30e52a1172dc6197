"""Assets as people read them."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.assets import list_assets, names_of, show_asset
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from tests.story import CONTAINER_ID, IMAGE_ID, INCIDENT_ID, NODE_ID

NOBODY = Principal("user:nobody", frozenset())


def test_assets_are_listed_by_kind(told: Application) -> None:
    """The tag is the kind."""
    assert {a.id for a in list_assets(told, LOCAL_ADMIN, Query(kind="image")).items} == {IMAGE_ID}
    assert list_assets(told, LOCAL_ADMIN, Query(kind="container")).total == 4


def test_a_container_shows_its_image_and_the_findings_of_both(told: Application) -> None:
    """What makes a container weak is mostly in its image."""
    story = show_asset(told, LOCAL_ADMIN, CONTAINER_ID)
    assert story.image is not None
    assert story.image.id == IMAGE_ID
    assert story.findings.total == 4
    assert [i.id for i in story.incidents.items] == [INCIDENT_ID]


def test_an_image_shows_what_runs_from_it_and_what_it_holds(told: Application) -> None:
    """All containers of the digest; the inventory of the scan."""
    story = show_asset(told, LOCAL_ADMIN, IMAGE_ID)
    assert {c.name for c in story.containers} == {"shop-web-1", "shop-web-2", "shop-web-3"}
    assert story.inventory is not None
    assert len(story.inventory.packages) == 3


def test_a_node_shows_its_gaps(told: Application) -> None:
    """What was not seen there."""
    assert {g.id for g in show_asset(told, LOCAL_ADMIN, NODE_ID).gaps} == {"gap-kernel", "gap-path"}


def test_names_fall_back_to_ids(told: Application) -> None:
    """An asset that is gone is still called something."""
    assert names_of(told, LOCAL_ADMIN, [NODE_ID, "ast-gone"]) == {NODE_ID: "shop-01", "ast-gone": "ast-gone"}


def test_unknown_and_forbidden(told: Application) -> None:
    """Both are told."""
    with pytest.raises(NotFoundError, match="ast-none"):
        show_asset(told, LOCAL_ADMIN, "ast-none")
    with pytest.raises(DeniedError):
        list_assets(told, NOBODY, Query())
    with pytest.raises(DeniedError):
        show_asset(told, NOBODY, NODE_ID)
    with pytest.raises(DeniedError):
        names_of(told, NOBODY, [])
