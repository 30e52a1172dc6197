"""The page of owners."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.owners import import_owners, rows_of
from periderm.console.pages import owners
from periderm.console.render import Ask
from periderm.model.asset import Container
from periderm.model.errors import FormatError, UsageError
from periderm.model.owner_table import OwnerSource
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.ports.owner_documents import OwnerDocument
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts

TABLE = "name,owner,application\r\napi-*,<b>team</b>,api\r\n"


class Documents:
    """A CMDB that answers the same table."""

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """See the port."""
        del source
        return OwnerDocument(TABLE.encode())


@pytest.fixture
def app(empty: Application) -> Application:
    """Where a container runs that nobody owns."""
    found = Container(id="ctr-x", name="api-1", container_id="c" * 64, runtime="podman", node_id="n", running=True)
    empty.store.put_assets([found])
    return msgspec.structs.replace(empty, owner_documents=Documents())


def asked(ask: Asks, app: Application, language: str = "en", **query: str) -> Ask:
    """The machine's owner asks."""
    return msgspec.structs.replace(ask("/owners", language), app=app, query=query)


def owner_of(app: Application) -> str:
    """Of the container."""
    found = app.store.asset("ctr-x")
    return found.ownership.owner if found is not None else "?"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_is_tried_and_then_imported(ask: Asks, app: Application, language: str) -> None:
    """The preview says what it would re-assign and keeps what was typed; hostile names are text."""
    form = {"name": ["cmdb"], "file": [""], "table": [TABLE], "step": ["try"]}
    one = asked(ask, app, language)
    tried = owners.import_from(one, form)
    assert ("owner=<b>team</b>" in texts(tried), "<b>team" in tried, owner_of(app)) == (True, False, "")
    (typed,) = [texts(str(area)) or area for area in all_of(tried, "textarea")]
    assert typed
    assert {button.get("value") for button in all_of(tried, "button") if button.get("name") == "step"} == {"try", "do"}
    done = owners.import_from(one, form | {"step": ["do"]})
    assert owner_of(app) == "<b>team</b>"
    assert {button.get("value") for button in all_of(done, "button") if button.get("name") == "step"} == {"try"}
    page = owners.page(asked(ask, app, language, table="cmdb"))
    assert "api-1" in texts(page)
    assert "<b>team" not in page
    assert owners.remove_from(one, {"name": ["cmdb"]}) == "/owners"
    assert "periderm owners import" in owners.page(one)


def test_a_table_that_lies_elsewhere_is_tried_and_then_scheduled(ask: Asks, app: Application) -> None:
    """With how often, what columns are called, and what goes wrong shown."""
    form = {"name": ["cmdb"], "address": ["https://cmdb.test/x.csv?key=hush"], "minutes": ["30"], "columns": ["owner=owner"]}
    one = asked(ask, app)
    tried = owners.schedule_from(one, form)
    assert 'value="owner=owner"' in tried
    assert list(app.store.owner_heads()) == []
    owners.schedule_from(one, form | {"step": ["do"]})
    (head,) = app.store.owner_heads()
    assert head.fetch is not None
    assert (head.fetch.every, head.fetch.columns) == (1800, {"owner": "owner"})
    table = app.store.owner_table("cmdb")
    assert table is not None
    failing = msgspec.structs.replace(head.fetch, failing=app.clock.now(), failure="nobody <b>there")
    app.store.put_owner_table(msgspec.structs.replace(table, fetch=failing))
    page = owners.page(one)
    assert "nobody <b>there" in texts(page)
    assert "hush" not in page
    assert owners.fetch_from(one, {"name": ["cmdb"]}) == "/owners?table=cmdb"


def test_rules_are_tried_added_and_removed(ask: Asks, app: Application) -> None:
    """Whoever changes them says which he saw."""
    one = asked(ask, app)
    seen = next(field.get("value") or "" for field in all_of(owners.page(one), "input") if field.get("name") == "state")
    form = {"name": ["api-*"], "owner": ["team-a"], "state": [seen]}
    tried = owners.rule_from(one, form)
    assert ("owner=team-a" in texts(tried), owner_of(app)) == (True, "")
    owners.rule_from(one, form | {"step": ["do"]})
    assert owner_of(app) == "team-a"
    with pytest.raises(UsageError, match="meanwhile"):
        owners.rule_from(one, form | {"step": ["do"]})
    fresh = next(field.get("value") or "" for field in all_of(owners.page(one), "input") if field.get("name") == "state")
    assert owners.remove_rule_from(one, {"number": ["1"], "state": [fresh]}) == "/owners#rules"
    assert "team-a" not in owners.page(one)


@pytest.mark.parametrize(
    ("act", "form"),
    [
        (owners.import_from, {"name": ["cmdb"], "table": ["name,owner\n"]}),
        (owners.import_from, {"name": ["cmdb"], "table": ["x" * (owners.MOST_TYPED + 1)]}),
        (owners.schedule_from, {"name": ["cmdb"], "address": ["https://x.test/"], "minutes": ["often"]}),
        (owners.schedule_from, {"name": ["cmdb"], "address": ["https://x.test/"], "minutes": ["5"], "columns": ["what"]}),
        (owners.rule_from, {"name": ["x"], "grade": ["none"]}),
        (owners.rule_from, {"name": ["x"]}),
    ],
)
def test_what_is_none_is_refused(ask: Asks, app: Application, act: object, form: dict[str, list[str]]) -> None:
    """With what to do, before anything changes."""
    assert callable(act)
    with pytest.raises((UsageError, FormatError)) as told:
        act(asked(ask, app), form | {"step": ["do"]})
    assert told.value.next_step
    assert list(app.store.owner_heads()) == []


def test_a_reader_sees_and_changes_nothing(ask: Asks, app: Application) -> None:
    """No form but what searches."""
    import_owners(app, LOCAL_ADMIN, "cmdb", rows_of(TABLE.encode()))
    one = msgspec.structs.replace(asked(ask, app), who=Principal("user:eve", frozenset({Permission.READ})))
    page = owners.page(one)
    assert "cmdb" in texts(page)
    assert not {form.get("action") for form in all_of(page, "form") if (form.get("action") or "").startswith("/owners")}
