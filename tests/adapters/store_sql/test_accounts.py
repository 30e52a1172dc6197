"""Accounts, groups and tokens in their tables."""

from __future__ import annotations

import msgspec

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.account import Account, ApiToken, Grant, Group, Role, SignedIn
from periderm.model.principal import Permission, Reach

ADA = Account(name="ada", grants=(Grant(Role.RESPONDER, Reach(application="shop", labels=(("a", "b"),))),), groups=("web",))
TOKEN = ApiToken(id="tok-1", account="ada", name="ci", permissions=(Permission.READ,), created=5, expires=100)


def test_accounts_and_groups_come_back_whole(store: SqlStore) -> None:
    """By name; put again they are replaced."""
    bob = Account(name="bob")
    store.put_account(bob)
    store.put_account(ADA)
    assert store.account("ada") == ADA
    assert store.account("none") is None
    assert store.accounts() == [ADA, bob]
    store.put_account(msgspec.structs.replace(ADA, disabled=True))
    assert [a.disabled for a in store.accounts()] == [True, False]
    store.put_group(Group(name="web", grants=ADA.grants))
    assert store.groups() == [Group(name="web", grants=ADA.grants)]
    store.remove_group("web")
    assert store.groups() == []


def test_tokens_are_found_by_their_digest(store: SqlStore) -> None:
    """With when they were last used; the digest is in no list."""
    store.put_account(ADA)
    store.put_token("digest", TOKEN)
    assert store.token("digest") == TOKEN
    assert store.token("other") is None
    store.use_token("digest", 50)
    assert [t.used for t in store.tokens()] == [50]
    assert store.remove_token("tok-1")
    assert not store.remove_token("tok-1")
    assert store.token("digest") is None


def test_nothing_is_left_of_a_removed_account(store: SqlStore) -> None:
    """Of others everything."""
    for name in ("ada", "bob"):
        store.put_account(Account(name=name))
        store.put_token(f"token-{name}", msgspec.structs.replace(TOKEN, id=f"tok-{name}", account=name))
        store.put_session(f"cookie-{name}", SignedIn(id=f"sit-{name}", name=name, began=1, expires=100))
        store.put_sign_in(f"link-{name}", name, 100)
        store.put_device(f"device-{name}", name, 100, 1)
    store.remove_account("ada")
    assert (store.token("token-ada"), store.session("cookie-ada", 2), store.use_sign_in("link-ada", 2)) == (None, None, None)
    assert not store.device("device-ada", "ada", 2)
    assert store.device("device-bob", "bob", 2)
    assert not store.device("device-bob", "ada", 2)
    assert store.token("token-bob") is not None
    assert store.session("cookie-bob", 2) is not None


def test_sessions_end_by_name_or_id(store: SqlStore) -> None:
    """But for the one that is kept."""
    for number in range(3):
        store.put_session(f"c{number}", SignedIn(id=f"sit-{number}", name="ada", began=1, expires=100))
    store.put_session("other", SignedIn(id="sit-9", name="bob", began=1, expires=100))
    store.see_session("c1", 60)
    assert [s.id for s in store.sessions(61)] == ["sit-1", "sit-0", "sit-2", "sit-9"]
    assert store.end_sessions(name="ada", but="sit-1") == 2
    assert store.end_sessions(session_id="sit-1") == 1
    assert store.end_sessions() == 0
    assert [s.id for s in store.sessions(61)] == ["sit-9"]
