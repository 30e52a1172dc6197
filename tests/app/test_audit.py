"""Noting in the audit log, reading it, and checking it."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path

import pytest

from periderm.app.announce import announce
from periderm.app.application import Application
from periderm.app.audit import anchor_of, entries, list_audit, note, verify
from periderm.app.incidents import change_state
from periderm.app.policies import put_policy, remove_policy
from periderm.model.audit import digest_of
from periderm.model.errors import DeniedError, UsageError
from periderm.model.incident import IncidentState
from periderm.model.policy import Policy
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from tests.story import INCIDENT_ID, FixedClock

READER = Principal("user:reader", frozenset({Permission.READ, Permission.RESPOND, Permission.POLICY}))


def tamper(app: Application, statement: str) -> None:
    """What someone with the file does, who also takes the guard away."""
    connection = sqlite3.connect(app.settings.database)
    for what in ("update", "delete"):
        connection.execute(f"DROP TRIGGER audit_log_no_{what}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_note_tells_who_did_what_when(empty: Application, clock: FixedClock) -> None:
    """By a caller, or by the name that someone gave who was not let in."""
    note(empty, READER, "policy.put", "pol-1", "shop: alert")
    note(empty, "user:eve", "session.refused")
    page = list_audit(empty, LOCAL_ADMIN, Query())
    assert [(e.who, e.action, e.subject, e.time) for e in page.items] == [
        ("user:eve", "session.refused", "", clock.now()),
        ("user:reader", "policy.put", "pol-1", clock.now()),
    ]


def test_only_administrators_read_it(empty: Application) -> None:
    """It tells what everyone did."""
    for ask in (
        lambda: list_audit(empty, READER, Query()),
        lambda: list(entries(empty, READER)),
        lambda: verify(empty, READER),
    ):
        with pytest.raises(DeniedError):
            ask()


def test_long_words_are_cut(empty: Application) -> None:
    """And say that they were."""
    made = note(empty, "user:" + "x" * 9999, "a", "s" * 9999, "d" * 9999)
    assert [text[-1] for text in (made.who, made.subject, made.detail)] == ["…"] * 3
    assert (len(made.who), len(made.subject), len(made.detail)) == (512, 512, 4000)


def test_a_whole_log_holds(empty: Application) -> None:
    """Also one that takes several looks to walk, and with what was printed before."""
    assert verify(empty, LOCAL_ADMIN).entries == 0
    for number in range(3):
        note(empty, READER, "policy.put", f"pol-{number}")
    kept = anchor_of(list(entries(empty, LOCAL_ADMIN))[1])
    found = verify(empty, LOCAL_ADMIN, kept)
    assert (found.entries, found.problem) == (3, "")
    assert getattr(found.last, "sequence", 0) == 3


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE audit_log SET who = 'user:bob' WHERE sequence = 2", 2),
        ("DELETE FROM audit_log WHERE sequence = 2", 3),
        ("DELETE FROM audit_log WHERE sequence = 1", 2),
        ("UPDATE audit_log SET time = time + 1 WHERE sequence = 3", 3),
    ],
)
def test_what_was_changed_behind_our_back_is_found(empty: Application, statement: str, place: int) -> None:
    """With the place where the log ceases to hold."""
    for number in range(3):
        note(empty, READER, "policy.put", f"pol-{number}")
    tamper(empty, statement)
    found = verify(empty, LOCAL_ADMIN)
    assert found.broken_at == place
    assert found.problem


def test_an_anchor_finds_what_was_cut_off_or_written_anew(empty: Application) -> None:
    """A chain alone cannot know that its end is gone."""
    for number in range(3):
        note(empty, READER, "policy.put", f"pol-{number}")
    last = list(entries(empty, LOCAL_ADMIN))[-1]
    assert verify(empty, LOCAL_ADMIN, anchor_of(last)).problem == ""
    assert verify(empty, LOCAL_ADMIN, f"3:{'0' * 64}").problem == "it is not the one that was there before"
    tamper(empty, "DELETE FROM audit_log WHERE sequence = 3")
    assert verify(empty, LOCAL_ADMIN).problem == ""
    assert verify(empty, LOCAL_ADMIN, anchor_of(last)).problem == "it is missing"
    assert digest_of(last) == last.digest


@pytest.mark.parametrize("text", ["x", "1", "1:abc", "²:" + "0" * 64, ":" + "0" * 64])
def test_a_wrong_anchor_is_refused(empty: Application, text: str) -> None:
    """It would otherwise be found missing."""
    with pytest.raises(UsageError):
        verify(empty, LOCAL_ADMIN, text)


APP = Path(__file__).resolve().parents[2] / "src" / "periderm" / "app"
# Functions that ask for more than reading and note nothing themselves, and why that is right.
NOTED_BY = {
    "accounts.list_accounts": "reads",
    "accounts.list_groups": "reads",
    "accounts.invite": "make_sign_in_link notes it",
    "advisories.build_advisories": "has no store of the installation: it runs where there is none",
    "advisories.update_advisories": "the same",
    "advisory_bundles.export_advisories": "the same",
    "advisory_bundles.import_advisories": "the same",
    "audit.list_audit": "reads",
    "audit.entries": "reads",
    "baseline_decisions.decide": "_put notes it",
    "baseline_decisions.record": "_put notes it",
    "baseline_decisions.relearn": "_put notes it",
    "baseline_decisions.release": "_put notes it",
    "baseline_decisions.undo": "_put notes it",
    "confirming.require_confirmed": "only asks",
    "credentials.list_sessions": "reads",
    "enforce_baseline.enforce_baseline": "put_policy notes it",
    "enforce_baseline.alert_again": "put_policy and remove_policy note it",
    "fleet._require_all": "only asks",
    "handle_all.matching_findings": "only counts",
    "handle_all.matching_incidents": "only counts",
    "notify.retry_dead": "retry_delivery notes each",
    "rematch.match_again": "the product's own work, begun by hand: no value that a person gave changes",
    "respond_to.undo_response": "order_response notes it",
    "search.search": "reads",
    "selftest.run": "kept with who ran it, signed, as a record of its own",
    "settings_shown.show_settings": "reads",
    "tokens._may_make": "only asks",
    "tokens.list_tokens": "reads",
}


def asks_for_more(function: ast.FunctionDef) -> bool:
    """Whether it requires a permission beyond reading."""
    text = ast.unparse(function)
    return "require(" in text and any(f"Permission.{name}" in text for name in ("RESPOND", "POLICY", "ADMIN", "MACHINE"))


def test_every_change_is_noted() -> None:
    """Whoever adds a use case that changes something says so in the log, or here why not."""
    silent = {
        f"{path.stem}.{function.name}"
        for path in APP.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and asks_for_more(function) and "note(" not in ast.unparse(function)
    }
    assert silent - set(NOTED_BY) == set()
    assert set(NOTED_BY) - silent == set(), "it notes by now, or is gone"


def test_what_the_shop_s_people_do_is_told(told: Application) -> None:
    """A day's work, in its order, with who did it."""
    change_state(told, READER, INCIDENT_ID, IncidentState.ACKNOWLEDGED)
    session = announce(told, READER, "shop-web-1", "a full disk", 60)
    put_policy(told, READER, Policy(id="pol-9", name="nine"))
    remove_policy(told, READER, "pol-9")
    noted = [(e.who, e.action, e.subject) for e in entries(told, LOCAL_ADMIN)]
    assert noted[:4] == [
        ("user:reader", "incident.state", INCIDENT_ID),
        ("user:reader", "session.announce", session.id),
        ("user:reader", "policy.put", "pol-9"),
        ("user:reader", "policy.remove", "pol-9"),
    ]


def test_what_is_refused_is_not_noted_as_done(told: Application) -> None:
    """The entry is part of what it tells of."""
    with pytest.raises(UsageError):
        put_policy(told, READER, Policy(id="", name=""))
    assert list(entries(told, LOCAL_ADMIN)) == []
