"""Deciding what is normal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from periderm.app.application import Application
from periderm.app.baseline_decisions import chosen, decide, preview, record, relearn, release, undo, wider
from periderm.app.baselines import behaviour_id, normal, show_baseline
from periderm.model.baseline import Phase, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.baseline_story import NGINX, SHELL, UPLOADS, WEB, tell_baselines
from tests.story import FixedClock

READER = Principal("user:reader", frozenset({Permission.READ}))
FOLDER = Behaviour(Aspect.CREATE, NGINX, "/srv/uploads/*")


@pytest.fixture
def shop(empty: Application) -> Application:
    """With baselines, and deviations that wait."""
    tell_baselines(empty)
    return empty


def test_an_acceptance_is_shown_before_it_is_taken(shop: Application) -> None:
    """Which past alerts it would have hidden, how many of them grave, and what else it stands for; nothing changes."""
    seen = preview(shop, READER, WEB, Verdict.ACCEPT, [FOLDER, SHELL])
    assert (seen.total, seen.high) == (5, 1)
    assert seen.alerts[0].time > seen.alerts[-1].time
    assert preview(shop, READER, WEB, Verdict.ACCEPT, [UPLOADS[0]]).total == 1
    wide = preview(shop, READER, WEB, Verdict.FORGET, [Behaviour(Aspect.READ, NGINX, "/usr/**")])
    assert [e.behaviour.value for e in wide.entries] == ["/usr/share/old.html"]
    assert show_baseline(shop, READER, WEB).decisions == ()


def test_a_decision_is_a_version(shop: Application) -> None:
    """With who, when, why, and the alerts it dealt with; what was accepted is normal from then on."""
    made = decide(shop, LOCAL_ADMIN, WEB, [FOLDER], verdict=Verdict.ACCEPT, reason="  uploads are the service  ")
    stored = show_baseline(shop, LOCAL_ADMIN, WEB)
    assert stored.decisions == (made,)
    assert (made.author, made.reason, made.time) == ("local", "uploads are the service", shop.clock.now())
    assert len(made.alerts) == 4
    assert FOLDER in {e.behaviour for e in normal(stored)}
    assert shop.store.baselines(Query(text="web")).items[0].alerts == 1


def test_a_rejection_takes_out_what_is_there(shop: Application) -> None:
    """And an undo brings it back; twice is refused."""
    old = Behaviour(Aspect.READ, NGINX, "/usr/share/old.html")
    made = decide(shop, LOCAL_ADMIN, WEB, [old], verdict=Verdict.REJECT, reason="r")
    assert old not in {e.behaviour for e in normal(show_baseline(shop, LOCAL_ADMIN, WEB))}
    taken = undo(shop, LOCAL_ADMIN, WEB, made.id[:10], "r")
    assert old in {e.behaviour for e in normal(show_baseline(shop, LOCAL_ADMIN, WEB))}
    for name in (made.id, taken.id):
        with pytest.raises(UsageError):
            undo(shop, LOCAL_ADMIN, WEB, name, "r")
    with pytest.raises(NotFoundError):
        undo(shop, LOCAL_ADMIN, WEB, "dec-0", "r")


def test_learning_again(shop: Application, clock: FixedClock) -> None:
    """The phase goes back; undone, it is as before."""
    clock.sleep(1)
    made = relearn(shop, LOCAL_ADMIN, WEB, "new release")
    assert show_baseline(shop, LOCAL_ADMIN, WEB).phase is Phase.LEARNING
    undo(shop, LOCAL_ADMIN, WEB, made.id, "old release again")
    assert show_baseline(shop, LOCAL_ADMIN, WEB).phase is Phase.ALERTING


def test_a_release_is_a_decision_about_no_behaviour(shop: Application) -> None:
    """With who, when and why; what is normal stays as it was."""
    before = normal(show_baseline(shop, LOCAL_ADMIN, WEB))
    made = release(shop, LOCAL_ADMIN, WEB, "the rule was wrong")
    assert (made.verdict, made.behaviours, made.author) == (Verdict.RELEASE, (), "local")
    assert normal(show_baseline(shop, LOCAL_ADMIN, WEB)) == before


def test_who_may_decide_and_why(shop: Application) -> None:
    """A reader decides nothing; everybody needs a reason, and something to decide."""
    acts: tuple[Callable[[], object], ...] = (
        lambda: decide(shop, READER, WEB, [SHELL], verdict=Verdict.ACCEPT, reason="r"),
        lambda: relearn(shop, READER, WEB, "r"),
        lambda: release(shop, READER, WEB, "r"),
        lambda: undo(shop, READER, WEB, "dec-000000", "r"),
        lambda: record(shop, READER, show_baseline(shop, READER, WEB), (SHELL,), verdict=Verdict.ACCEPT, reason="r"),
    )
    for act in acts:
        with pytest.raises(DeniedError):
            act()
    for behaviours, reason in (([SHELL], "  "), ([SHELL], "x" * 1001), ([], "r"), ([SHELL] * 1001, "r")):
        with pytest.raises(UsageError):
            decide(shop, LOCAL_ADMIN, WEB, behaviours, verdict=Verdict.ACCEPT, reason=reason)


@pytest.mark.parametrize(
    "wide",
    [
        Behaviour(Aspect.READ, NGINX, "/**"),
        Behaviour(Aspect.WRITE, NGINX, "*"),
        Behaviour(Aspect.PROGRAM, "/**"),
        Behaviour(Aspect.CONNECT, "/**", "tcp/* *"),
    ],
)
def test_nearly_everything_is_not_acceptable(shop: Application, wide: Behaviour) -> None:
    """One careless click must not switch a workload's protection off; taking it out is allowed."""
    with pytest.raises(UsageError, match="nearly everything"):
        decide(shop, LOCAL_ADMIN, WEB, [wide], verdict=Verdict.ACCEPT, reason="r")
    decide(shop, LOCAL_ADMIN, WEB, [wide], verdict=Verdict.FORGET, reason="r")


