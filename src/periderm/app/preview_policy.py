"""What a policy would hold for, before it is set: the running containers and nodes. Changes nothing."""

from __future__ import annotations

import itertools

import msgspec

from periderm.app.application import Application, require
from periderm.engines.runtime.response import holding_policy
from periderm.model.asset import Asset, Container, Node
from periderm.model.policy import Policy
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every

MOST = 10_000


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """`subjects` are the names of running containers and nodes that the policy would hold for; `overruled` of those that
    it fits but where one of a higher priority holds. `looked_at` counts all."""

    policy: Policy
    subjects: tuple[str, ...]
    overruled: tuple[str, ...]
    looked_at: int


def preview_policy(app: Application, who: Principal, policy: Policy) -> Preview:
    """Compares the policy, in place of the stored one with its id, with all others."""
    require(who, Permission.READ)
    others = [p for p in app.store.policies() if p.id != policy.id]
    subjects = _subjects(app)
    held = [s for s in subjects if holding_policy(s, [*others, policy]).id == policy.id]
    alone = [s for s in subjects if holding_policy(s, [policy]).id == policy.id and s not in held]
    return Preview(
        policy=policy,
        subjects=tuple(s.name for s in held),
        overruled=tuple(s.name for s in alone),
        looked_at=len(subjects),
    )


def _subjects(app: Application) -> list[Container | Node]:
    found: list[Container | Node] = []
    for kind in ("node", "container"):
        known = every(app.store.assets, Query(kind=kind, limit=1000))
        living = (asset for asset in known if _lives(asset) and isinstance(asset, Container | Node))
        found += itertools.islice(living, MOST - len(found))
    return found


def _lives(asset: Asset) -> bool:
    return asset.running if isinstance(asset, Container) else isinstance(asset, Node)
