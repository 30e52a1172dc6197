"""What a person does with watched registries: add, change, list, read, remove them, and ask for a look now."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.correlate.coverage import gap_id
from periderm.flow.looks import registry_asset
from periderm.formats.image_reference import parse_platform, valid_registry
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.gap import GapKind
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.watching import LookState, RegistryCall, RegistryTag, WatchedRegistry

LEAST_SECONDS, MOST_SECONDS = 30, 30 * 86_400
MOST_GLOBS = 200
LONGEST_GLOB = 300
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A watched registry and how looking at it goes."""

    watch: WatchedRegistry
    state: LookState


def list_registries(app: Application, who: Principal) -> Sequence[Watched]:
    """All, by name."""
    require(who, Permission.READ)
    return tuple(Watched(watch=watch, state=state) for watch, state in app.store.registries())


def show_registry(app: Application, who: Principal, name: str) -> Watched:
    """One. Raises NotFoundError."""
    require(who, Permission.READ)
    return watched(app, name)


def watched(app: Application, name: str) -> Watched:
    """The one of this name. Raises NotFoundError."""
    for watch, state in app.store.registries():
        if watch.name == name:
            return Watched(watch=watch, state=state)
    raise NotFoundError(f"No registry is watched as {name[:80]!r}.", "`periderm registry list` names those that are.")


def add_registry(app: Application, who: Principal, watch: WatchedRegistry) -> WatchedRegistry:
    """Watches it from now on, or changes how; its webhooks and its beginning stay. Raises UsageError, DeniedError: only an
    administrator names secrets of this machine, for whoever names one sends it to a host of his choice."""
    require(who, Permission.POLICY)
    _check(watch)
    known = app.store.registry(watch.name)
    same = known is not None and (known.registry, known.credentials) == (watch.registry, watch.credentials)
    if watch.credentials not in ("", "docker") and not same:
        require(who, Permission.MACHINE)
    made, made_by = (known.made, known.made_by) if known else (app.clock.now(), who.name)
    watch = msgspec.structs.replace(watch, hooks=known.hooks if known else (), made=made, made_by=made_by)
    with app.store.transaction():
        app.store.put_registry(watch)
        note(app, who, "registry.change" if known else "registry.add", watch.name, watch.registry)
    return watch


def remove_registry(app: Application, who: Principal, name: str) -> None:
    """Watches it no more; what its images' scans found stays. Raises NotFoundError."""
    require(who, Permission.POLICY)
    with app.store.transaction():
        if not app.store.remove_registry(name):
            watched(app, name)
        app.store.close_gap(gap_id(GapKind.REGISTRY_SILENT, registry_asset(name)))
        note(app, who, "registry.remove", name)


def look_now(app: Application, who: Principal, name: str) -> Watched:
    """The server looks at it as soon as it can. Raises NotFoundError, UsageError while it is paused."""
    require(who, Permission.RESPOND)
    found = watched(app, name)
    if found.watch.paused:
        raise UsageError(f"Watching {name} is paused.", f"Go on with `periderm registry resume {name}`.")
    with app.store.transaction():
        app.store.put_call(RegistryCall(watch=name, asked_by=who.name), most=1 << 30)
        note(app, who, "registry.look", name)
    return found


def pause(app: Application, who: Principal, name: str, *, paused: bool) -> WatchedRegistry:
    """Stops looking at it, or goes on. Raises NotFoundError."""
    require(who, Permission.POLICY)
    watch = msgspec.structs.replace(watched(app, name).watch, paused=paused)
    with app.store.transaction():
        app.store.put_registry(watch)
        note(app, who, "registry.pause" if paused else "registry.resume", name)
    return watch


def list_tags(app: Application, who: Principal, query: Query) -> Page[RegistryTag]:
    """A page of the tags that were seen, those that changed last first."""
    require(who, Permission.READ)
    return app.store.tags(query)


def _check(watch: WatchedRegistry) -> None:
    """Raises UsageError for what cannot be watched."""
    if not _NAME.fullmatch(watch.name):
        raise UsageError(f"{watch.name[:80]!r} is no name.", "Use small letters, digits, '.', '_' and '-', at most 63.")
    if not valid_registry(watch.registry):
        raise UsageError(f"{watch.registry[:80]!r} is no registry.", "Give its host, and its port if it has one.")
    globs = (*watch.repositories, *watch.tags.only, *watch.tags.never)
    if not watch.repositories or not watch.tags.only or len(globs) > MOST_GLOBS:
        raise UsageError("No repository or no tag is watched, or too many patterns.", f"Give 1 to {MOST_GLOBS} of them.")
    for glob in globs:
        if not glob or len(glob) > LONGEST_GLOB or not glob.isprintable() or " " in glob:
            raise UsageError(f"{glob[:80]!r} is no pattern.", "Use names with '*' and '?': team/*, v1.*")
    for platform in watch.platforms:
        try:
            if platform != "*":
                parse_platform(platform)
        except FormatError as error:
            raise UsageError(error.what, error.next_step) from None
    if not watch.platforms:
        raise UsageError("No platform is watched.", "Give one like linux/amd64, or '*' for all.")
    if not LEAST_SECONDS <= watch.every <= MOST_SECONDS:
        raise UsageError(f"Every {watch.every} s is too often or too rare.", "Give 30 seconds to 30 days.")
    if not 0 <= watch.jitter <= 1 or not 0 <= watch.tags.versions <= 10_000 or not 0 <= watch.tags.newest <= 10_000:
        raise UsageError("The jitter is a share of 0 to 1, and tags are 0 to 10000.", "Choose smaller numbers.")
    check_reference(watch.credentials)


def check_reference(reference: str) -> None:
    """Where a secret lies: '', 'docker', 'env:NAME' or 'file:/PATH'. Raises UsageError, without saying what was given: it may
    be the secret itself."""
    kind, _, where = reference.partition(":")
    if reference in ("", "docker") or (kind == "env" and _VARIABLE.fullmatch(where)):
        return
    if kind == "file" and where.startswith("/") and len(where) < 4096 and where.isprintable():
        return
    raise UsageError(
        "The credentials are not named as they must be.",
        "Name where they lie, never themselves: docker, env:NAME, or file:/PATH with USER:PASSWORD in it.",
    )