def test_what_people_type(shop: Application) -> None:
    """The beginning of an id, an alert's id, all of a type, all that waits, an entry of the baseline."""
    assert chosen(shop, READER, WEB, [behaviour_id(SHELL)[:9]]) == (SHELL,)
    assert chosen(shop, READER, WEB, ["alt-base01"]) == (SHELL,)
    assert set(chosen(shop, READER, WEB, [], event_type="03-02")) == set(UPLOADS)
    assert len(chosen(shop, READER, WEB, [], everything=True)) == 5
    listen = Behaviour(Aspect.LISTEN, NGINX, "tcp/80")
    assert chosen(shop, READER, WEB, [behaviour_id(listen)]) == (listen,)
    for names in (["beh-"], ["nothing-like-it"], []):
        with pytest.raises((NotFoundError, UsageError)):
            chosen(shop, READER, WEB, names)


def test_wider() -> None:
    """Siblings become their folder, numbers a star, many peers any peer; one alone and what is precious stay as they are."""
    assert wider(UPLOADS) == (Behaviour(Aspect.CREATE, NGINX, "/srv/uploads/*.jpg"),)
    assert wider([SHELL]) == (SHELL,)
    peers = [Behaviour(Aspect.CONNECT, NGINX, f"tcp/5432 10.0.0.{n}") for n in range(3)]
    assert wider(peers) == (Behaviour(Aspect.CONNECT, NGINX, "tcp/5432 *"),)
    assert wider(peers[:2]) == tuple(peers[:2])
    names = [Behaviour(Aspect.RESOLVE, NGINX, f"n{n}.shop.example") for n in range(3)]
    assert wider(names) == (Behaviour(Aspect.RESOLVE, NGINX, "*.shop.example"),)
    keys = tuple(Behaviour(Aspect.READ, NGINX, f"/root/.ssh/key{n}") for n in range(5))
    assert wider(keys) == keys
    (moved,) = wider([Behaviour(Aspect.CHANGE, NGINX, f"unlink /srv/uploads/img{n}.jpg") for n in range(4)])
    assert moved.value == "unlink /srv/uploads/*.jpg"
