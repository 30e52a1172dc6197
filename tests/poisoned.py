"""A store in front of another: whatever is read of it holds, in every text that comes from outside, what would do harm if it
were not escaped. So no field of no list is forgotten, also of those that are added later."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, cast

import msgspec

from periderm.app.application import Application
from periderm.model.text import Text
from tests.hostile import ATTACK, KEEP

# Who asks is found out by these, and which page of a list comes next.
PLAIN = {"session", "account", "token", "changes", "transaction", "sign_in_link", "join_token", "seen", "store_id"}
# What a computer wrote: names of things that are looked up by them, and words of our own that stand for a choice.
CHOSEN = KEEP | {
    *("subject_id", "effect_id", "container_id", "ids", "next_cursor", "sequence", "parent_id", "baseline_id", "decision_id"),
    *("type", "aspect", "form", "phase", "channel", "occasion", "verdict", "tactics", "techniques", "stage", "purl"),
    *("vulnerability", "time", "action", "sender", "source", "family", "hash", "session_id", "roles", "permissions"),
    *("key", "by", "asset_ids", "images", "config", "distribution", "arch", "architecture"),
}


def poison(value: Any, *, inside: bool = False) -> Any:
    """The same value with the attack in every text of its structs; what stands alone (ids, counts by id) is left."""
    if isinstance(value, msgspec.Struct) and not isinstance(value, Text):
        changes = {n: poison(getattr(value, n), inside=True) for n in value.__struct_fields__ if n not in CHOSEN}
        return msgspec.structs.replace(value, **changes)
    if isinstance(value, (tuple, list)):
        return type(value)(poison(item, inside=inside) for item in value) if not hasattr(value, "_fields") else value
    if isinstance(value, Mapping):
        more = {ATTACK: ATTACK} if inside and value and all(type(item) is str for item in value.values()) else {}
        return {key: poison(item, inside=inside) for key, item in value.items()} | more
    if inside and isinstance(value, Text):
        return Text(ATTACK, ATTACK)
    return ATTACK if inside and type(value) is str else value


class PoisonedStore:
    """`ports.store.Store`; writes pass."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        """As it is, with what it answers poisoned."""
        found = getattr(self._store, name)
        if not callable(found) or name in PLAIN or name.startswith(("put_", "close", "take_")):
            return found

        def call(*args: Any, **named: Any) -> Any:
            answer = found(*args, **named)
            if inspect.isgenerator(answer):
                return (poison(item) for item in answer)
            return answer if isinstance(answer, AbstractContextManager) else poison(answer)

        return call


def with_poison(app: Application) -> Application:
    """The same application, reading poison."""
    return msgspec.structs.replace(app, store=cast("Any", PoisonedStore(app.store)))


__all__ = ["ATTACK", "PoisonedStore", "poison", "with_poison"]
