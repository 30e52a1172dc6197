"""Reading and changing how far the product may go."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.model.errors import UsageError
from periderm.model.policy import DEFAULT_POLICY, Policy
from periderm.model.principal import Permission, Principal


def list_policies(app: Application, who: Principal) -> Sequence[Policy]:
    """All policies, the strongest first."""
    require(who, Permission.READ)
    return app.store.policies()


def put_policy(app: Application, who: Principal, policy: Policy) -> Policy:
    """Adds or replaces a policy; says who did it and when. A reason is asked for wherever something may be enforced."""
    require(who, Permission.POLICY)
    if not policy.id or not policy.name:
        raise UsageError("A policy needs an id and a name.")
    if policy.mode.value == "enforce" and not policy.reason:
        raise UsageError("A policy that enforces needs a reason.", "Say in a sentence why blocking is worth its risk.")
    stamped = msgspec.structs.replace(policy, author=who.name, changed=app.clock.now())
    with app.store.transaction():
        app.store.put_policy(stamped)
    return stamped


def remove_policy(app: Application, who: Principal, policy_id: str) -> None:
    """Removes one; the default policy stays."""
    require(who, Permission.POLICY)
    if policy_id == DEFAULT_POLICY.id:
        raise UsageError("The default policy cannot be removed.", "Change it, or add one with a higher priority.")
    with app.store.transaction():
        app.store.remove_policy(policy_id)
