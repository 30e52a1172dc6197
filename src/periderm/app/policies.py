"""Reading and changing how far the product may go."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.preview_history import preview_history
from periderm.app.scoped import ScopedStore
from periderm.model.errors import UsageError
from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode
from periderm.model.principal import Permission, Principal
from periderm.ports.history import History


def list_policies(app: Application, who: Principal) -> Sequence[Policy]:
    """All policies, the strongest first."""
    require(who, Permission.READ)
    return app.store.policies_concerning() if isinstance(app.store, ScopedStore) else app.store.policies()


REPLAYED_NS = 30 * 24 * 3600 * 10**9


def put_policy(
    app: Application, who: Principal, policy: Policy, history: History | None = None, *, despite: bool = False
) -> Policy:
    """Adds or replaces a policy; says who did it and when. A reason is asked for wherever something may be enforced.

    One that enforces baselines is replayed over the last thirty days of `history` first, and refused if it would have
    blocked anything, or if there is no history, unless it is wanted `despite` that."""
    require(who, Permission.POLICY)
    if not policy.id or not policy.name:
        raise UsageError("A policy needs an id and a name.")
    if policy.mode.value == "enforce" and not policy.reason:
        raise UsageError("A policy that enforces needs a reason.", "Say in a sentence why blocking is worth its risk.")
    if policy.enforce_baseline:
        _check(app, who, policy, history, despite=despite)
    stamped = msgspec.structs.replace(policy, author=who.name, changed=app.clock.now())
    with app.store.transaction():
        app.store.put_policy(stamped)
        told = f"{policy.name} for {policy.workload}: {policy.mode.value}. {policy.reason}"
        note(app, who, "policy.put", policy.id, told + (" (despite what it would have blocked)" if despite else ""))
    return stamped


def _check(app: Application, who: Principal, policy: Policy, history: History | None, *, despite: bool) -> None:
    """Raises UsageError with what a policy that enforces a baseline would have blocked."""
    if not 0 <= policy.canary <= 100 or policy.return_after < 0:
        raise UsageError("`canary` is a percentage, `return_after` a number of kills.", "Give 0 to 100, and 0 or more.")
    if policy.mode is not PolicyMode.ENFORCE or despite:
        return
    if history is None:
        raise UsageError(
            "No history says what this policy would have blocked.",
            "Keep history for a while (`periderm up`), or set it with --despite if you know what it will do.",
        )
    past = preview_history(app, who, history, policy, app.clock.now() - REPLAYED_NS)
    blocked = sum(hit.count for hit in past.hits)
    if blocked or not past.rows:
        first = f", first {past.hits[0].what} in {past.hits[0].container}" if past.hits else ""
        raise UsageError(
            f"It would have blocked {blocked} of {past.rows} programs that were started in the past{first}.",
            "`periderm policy preview FILE` tells them all. Accept what is normal (`periderm baseline review`), or set it with "
            "--despite.",
        )


def remove_policy(app: Application, who: Principal, policy_id: str) -> None:
    """Removes one; the default policy stays."""
    require(who, Permission.POLICY)
    if policy_id == DEFAULT_POLICY.id:
        raise UsageError("The default policy cannot be removed.", "Change it, or add one with a higher priority.")
    with app.store.transaction():
        app.store.remove_policy(policy_id)
        note(app, who, "policy.remove", policy_id)
