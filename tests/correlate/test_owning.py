"""Whose an asset is, where its labels do not say."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.correlate.owning import Owners
from periderm.model.asset import Grade, Node, Ownership, Workload
from periderm.model.owner_table import OwnerRow, OwnerTable
from tests.ports.plugs import container, image


def owners(*rows: OwnerRow) -> Owners:
    """Of one table."""
    return Owners([OwnerTable(id="cmdb", rows=rows)])


SHOP = Ownership(owner="team-shop", application="shop")
NODE = Node(
    id="n", name="node-1", hostname="node-1.test", machine_id="m", kernel="6", os_name="x", architecture="x", mount_namespace=1
)


def test_labels_go_before() -> None:
    """Only what is empty is filled, field by field."""
    own = container(1, ownership=Ownership(owner="team-own"))
    found = owners(OwnerRow(name="web-*", ownership=SHOP)).owned(own)
    assert found.ownership == Ownership(owner="team-own", application="shop")
    full = container(1, ownership=Ownership("prod", "a", "b", Grade.CORE))
    assert owners(OwnerRow(name="web-*", ownership=SHOP)).owned(full) is full


def test_by_name_image_host_and_label() -> None:
    """Whichever columns a row fills must all match; case does not matter."""
    web = container(1, image_name="registry.test/shop/web:2", labels={"team": "shop"})
    for row in (
        OwnerRow(name="WEB-1"),
        OwnerRow(image="registry.test/shop/*"),
        OwnerRow(label="team=shop"),
        OwnerRow(name="web-?", image="*/web:2", label="team=*"),
    ):
        assert owners(msgspec.structs.replace(row, ownership=SHOP)).owned(web).ownership == SHOP
    for row in (OwnerRow(name="web-1", label="team=ops"), OwnerRow(host="web-1"), OwnerRow(image="web-1")):
        assert owners(msgspec.structs.replace(row, ownership=SHOP)).owned(web) is web
    assert owners(OwnerRow(host="node-1.test", ownership=SHOP)).owned(NODE).ownership == SHOP
    assert owners(OwnerRow(image="shop:1", ownership=SHOP)).owned(image(1, references=("shop:1",))).ownership == SHOP
    workload = Workload(id="w", name="web", kind="Deployment", image_name="registry.test/shop/web:2")
    assert owners(OwnerRow(image="registry.test/*", ownership=SHOP)).owned(workload).ownership == SHOP


def test_the_earlier_row_goes_first() -> None:
    """Also if it is a pattern and the later one a whole name; what it does not say, the later one may."""
    first = OwnerRow(name="web-*", ownership=Ownership(owner="first"))
    second = OwnerRow(name="web-1", ownership=Ownership(owner="second", environment="prod"))
    assert owners(first, second).owned(container(1)).ownership == Ownership(owner="first", environment="prod")
    assert owners(second, first).owned(container(1)).ownership.owner == "second"


def test_only_patterns_are_held_against_every_asset() -> None:
    """A table of a hundred thousand names costs as much as one of ten."""
    rows = [OwnerRow(name=f"host-{number}", ownership=SHOP) for number in range(5000)]
    many = owners(*rows, OwnerRow(name="x*", ownership=SHOP))
    assert many.patterns == 1
    assert not Owners([])


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_whole_name_is_found_as_a_pattern_would_be(name: str, pattern: str) -> None:
    """The index changes no answer."""
    row = OwnerRow(name=pattern, ownership=SHOP)
    indexed = owners(row).owned(container(1, name=name)).ownership
    walked = owners(msgspec.structs.replace(row, name=f"{pattern}*")).owned(container(1, name=name)).ownership
    if indexed.owner:
        assert walked.owner == indexed.owner
