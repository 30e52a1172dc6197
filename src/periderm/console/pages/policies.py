"""How far the product may go: all policies with the way back to alerting, and enforcing one workload's baseline with proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from periderm.app.enforce_baseline import PREFIX, alert_again, enforce_baseline, plan_enforcing
from periderm.app.policies import list_policies
from periderm.console.render import Ask, render
from periderm.model.errors import UsageError
from periderm.model.policy import DEFAULT_POLICY, Policy

CANARIES = (10, 25, 50, 100)
MOST_HITS = 50
LONGEST = 4_000

Form = Mapping[str, Sequence[str]]


def page(ask: Ask) -> str:
    """GET /policies"""
    return render(
        "policies.html",
        ask,
        policies=[(policy, deeds(policy)) for policy in list_policies(ask.app, ask.person)],
        default=DEFAULT_POLICY.id,
        prefix=PREFIX,
    )


def enforce(ask: Ask) -> str:
    """GET /baselines/{id}/enforce"""
    plan = plan_enforcing(ask.app, ask.person, ask.parts["id"], _canary(ask.query.get("canary", "100")))
    baseline = plan.baseline
    return render(
        "enforce.html",
        ask,
        plan=plan,
        policy=plan.policy,
        baseline=baseline,
        past=plan.past,
        hits=plan.past.hits[:MOST_HITS] if plan.past else (),
        name=baseline.name or baseline.workload_id,
        canaries=CANARIES,
        kept=deeds(plan.instead_of) if plan.instead_of.mode.value == "enforce" else [],
    )


def enforce_from(ask: Ask, form: Form) -> str:
    """POST /baselines/{id}/enforce"""
    enforce_baseline(ask.app, ask.person, ask.parts["id"], _canary(_first(form, "canary")), _first(form, "reason"))
    return f"/baselines/{quote(ask.parts['id'], safe='')}/enforce"


def alert_again_from(ask: Ask, form: Form) -> str:
    """POST /policies/{id}/alert: takes enforcing back."""
    alert_again(ask.app, ask.person, ask.parts["id"], _first(form, "reason"))
    return "/policies"


def deeds(policy: Policy) -> list[tuple[str, str]]:
    """What it may do, as (key of the words, what it is about)."""
    found = [("deed-drift", "")] if policy.kill_drift else []
    found += [("deed-memory", "")] if policy.kill_memory else []
    found += [("deed-baseline", f"{policy.canary} %")] if policy.enforce_baseline else []
    found += [("deed-list", path) for path in policy.kill_executables]
    found += [("deed-open", path) for path in policy.refuse_open]
    refused = (("module", policy.refuse_modules), ("ptrace", policy.refuse_ptrace), ("mount", policy.refuse_mount))
    found += [("deed-call", name) for name, wanted in refused if wanted]
    found += [("deed-alert", f"{detector}: {kind.value}") for detector, kind in sorted(policy.on_alert.items())]
    found += [("deed-rules", "")] if policy.rule_responses else []
    return found + ([("deed-exempt", "")] if policy.exempt else [])


def _canary(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise UsageError("The share of the replicas is no percentage.", "Choose one of the list.")
    return int(text)


def _first(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0][:LONGEST]
