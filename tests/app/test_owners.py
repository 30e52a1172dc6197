"""Importing who answers for what."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.owners import (
    add_owner_rule,
    fetch_owners,
    import_owners,
    list_owner_tables,
    owner_rules,
    remove_owner_rule,
    remove_owner_table,
    rows_of,
    set_owner_rules,
)
from periderm.correlate.coverage import gap_id, ownership_gap
from periderm.flow.fetch_owners import MOST_PATTERNS
from periderm.model.asset import Container, Ownership
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.gap import GapKind
from periderm.model.owner_table import OwnerRow, OwnerSource
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.ports.owner_documents import OwnerDocument

READER = Principal("user:eve", frozenset({Permission.READ}))


@pytest.fixture
def orphan(empty: Application) -> Container:
    """A running container of nobody, with the gap that says so."""
    found = Container(id="ctr-x", name="api-1", container_id="c" * 64, runtime="podman", node_id="n", running=True)
    empty.store.put_assets([found])
    gap = ownership_gap(found, 1)
    assert gap is not None
    empty.store.put_gaps([gap])
    return found


def test_a_table_fills_what_is_there_and_closes_the_gap(empty: Application, orphan: Container) -> None:
    """First tried, then done; it is listed with who imported it, and noted."""
    rows = rows_of(b"name,owner,application,grade\napi-*,team-api,api,core\n")
    tried = import_owners(empty, READER, "cmdb", rows, dry=True)
    assert (tried.changed, tried.without, tried.dry) == (1, 0, True)
    assert empty.store.asset(orphan.id) == orphan
    done = import_owners(empty, LOCAL_ADMIN, "cmdb", rows, source="owners.csv")
    assert (done.changed, done.assets, done.without) == (1, 1, 0)
    found = empty.store.asset(orphan.id)
    assert found is not None
    assert (found.ownership.owner, found.ownership.grade.value) == ("team-api", "core")
    assert empty.store.gap(gap_id(GapKind.OWNER_UNKNOWN, orphan.id)) is None
    (table,) = list_owner_tables(empty, READER)
    assert (table.author, table.source, len(table.rows)) == ("local", "owners.csv", 1)
    remove_owner_table(empty, LOCAL_ADMIN, "cmdb")
    assert list_owner_tables(empty, READER) == []
    assert [entry.action for entry in empty.store.audit_after(0, 10)] == ["owners.import", "owners.remove"]


def test_what_the_table_does_not_know_stays_a_gap(empty: Application, orphan: Container) -> None:
    """Counted, and told."""
    done = import_owners(empty, LOCAL_ADMIN, "cmdb", rows_of(b"name,owner\nweb,x\n"))
    assert (done.changed, done.without) == (0, 1)
    assert empty.store.gap(gap_id(GapKind.OWNER_UNKNOWN, orphan.id)) is not None


def test_what_is_refused(empty: Application) -> None:
    """Readers, names that are none, more patterns than can be held against every asset, removing what is not there."""
    with pytest.raises(DeniedError):
        import_owners(empty, READER, "cmdb", ())
    for name in ("", "x" * 200, "a\x1b"):
        with pytest.raises(UsageError):
            import_owners(empty, LOCAL_ADMIN, name, ())
    with pytest.raises(UsageError, match="whole name"):
        import_owners(empty, LOCAL_ADMIN, "cmdb", [OwnerRow(name=f"a{number}*") for number in range(MOST_PATTERNS + 1)])
    with pytest.raises(NotFoundError):
        remove_owner_table(empty, LOCAL_ADMIN, "cmdb")
    assert list_owner_tables(empty, READER) == []


SHOP = OwnerRow(name="api-*", ownership=Ownership(owner="team-shop", application="shop"))
POLICY = Principal("user:pat", frozenset({Permission.READ, Permission.POLICY}))


def test_rules_go_before_labels_and_are_shown_first(empty: Application, orphan: Container) -> None:
    """What a label says of itself is outranked by what people wrote here; tables only fill what both leave empty."""
    labelled = msgspec.structs.replace(orphan, ownership=Ownership(owner="vendor"))
    empty.store.put_assets([labelled])
    import_owners(empty, LOCAL_ADMIN, "cmdb", rows_of(b"name,owner,environment\napi-1,team-cmdb,prod\n"))
    tried = add_owner_rule(empty, READER, SHOP, dry=True)
    assert [(m.before.ownership.owner, m.after.ownership.owner) for m in tried.moved] == [("vendor", "team-shop")]
    assert owner_rules(empty, READER).rows == ()
    add_owner_rule(empty, POLICY, SHOP)
    found = empty.store.asset(orphan.id)
    assert found is not None
    assert found.ownership == Ownership(environment="prod", application="shop", owner="team-shop")
    assert [table.id for table in list_owner_tables(empty, READER)] == ["cmdb"]
    assert (owner_rules(empty, READER).rows, owner_rules(empty, READER).author) == ((SHOP,), "user:pat")
    assert "owners.rules" in [entry.action for entry in empty.store.audit_after(0, 10)]


def test_rules_are_ordered_and_removed_by_number(empty: Application) -> None:
    """Whoever changes them says which he saw."""
    other = OwnerRow(namespace="pay", ownership=Ownership(owner="team-pay"))
    add_owner_rule(empty, POLICY, SHOP)
    add_owner_rule(empty, POLICY, other, first=True)
    seen = owner_rules(empty, READER)
    assert seen.rows == (other, SHOP)
    remove_owner_rule(empty, POLICY, 1, state=seen.state)
    assert owner_rules(empty, READER).rows == (SHOP,)
    with pytest.raises(UsageError, match="meanwhile"):
        set_owner_rules(empty, POLICY, [], state=seen.state)
    with pytest.raises(NotFoundError):
        remove_owner_rule(empty, POLICY, 2)
    with pytest.raises(DeniedError):
        set_owner_rules(empty, READER, [])


@pytest.mark.parametrize(
    "row",
    [
        OwnerRow(name="x"),
        OwnerRow(ownership=Ownership(owner="x")),
        OwnerRow(name="x" * 300, ownership=Ownership(owner="x")),
        OwnerRow(name="x\x1b[2J", ownership=Ownership(owner="x")),
        OwnerRow(label="team", ownership=Ownership(owner="x")),
    ],
)
def test_a_rule_that_says_nothing_is_refused(empty: Application, row: OwnerRow) -> None:
    """With what to write."""
    with pytest.raises(UsageError) as refused:
        add_owner_rule(empty, POLICY, row)
    assert refused.value.next_step


class _Cmdb:
    """Answers one table."""

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """`ports.owner_documents.OwnerDocuments`."""
        return None if source.etag else OwnerDocument(b"name,owner\napi-1,team-far\n", "1")


@pytest.mark.usefixtures("orphan")
def test_a_table_is_fetched_when_somebody_asks(empty: Application) -> None:
    """And not again while it is the same. Only the machine's owner has the server speak to an address."""
    source = OwnerSource(address="https://cmdb.test/x.csv")
    import_owners(empty, LOCAL_ADMIN, "far", (), fetch=source)
    able = msgspec.structs.replace(empty, owner_documents=_Cmdb())
    assert fetch_owners(able, POLICY, "far").changed == 1
    assert fetch_owners(able, POLICY, "far").same
    with pytest.raises(NotFoundError):
        fetch_owners(able, POLICY, "near")
    with pytest.raises(DeniedError):
        fetch_owners(empty, POLICY, "far")
    with pytest.raises(DeniedError):
        import_owners(empty, POLICY, "mine", (), fetch=source)
    wrong: tuple[dict[str, object], ...] = (
        {"address": "http://cmdb.test/x"},
        {"address": "ftp://cmdb.test/x", "networks": ("10.0.0.0/8",)},
        {"every": 5},
        {"token": "hunter2"},
        {"networks": ("x",)},
        {"columns": {"colour": "x"}},
    )
    for each in wrong:
        with pytest.raises(UsageError):
            import_owners(empty, LOCAL_ADMIN, "mine", (), fetch=msgspec.structs.replace(source, **each))
