"""Events of the kernel as a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.app.application import Application
from periderm.console.pages.events import AROUND, page, question
from periderm.model.errors import UsageError
from periderm.model.event import EventKind
from tests.console.conftest import Asks
from tests.console.markup import all_of, read, texts
from tests.hostile import ATTACK
from tests.past import history, some


@pytest.fixture
def kept(empty: Application, tmp_path: Path) -> Iterator[Application]:
    """A machine that keeps events, one of them hostile."""
    past = history(tmp_path)
    past.append(some(250))
    past.append(some(3, at=9, kind=1, subject=1, exe="/bin/sh", args="sh\0-c\0" + ATTACK.replace("\0", "")))
    past.flush()
    yield msgspec.structs.replace(empty, history=past)
    past.close()


def draw(ask: Asks, app: Application, language: str = "en", **query: str) -> str:
    """The page with these filters."""
    return page(msgspec.structs.replace(ask("/events", language, query=query), app=app))


def rows(text: str) -> list[str | None]:
    """The numbers of the rows."""
    return [r["data-row"] for r in all_of(text, "tr") if r.get("data-row")]


def test_pages_follow_each_other(kept: Application, ask: Asks) -> None:
    """Newest first, each row once, to the end."""
    seen: list[str | None] = []
    cursor = ""
    for _ in range(3):
        text = draw(ask, kept, cursor=cursor)
        seen += rows(text)
        following = [a["href"] or "" for a in all_of(text, "a") if a.get("rel") == "next"]
        cursor = following[0].partition("cursor=")[2] if following else ""
    assert (len(seen), len(set(seen)), cursor) == (253, 253, "")


def test_filters_and_conditions(kept: Application, ask: Asks) -> None:
    """By kind, container, text, condition; a wrong condition stays in the form with what is wrong."""
    assert len(rows(draw(ask, kept, kind="exec"))) == 3
    assert len(rows(draw(ask, kept, where="kind == 'exec'"))) == 3
    assert rows(draw(ask, kept, container="nobody*")) == []
    wrong = draw(ask, kept, "zh", where="kind ==")
    assert [i["value"] for i in all_of(wrong, "input") if i.get("name") == "where"] == ["kind =="]
    assert any(d.get("role") == "alert" for d in all_of(wrong, "div"))


def test_nothing_foreign_becomes_markup(kept: Application, ask: Asks) -> None:
    """An argument is text, whatever it holds."""
    text = draw(ask, kept, kind="exec")
    assert "owned" in text
    assert [t for t, _ in read(text).elements if t in ("script", "img", "style")] == ["script"]


def test_following_works_without_scripts(kept: Application, ask: Asks) -> None:
    """The browser asks again by itself; older pages stand still."""
    assert any(m.get("http-equiv") == "refresh" for m in all_of(draw(ask, kept, live="1"), "meta"))
    assert not any(m.get("http-equiv") for m in all_of(draw(ask, kept), "meta"))


def test_a_machine_without_history_says_what_keeps_it(empty: Application, ask: Asks) -> None:
    """And draws no table."""
    said = texts(draw(ask, empty))
    assert "No events are kept on this machine." in said


def test_a_moment_has_a_minute_on_both_sides() -> None:
    """What a link of an alert asks for."""
    asked = question({"around": str(10**18), "asset_id": "con-1", "kind": "exec"}, 0)
    assert (asked.since, asked.until) == (10**18 - AROUND, 10**18 + AROUND)
    assert (asked.subjects, asked.kinds) == (("con-1",), (EventKind.EXEC,))
    assert question({"window": "1h"}, 7200 * 10**9).since == 3600 * 10**9


@pytest.mark.parametrize("given", [{"around": "x"}, {"process": "-1"}, {"kind": "odd"}, {"text": "x" * 501}])
def test_what_cannot_be_is_told(given: dict[str, str]) -> None:
    """And not ignored."""
    with pytest.raises(UsageError):
        question(given, 0)
