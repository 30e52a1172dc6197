"""What every store promises of who deals with what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.model.handling import Comment, Handling, HandlingKind, HandlingState, RiskDay
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.ports.store import Store
from tests.ports.plugs import STORES

DAY = 86_400 * 10**9
T0 = 20_000 * DAY


@pytest.fixture(params=STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


def handling(number: int, **more: object) -> Handling:
    """Of weakness `number`."""
    given: dict[str, object] = {"id": f"rsk-{number}", "kind": HandlingKind.FINDING, "changed": number, "place": "shop"}
    return Handling(**{**given, **more})  # type: ignore[arg-type]


def test_the_last_word_holds(store: Store) -> None:
    """With the comments in their order; what nobody touched is None."""
    store.put_handling(handling(1))
    said = handling(1, changed=9, comments=(Comment(author="ada", time=1, text="x"), Comment(author="bo", time=2, what="y")))
    store.put_handling(said)
    assert store.handling("rsk-1") == said
    assert store.handling("rsk-2") is None
    assert store.handlings_of(["rsk-1", "rsk-2"]) == {"rsk-1": said}


def test_lists(store: Store) -> None:
    """By kind, state, person, place, words; open ones, and those whose date has passed."""
    one = handling(1, assignee="ada", state=HandlingState.ASSIGNED, due=100, title=Text("Remove the key", "移除密钥"))
    two = handling(2, state=HandlingState.FIXED, due=50, place="api")
    three = handling(3, kind=HandlingKind.INCIDENT, due=300, assignee="bo", severity=Severity.CRITICAL)
    four = handling(4)
    for each in (one, two, three, four):
        store.put_handling(each)

    def ids(query: Query, **more: str) -> list[str]:
        return [each.id[-1] for each in store.handlings(query, **more).items]

    assert ids(Query()) == ["4", "3", "2", "1"]
    assert ids(Query(state="open")) == ["4", "3", "1"]
    assert ids(Query(state="overdue", until=200)) == ["1"]
    assert ids(Query(state="fixed")) == ["2"]
    accepted = msgspec.structs.replace(store.handlings(Query(state="fixed")).items[0], state=HandlingState.ACCEPTED, due=150)
    store.put_handling(accepted)
    assert [ids(Query(state="lapsed", until=until)) for until in (150, 151)] == [[], ["2"]]
    store.put_handling(msgspec.structs.replace(accepted, state=HandlingState.FIXED, due=0))
    assert ids(Query(kind="incident")) == ["3"]
    assert ids(Query(), assignee="ada") == ["1"]
    assert ids(Query(), place="api") == ["2"]
    assert ids(Query(text="remove")) == ["1"]
    assert ids(Query(order="severity"))[0] == "3"


def test_two_trends(store: Store) -> None:
    """What was there before burns down, what is new arrives; what came back is there again; another place is told apart."""
    high = int(Severity.HIGH)
    store.put_risks("shop", {"a": (high, T0 - 5 * DAY), "b": (high, T0 - 1), "c": (high, T0 + DAY)}, T0 + DAY)
    store.put_risks("api", {"d": (high, T0 + 2 * DAY)}, T0 + 2 * DAY)
    store.put_risks("shop", {"b": (high, T0 - 1), "c": (high, T0 + DAY)}, T0 + 2 * DAY)  # a is fixed on day 2
    store.put_risks("shop", {"b": (high, T0 - 1)}, T0 + 3 * DAY)  # c on day 3
    days = store.risk_days(T0, T0 + 3 * DAY)
    first = T0 // 10**9
    assert days == [
        RiskDay(day=first, existing=2, fresh=0, came=0, fixed=0),
        RiskDay(day=first + 86_400, existing=2, fresh=1, came=1, fixed=0),
        RiskDay(day=first + 2 * 86_400, existing=1, fresh=2, came=1, fixed=1),
        RiskDay(day=first + 3 * 86_400, existing=1, fresh=1, came=0, fixed=1),
    ]
    store.put_risks("shop", {"a": (high, T0 - 5 * DAY), "b": (high, T0 - 1)}, T0 + 4 * DAY)
    assert store.risk_days(T0, T0 + 3 * DAY)[3].existing == 2


def test_told_twice_is_once(store: Store) -> None:
    """The same again changes no day, and keeps when it first came."""
    for time in (T0, T0 + DAY):
        store.put_risks("shop", {"a": (4, T0)}, time)
    assert [(d.came, d.fresh) for d in store.risk_days(T0, T0 + DAY)] == [(1, 1), (0, 1)]


def test_a_page_goes_on(store: Store) -> None:
    """From where the last one ended."""
    for number in range(5):
        store.put_handling(handling(number))
    first = store.handlings(Query(limit=3))
    rest = store.handlings(msgspec.structs.replace(Query(limit=3), cursor=first.next_cursor))
    assert [h.changed for h in (*first.items, *rest.items)] == [4, 3, 2, 1, 0]
    assert first.total == 5
