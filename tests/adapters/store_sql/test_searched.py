"""A page of a search over many rows: bounded, whole by its pages, and honest about what was left out."""

from __future__ import annotations

import msgspec
import pytest

from periderm.adapters.store_sql import searched
from periderm.adapters.store_sql.store import SqlStore
from periderm.algorithms.searching.reading import read
from periderm.algorithms.searching.understanding import understand
from periderm.model.errors import UsageError
from periderm.model.finding import Finding, FindingKind
from periderm.model.query import Query, every
from periderm.model.severity import Severity
from periderm.model.text import Text

LOOKED_AT, MANY = 20, 70


@pytest.fixture
def many(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """More rows than one page looks at."""
    monkeypatch.setattr(searched, "LOOKED_AT", LOOKED_AT)
    store.put_findings(
        Finding(
            id=f"fnd-{n:03}",
            detector=f"IMG-{n % 10:03}",
            kind=FindingKind.SECRET,
            severity=Severity(1 + n % 4) if n % 25 else Severity.CRITICAL,
            asset_id=f"img-{n % 7}",
            title=Text(f"secret {'odd' if n % 2 else 'even'}", "秘密"),
            message=Text("m", "m"),
            remediation=Text("r", "r"),
            last_seen=1_000 + n // 3,
        )
        for n in range(MANY)
    )
    return store


def asked(text: str, **given: object) -> Query:
    """A page of three."""
    return msgspec.structs.replace(Query(limit=3, where=understand(read(text), 10**18)), **given)


@pytest.mark.parametrize("order", ["", "severity"])
@pytest.mark.parametrize(
    "text", ["odd", "detector:IMG-003", "severity>=critical", "odd or detector:IMG-004", "-odd", "nothing"]
)
def test_its_pages_are_the_whole_answer(many: SqlStore, text: str, order: str) -> None:
    """In the order of the list, each once, however few are looked at for a page."""
    whole = {
        "odd": lambda n: n % 2 == 1,
        "detector:IMG-003": lambda n: n % 10 == 3,
        "severity>=critical": lambda n: n % 25 == 0,
        "odd or detector:IMG-004": lambda n: n % 2 == 1 or n % 10 == 4,
        "-odd": lambda n: n % 2 == 0,
        "nothing": lambda _: False,
    }[text]
    walked = list(every(many.findings, asked(text, order=order)))
    assert sorted(f.id for f in walked) == [f"fnd-{n:03}" for n in range(MANY) if whole(n)]
    rank = (lambda f: (-f.severity, -f.last_seen, f.id)) if order else (lambda f: (-f.last_seen, f.id))
    assert walked == sorted(walked, key=rank)


def test_what_was_left_out_is_said(many: SqlStore) -> None:
    """Of a word so many were looked at; of few by an index all, and all are counted."""
    page = many.findings(asked("odd"))
    assert page.looked_at == LOOKED_AT
    assert page.total <= LOOKED_AT
    page = many.findings(asked("detector:img-003"))
    assert (page.looked_at, page.total) == (0, 7)
    page = many.findings(asked("odd", asset_id="img-1"))
    assert (page.looked_at, page.total) == (0, 5)


def test_a_page_with_nothing_leads_on(many: SqlStore) -> None:
    """What is old is found after all."""
    first = many.findings(asked("until:1970-01-01T00:00:00.000002 odd", limit=100))
    assert first.next_cursor
    assert "fnd-001" in {f.id for f in every(many.findings, asked("odd"))}


def test_what_cannot_be_asked_is_told(many: SqlStore) -> None:
    """A field of others, an order that there is not."""
    with pytest.raises(UsageError):
        many.findings(asked("state:new"))
    with pytest.raises(UsageError):
        many.gaps(asked("word", order="severity"))
