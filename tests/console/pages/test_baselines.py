"""Baselines in the console."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.baselines import behaviour_id, review, show_baseline
from periderm.console.pages.baselines import decide_from, one, page, preview_from, relearn_from, release_from, undo_from
from periderm.console.pages.baselines import review as review_page
from periderm.model.baseline import Baseline, Entry, Evidence, Phase, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from tests.baseline_story import NGINX, SHELL, UPLOADS, WEB, tell_baselines
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts

PARTS = {"id": WEB}


@pytest.fixture
def shop(empty: Application) -> Application:
    """With baselines, and deviations that wait."""
    tell_baselines(empty)
    return empty


def test_an_empty_list_says_how_it_fills(ask: Asks) -> None:
    """With the command."""
    assert "sudo periderm up" in texts(page(ask("/baselines")))


@pytest.mark.parametrize(("language", "words"), [("en", ("alerting", "5")), ("zh", ("告警中", "5"))])
def test_the_list_says_where_to_begin(shop: Application, ask: Asks, language: str, words: tuple[str, ...]) -> None:
    """What waits leads to its review; a filter that nothing fits says so."""
    text = page(ask("/baselines", language))
    assert f"/baselines/{WEB}/review" in {a.get("href") for a in all_of(text, "a")}
    for word in words:
        assert word in texts(text)
    assert "Nothing matches" in texts(page(ask("/baselines", query={"text": "none"})))


def test_one_shows_each_dimension_with_evidence(shop: Application, ask: Asks) -> None:
    """By program, with why; what waits is said at the head; a path that draws is made visible."""
    hostile = Entry(
        Behaviour(Aspect.READ, "/bin/<b>", "/tmp/\u202e<script>"), Evidence(hours=5, bursts=4, shortest=60, longest=60)
    )
    shop.store.put_baselines([Baseline(workload_id=WEB, entries=(hostile,))])
    text = one(ask(f"/baselines/{WEB}", parts=PARTS, query={"dimension": "network"}))
    assert "5 deviations wait" in texts(text)
    assert "service's configuration: /etc/nginx/nginx.conf:3" in texts(text)
    files = one(ask(f"/baselines/{WEB}", parts=PARTS, query={"dimension": "file"}))
    assert "<script>" not in files.replace("<script type", "")
    assert "\u202e" not in files
    assert "every 1 min" in texts(files)
    assert "old.html" in files
    assert "old.html" not in one(ask(f"/baselines/{WEB}", parts=PARTS, query={"dimension": "file", "program": "<b>"}))
    with pytest.raises(NotFoundError):
        one(ask("/baselines/none", parts={"id": "none"}))


def test_many_entries_come_in_pages(shop: Application, ask: Asks) -> None:
    """Thousands of entries are no page of thousands of rows."""
    many = tuple(Entry(Behaviour(Aspect.WRITE, NGINX, f"/srv/{n:04}"), Evidence()) for n in range(500))
    shop.store.put_baselines([Baseline(workload_id=WEB, entries=many)])
    text = one(ask(f"/baselines/{WEB}", parts=PARTS, query={"dimension": "file"}))
    assert text.count('name="id"') == 200
    last = one(ask(f"/baselines/{WEB}", parts=PARTS, query={"dimension": "file", "from": "400"}))
    assert last.count('name="id"') == 102


def test_what_waits_can_be_ticked(shop: Application, ask: Asks) -> None:
    """Each with its reason and what would make it normal; one event type alone."""
    text = review_page(ask(f"/baselines/{WEB}/review", parts=PARTS))
    assert f'value="{behaviour_id(SHELL)}"' in text
    assert "normal if it were nginx" in texts(text)
    assert behaviour_id(SHELL) not in review_page(ask("/", parts=PARTS, query={"type": "03-02"}))
    assert "Nothing waits" in texts(review_page(ask("/", parts={"id": "shop-db"})))


def test_a_decision_is_seen_before_it_is_taken(shop: Application, ask: Asks) -> None:
    """What is ticked is previewed, with patterns that a person may change, then taken, then taken back."""
    asked = ask(f"/baselines/{WEB}/preview", parts=PARTS)
    ticked = [behaviour_id(each) for each in UPLOADS]
    text = preview_from(asked, {"action": ["generalise"], "id": ticked})
    assert "hidden 4 past alerts" in texts(text)
    assert 'value="/srv/uploads/*.jpg"' in text
    assert show_baseline(shop, LOCAL_ADMIN, WEB).decisions == ()
    told = msgspec.json.encode(Behaviour(Aspect.CREATE, NGINX, "/srv/uploads/*.jpg")).decode()
    form = {"action": ["accept"], "behaviour": [told], "value-0": ["/srv/uploads/img*.jpg"], "reason": ["uploads"]}
    assert decide_from(asked, form) == f"/baselines/{WEB}#versions"
    (made,) = show_baseline(shop, LOCAL_ADMIN, WEB).decisions
    assert made.behaviours[0].value == "/srv/uploads/img*.jpg"
    assert "uploads" in texts(one(ask("/", parts=PARTS)))
    undo_from(asked, {"decision": [made.id], "reason": ["wrong"]})
    assert len(review(shop, LOCAL_ADMIN, WEB).waiting) == 5


def test_a_rejection_and_learning_again(shop: Application, ask: Asks) -> None:
    """Both keep their reason; what nobody needed is forgotten in one step."""
    asked = ask("/", parts=PARTS)
    text = preview_from(asked, {"action": ["forget"], "unused": ["yes"]})
    assert "old.html" in text
    assert "out of the baseline" in texts(text)
    relearn_from(asked, {"reason": ["new release"]})
    assert shop.store.baselines(Query(text="web")).items[0].phase is Phase.LEARNING


def test_what_a_form_cannot_say(shop: Application, ask: Asks) -> None:
    """An action that is none, a behaviour that is none, nothing at all."""
    asked = ask("/", parts=PARTS)
    for form in ({"action": ["burn"]}, {"action": ["accept"], "behaviour": ["x"]}):
        with pytest.raises(UsageError):
            preview_from(asked, form)
    with pytest.raises(NotFoundError):
        preview_from(asked, {"action": ["accept"]})


def test_trust_is_given_again_with_a_reason(shop: Application, ask: Asks) -> None:
    """As a version with author and reason, like every decision."""
    asked = ask(f"/baselines/{WEB}", parts=PARTS)
    assert release_from(asked, {"reason": ["the scanner is ours"]}) == f"/baselines/{WEB}#versions"
    kept = show_baseline(shop, LOCAL_ADMIN, WEB)
    assert (kept.decisions[-1].verdict, kept.decisions[-1].reason) == (Verdict.RELEASE, "the scanner is ours")
    assert "trusted again" in texts(one(asked))
    with pytest.raises(UsageError):
        release_from(asked, {})
