"""What every store promises of accounts and sessions (see `periderm/ports/accounts.py`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from periderm.model.account import Account, ApiToken, SignedIn
from periderm.model.principal import Permission
from periderm.ports.store import Store
from tests.ports import plugs


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same store as often as it is called."""
    stores: list[Store] = []

    def open_store() -> Store:
        stores.append(request.param.open(tmp_path))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


def test_who_may_come_in_is_known_in_the_next_process(opened: Callable[[], Store]) -> None:
    """Accounts, tokens, sessions and browsers survive a restart of the server."""
    first = opened()
    token = ApiToken(id="tok-1", account="ada", name="x", permissions=(Permission.READ,), expires=9)
    session = SignedIn(id="sit-1", name="ada", began=1, expires=9)
    first.put_account(Account(name="ada"))
    first.put_token("t", token)
    first.put_session("s", session)
    first.put_device("d", "ada", 9, 1)
    first.close()
    second = opened()
    assert second.account("ada") == Account(name="ada")
    assert second.token("t") == token
    assert second.session("s", 8) == session
    assert second.session("s", 9) is None
    assert second.device("d", "ada", 8)
    assert not second.device("d", "ada", 9)


def test_a_link_is_used_by_one_of_many(opened: Callable[[], Store]) -> None:
    """Also when several processes try at once."""
    stores = [opened() for _ in range(3)]
    stores[0].put_sign_in("link", "ada", 100)
    found: list[str | None] = []
    threads = [threading.Thread(target=lambda s=store: found.append(s.use_sign_in("link", 1))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count("ada") == 1
