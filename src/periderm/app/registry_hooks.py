"""Webhooks of registries: made and removed by people, taken from registries.

A notification is believed in nothing but that something may be new: what it names is looked at if (and only if) it is
watched, by asking the registry that was watched before. The same one sent again costs at most another such question.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.registries import check_reference, watched
from periderm.flow.watch_registries import takes_repository, takes_tag
from periderm.formats.registry_events import parse
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import Permission, Principal
from periderm.model.watching import Hook, RegistryCall, Sender, WatchedRegistry

DELAY_NS = 10**9  # what is pushed in one go is looked at once
BY_SIGNATURE = frozenset({Sender.GITHUB})  # X-Hub-Signature-256: an HMAC over the body
BY_ADDRESS = frozenset({Sender.DOCKER_HUB, Sender.QUAY})  # they send neither headers nor signatures
_NO = DeniedError("This webhook is not known, or its secret is wrong.", "Compare it with `periderm registry hooks NAME`.")


class Taken(msgspec.Struct, frozen=True):
    """How many repositories or tags are looked at because of a notification."""

    looks: int


def add_hook(app: Application, who: Principal, name: str, sender: Sender, secret: str) -> Hook:
    """Takes notifications of this sender; `secret` says where the secret lies. One of the same sender is replaced. Raises
    NotFoundError, UsageError."""
    require(who, Permission.MACHINE)
    check_reference(secret)
    if not secret.startswith(("env:", "file:")):
        raise UsageError("A webhook needs a secret of its own.", "Name where it lies: env:NAME or file:/PATH.")
    watch = watched(app, name).watch
    hook = Hook(sender=sender, secret=secret, made=app.clock.now())
    others = tuple(h for h in watch.hooks if h.sender is not sender)
    with app.store.transaction():
        app.store.put_registry(msgspec.structs.replace(watch, hooks=(*others, hook)))
        note(app, who, "registry.hook-add", name, sender.value)
    return hook


def remove_hook(app: Application, who: Principal, name: str, sender: Sender) -> None:
    """Its notifications are refused from now on. Raises NotFoundError."""
    require(who, Permission.MACHINE)
    watch = watched(app, name).watch
    with app.store.transaction():
        app.store.put_registry(msgspec.structs.replace(watch, hooks=tuple(h for h in watch.hooks if h.sender is not sender)))
        note(app, who, "registry.hook-remove", name, sender.value)


def take_hook(app: Application, name: str, headers: Mapping[str, str], token: str, body: bytes) -> Taken:
    """What a registry sent. `headers` have lower-case names; `token` is that of the address ('' if there is none). Whoever
    sends it proves that it knows the secret: a person with a session does not count. Raises DeniedError (the same for an
    unknown name and a wrong secret), FormatError."""
    watch = app.store.registry(name)
    hook = _proven(app, watch, headers, token, body)
    if watch is None or hook is None:
        raise _NO
    if watch.paused:
        return Taken(0)
    now = app.clock.now()
    calls: dict[str, RegistryCall] = {}
    for event in parse(hook.sender, body):
        if not takes_repository(watch, event.repository) or (event.tag and not takes_tag(watch.tags, event.tag)):
            continue
        call = RegistryCall(
            watch=name,
            repository=event.repository,
            tag=event.tag,
            not_before=now + DELAY_NS,
            asked_by=f"webhook {hook.sender.value}",
        )
        calls[call.id] = call
    with app.store.transaction():
        for call in calls.values():
            if not app.store.put_call(call):
                # Too many to keep each: one look at all of it finds them.
                app.store.put_call(RegistryCall(watch=name, not_before=now + DELAY_NS, asked_by=call.asked_by), most=1 << 30)
                break
    return Taken(len(calls))


def _proven(
    app: Application, watch: WatchedRegistry | None, headers: Mapping[str, str], token: str, body: bytes
) -> Hook | None:
    """The hook whose secret the sender knows. Each is compared in constant time."""
    proven = None
    for hook in watch.hooks if watch is not None else ():
        try:
            secret = app.secret_of(hook.secret) if app.secret_of is not None else ""
        except DeniedError:
            continue  # the secret cannot be read: nobody can prove that he knows it
        if len(secret) >= 16 and _knows(hook.sender, secret, headers, token, body):
            proven = hook
    return proven


def _knows(sender: Sender, secret: str, headers: Mapping[str, str], token: str, body: bytes) -> bool:
    expected = secret.encode("utf-8", "surrogateescape")
    if sender in BY_SIGNATURE:
        told = headers.get("x-hub-signature-256", "").removeprefix("sha256=")
        made = hmac.new(expected, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(told.encode("utf-8", "replace"), made.encode())
    if sender in BY_ADDRESS:
        return hmac.compare_digest(token.encode("utf-8", "replace"), expected)
    told = headers.get("authorization", "")
    scheme, _, rest = told.partition(" ")
    given = rest.strip() if scheme.lower() == "bearer" else told
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected)
