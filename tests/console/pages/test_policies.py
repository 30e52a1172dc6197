"""Policies and enforcing in the console."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.enforce_baseline import PREFIX
from periderm.console.pages.policies import alert_again_from, deeds, enforce, enforce_from, page
from periderm.console.render import Ask
from periderm.engines.runtime.scene import SHOP
from periderm.model.errors import UsageError
from periderm.model.event import EventFlag, EventKind
from periderm.model.policy import Policy, PolicyMode, ResponseKind
from tests.app.test_enforce_baseline import QUIET, shop
from tests.app.test_preview_history import Past
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts

PATH = f"/baselines/{SHOP.workload_id}/enforce"
PARTS = {"id": SHOP.workload_id}


def over(ask: Ask, past: Past | None = QUIET) -> Ask:
    """The same over the shop with a past."""
    return msgspec.structs.replace(ask, app=shop(ask.app, past))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("None of 1 programs", "It holds for 1 of one running container")),
        ("zh", ("没有任何一个会被阻断", "立即")),
    ],
)
def test_the_proof_comes_before_the_button(ask: Asks, language: str, words: tuple[str, ...]) -> None:
    """And whom it would hit."""
    text = enforce(over(ask(PATH, language, parts=PARTS)))
    for word in words:
        assert word in texts(text)
    assert f"{PATH}" in {form.get("action") for form in all_of(text, "form")}


@pytest.mark.parametrize("past", [None, Past(), Past((1, EventKind.EXEC, "/usr/bin/<b>curl", EventFlag(0), 2))])
def test_without_proof_there_is_no_button(ask: Asks, past: Past | None) -> None:
    """But what would have been blocked, and where to decide on it."""
    text = enforce(over(ask(PATH, parts=PARTS), past))
    assert PATH not in {form.get("action") for form in all_of(text, "form")}
    assert "cannot be begun from here" in texts(text)
    assert "<b>curl" not in text


def test_it_is_done_and_undone_by_forms(ask: Asks) -> None:
    """The page then says that it holds, by whom and why, and the list has the way back."""
    asked = over(ask(PATH, parts=PARTS))
    with pytest.raises(UsageError):
        enforce_from(asked, {"canary": ["0"], "reason": ["x"]})
    assert enforce_from(asked, {"canary": ["50"], "reason": ["its programs never change"]}) == PATH
    assert "is enforced" in texts(enforce(asked))
    listed = page(over(ask("/policies")))
    assert "(50 % of the replicas)" in texts(listed)
    back = f"/policies/{PREFIX}{SHOP.workload_id}/alert"
    assert back in {form.get("action") for form in all_of(listed, "form")}
    undo = over(ask(back, parts={"id": PREFIX + SHOP.workload_id}))
    assert alert_again_from(undo, {"reason": ["enough"]}) == "/policies"
    assert back not in {form.get("action") for form in all_of(page(over(ask("/policies"))), "form")}


def test_an_empty_list_teaches(empty: Application, ask: Asks) -> None:
    """In both languages."""
    for policy in empty.store.policies():
        empty.store.remove_policy(policy.id)
    assert "periderm policy" in texts(page(ask("/policies", "zh")))


def test_every_deed_is_told() -> None:
    """Nothing that a policy may do is left out of its line."""
    policy = Policy(
        id="p", name="p", mode=PolicyMode.ENFORCE, kill_drift=True, kill_memory=True, enforce_baseline=True, canary=10,
        kill_executables=("/bin/nc",), refuse_open=("/x",), refuse_modules=True, refuse_ptrace=True, refuse_mount=True,
        on_alert={"RUN-1": ResponseKind.PAUSE_CONTAINER}, rule_responses=True, exempt=True,
    )  # fmt: skip
    assert [key for key, _ in deeds(policy)] == [
        *("deed-drift", "deed-memory", "deed-baseline", "deed-list", "deed-open"),
        *("deed-call", "deed-call", "deed-call", "deed-alert", "deed-rules", "deed-exempt"),
    ]
    assert deeds(Policy(id="q", name="q")) == []
