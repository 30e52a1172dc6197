"""Tables of owners that the server fetches by itself, and what each matched."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.kept_secrets import KeptSecrets
from periderm.app.application import Application
from periderm.app.confirming import NotConfirmedError
from periderm.app.owner_sources import list_heads, owners_state, schedule_owners, what_matches
from periderm.app.owners import add_owner_rule, import_owners, remove_owner_table, rows_of
from periderm.model.asset import Container, Ownership
from periderm.model.errors import ConnectError, DeniedError, FormatError, NotFoundError, UsageError
from periderm.model.owner_table import OwnerHead, OwnerRow, OwnerSource
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.ports.owner_documents import OwnerDocument
from tests.people import add, came_in

READER = Principal("user:eve", frozenset({Permission.READ}))
TABLE = b"name,owner,application\napi-*,team-api,api\n"
SOURCE = OwnerSource(address="https://cmdb.test/x.csv?key=hush", every=3600)


class Documents:
    """`ports.owner_documents.OwnerDocuments` that answers what a test says."""

    def __init__(self) -> None:
        self.answer: bytes | Exception = TABLE
        self.asked: list[OwnerSource] = []

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """See the port."""
        self.asked.append(source)
        if isinstance(self.answer, Exception):
            raise self.answer
        return OwnerDocument(self.answer)


@pytest.fixture
def documents() -> Documents:
    """A CMDB."""
    return Documents()


@pytest.fixture
def app(empty: Application, documents: Documents, tmp_path: Path) -> Application:
    """Where a container runs that nobody owns."""
    found = [
        Container(id=f"ctr-{name}", name=name, container_id=name * 8, runtime="podman", node_id="n", running=True)
        for name in ("api-1", "web-1")
    ]
    empty.store.put_assets(found)
    return msgspec.structs.replace(empty, owner_documents=documents, secrets=KeptSecrets(str(tmp_path / "secrets")))


@pytest.fixture
def admin(app: Application) -> Principal:
    """In a console, who gave the password just now."""
    add(app, "ada", "admin")
    return msgspec.structs.replace(came_in(app, "ada")[1], confirmed=app.clock.now())


def token_files(app: Application, tmp_path: Path) -> list[str]:
    """What typed tokens are kept."""
    folder = tmp_path / "secrets"
    return sorted(each.read_text().strip() for each in folder.iterdir()) if folder.exists() else []


def test_one_is_tried_and_then_fetched_from_then_on(app: Application, admin: Principal, documents: Documents) -> None:
    """A trial says what it would re-assign, and changes nothing; what may be a key in the address is in no list."""
    tried = schedule_owners(app, admin, "cmdb", SOURCE, dry=True)
    assert (tried.changed, [moved.after.ownership.owner for moved in tried.moved]) == (1, ["team-api"])
    assert list_heads(app, READER) == []
    done = schedule_owners(app, admin, "cmdb", SOURCE)
    assert (done.changed, done.rows) == (1, 1)
    (head,) = list_heads(app, READER)
    assert (head.source, head.count, head.author) == ("https://cmdb.test/x.csv", 1, "user:ada")
    assert head.fetch is not None
    assert (head.fetch.address, head.fetch.tried) == (SOURCE.address, app.clock.now())
    noted = [(e.action, e.subject) for e in app.store.audit_after(0) if e.action.startswith("owners.")]
    assert noted == [("owners.try", "cmdb"), ("owners.schedule", "cmdb"), ("owners.import", "cmdb")]
    assert not any("hush" in e.detail for e in app.store.audit_after(0))
    assert len(documents.asked) == 2


def test_a_typed_token_is_kept_and_goes_only_where_it_went(
    app: Application, admin: Principal, documents: Documents, tmp_path: Path
) -> None:
    """Told by where it lies; another address needs it typed anew; one that is replaced or removed is forgotten."""
    schedule_owners(app, admin, "cmdb", SOURCE, secret="word-one", dry=True)
    assert token_files(app, tmp_path) == []
    schedule_owners(app, admin, "cmdb", SOURCE, secret="word-one")
    first = documents.asked[-1].token
    assert first.startswith("file:")
    schedule_owners(app, admin, "cmdb", msgspec.structs.replace(SOURCE, every=60))
    assert documents.asked[-1].token == first
    moved = msgspec.structs.replace(SOURCE, address="https://evil.test/")
    schedule_owners(app, admin, "cmdb", moved)
    assert documents.asked[-1].token == ""
    assert token_files(app, tmp_path) == []
    with pytest.raises(DeniedError):
        schedule_owners(app, admin, "cmdb", msgspec.structs.replace(moved, token=first))
    schedule_owners(app, admin, "cmdb", SOURCE, secret="word-two")
    assert token_files(app, tmp_path) == ["word-two"]
    remove_owner_table(app, admin, "cmdb")
    assert token_files(app, tmp_path) == []


@pytest.mark.parametrize(
    "change",
    [
        {"token": "env:HOME"},
        {"token": "file:/etc/shadow"},
        {"ca": "/etc/shadow"},
        {"networks": ("127.0.0.0/8",)},
        {"networks": ("169.254.169.254/32",)},
        {"networks": ("0.0.0.0/0",)},
    ],
)
def test_what_only_the_machine_says(
    app: Application, admin: Principal, documents: Documents, change: dict[str, object]
) -> None:
    """No browser has the server read a file of its own, send a variable elsewhere, or speak to itself."""
    with pytest.raises(DeniedError):
        schedule_owners(app, admin, "cmdb", msgspec.structs.replace(SOURCE, **change))
    with pytest.raises(DeniedError):
        import_owners(app, admin, "cmdb", (), fetch=msgspec.structs.replace(SOURCE, **change))
    assert documents.asked == []
    assert list_heads(app, READER) == []


@pytest.mark.parametrize("change", [{"address": "http://cmdb.test/"}, {"every": 5}, {"address": "file:///etc/passwd"}])
def test_what_is_no_source(app: Application, admin: Principal, documents: Documents, change: dict[str, object]) -> None:
    """Is refused before anybody is asked."""
    with pytest.raises(UsageError):
        schedule_owners(app, admin, "cmdb", msgspec.structs.replace(SOURCE, **change))
    assert documents.asked == []


@pytest.mark.parametrize("failure", [ConnectError("nobody there", "x"), b"<!doctype html>"])
def test_what_cannot_be_fetched_changes_nothing(
    app: Application, admin: Principal, documents: Documents, tmp_path: Path, failure: bytes | Exception
) -> None:
    """And the typed token is not kept."""
    documents.answer = failure
    with pytest.raises((ConnectError, FormatError)):
        schedule_owners(app, admin, "cmdb", SOURCE, secret="word")
    assert (list_heads(app, READER), token_files(app, tmp_path)) == ([], [])


def test_who_may(app: Application, admin: Principal) -> None:
    """An administrator with a fresh proof; no token, no author of policies."""
    with pytest.raises(NotConfirmedError):
        schedule_owners(app, msgspec.structs.replace(admin, confirmed=0), "cmdb", SOURCE)
    for may in ({Permission.READ, Permission.POLICY}, {Permission.READ, Permission.ADMIN}):
        with pytest.raises(DeniedError):
            schedule_owners(app, Principal("token:x", frozenset(may)), "cmdb", SOURCE)
    with pytest.raises(DeniedError, match="fetches nothing"):
        schedule_owners(msgspec.structs.replace(app, owner_documents=None), LOCAL_ADMIN, "cmdb", SOURCE)


def test_what_a_table_matched_is_told_also_where_others_go_before(app: Application) -> None:
    """Rules are no table of these; what there is not is told."""
    import_owners(app, LOCAL_ADMIN, "cmdb", rows_of(TABLE), source="x.csv")
    add_owner_rule(app, LOCAL_ADMIN, OwnerRow(name="api-1", ownership=Ownership(owner="team-rule")))
    found = what_matches(app, READER, "cmdb")
    assert (found.matched, found.assets, [asset.name for asset in found.some]) == (1, 2, ["api-1"])
    assert owners_state(app, READER).tables == (
        OwnerHead(id="cmdb", source="x.csv", imported=app.clock.now(), author="local", count=1),
    )
    for name in ("none", "rules"):
        with pytest.raises(NotFoundError):
            what_matches(app, READER, name)
