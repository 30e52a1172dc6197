"""`periderm registry`: the registries that the server watches: list, add, show, remove, pause, look now, webhooks."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from periderm import wiring
from periderm.app import registries, registry_hooks
from periderm.app.application import Application
from periderm.app.registries import Watched
from periderm.cli import registry_words as w
from periderm.cli import words
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import ago, now
from periderm.model.asset import Ownership
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.watching import RegistryTag, Sender, TagFilter, WatchedRegistry

ACTIONS = ("list", "add", "show", "remove", "scan", "pause", "resume", "hooks")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument(
        "words",
        metavar="NAME",
        nargs="*",
        help="what it is watched as; with add: NAME REGISTRY; with hooks: NAME, then add or remove and a sender "
        f"({', '.join(Sender)})",
    )
    add = parser.add_argument_group("with add")
    many: Sequence[tuple[str, str, str]] = (
        ("--repository", "GLOB", "only these repositories (default: all, if the registry lists them)"),
        ("--tag", "GLOB", "only these tags"),
        ("--not-tag", "GLOB", "never these tags"),
        ("--platform", "OS/ARCH", "images for these platforms, or '*' (default: linux/amd64)"),
    )
    for flag, metavar, told in many:
        add.add_argument(flag, metavar=metavar, action="append", default=[], help=f"{told}; repeatable")
    add.add_argument("--versions", type=int, default=0, metavar="N", help="only the N greatest versions (1.10 is after 1.9)")
    add.add_argument("--newest", type=int, default=0, metavar="N", help="only the N that were built last")
    add.add_argument("--every", default="1h", metavar="TIME", help="how often it is looked at (default: 1h)")
    add.add_argument("--jitter", type=float, default=0.1, metavar="SHARE", help="spread by up to this share (default: 0.1)")
    for name in ("owner", "application", "environment"):
        add.add_argument(f"--{name}", default="", metavar="NAME", help=f"the {name} of its images")
    add.add_argument(
        "--credentials", default="", metavar="WHERE", help="where they lie: docker (default), env:NAME or file:/PATH"
    )
    parser.add_argument("--secret", default="", metavar="WHERE", help="with hooks add: where its secret lies (default: made)")
    parser.add_argument("--only", choices=("there", "passed", "gone"), default="", help="with show: only tags in this state")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does one of the actions."""
    wanted = {"list": 0, "add": 2}.get(options.action, 1)
    if len(options.words) != wanted and not (options.action == "hooks" and len(options.words) in (1, 3)):
        raise UsageError(
            f"`periderm registry {' '.join([options.action, *options.words])}` is not understood.",
            "`periderm registry --help` tells what each takes.",
        )
    if options.action == "add":
        _add(options, settings, out)
        return 0
    if options.action == "hooks" and len(options.words) == 3:
        _change_hooks(options, settings, out)
        return 0
    with wiring.reader(settings) as app:
        _ACTIONS[options.action](app, options, out)
    return 0


def watch_of(options: argparse.Namespace) -> WatchedRegistry:
    """What the options of `add` say. Raises UsageError for a time that is none."""
    name, registry = options.words
    return WatchedRegistry(
        name=name,
        registry=registry,
        repositories=tuple(options.repository) or ("*",),
        tags=TagFilter(
            only=tuple(options.tag) or ("*",),
            never=tuple(options.not_tag),
            versions=options.versions,
            newest=options.newest,
        ),
        platforms=tuple(options.platform) or ("linux/amd64",),
        every=seconds_of(options.every),
        jitter=options.jitter,
        owner=Ownership(owner=options.owner, application=options.application, environment=options.environment),
        credentials=options.credentials,
    )


def _add(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    with wiring.keeper(settings) as app:
        added = registries.add_registry(app, LOCAL_ADMIN, watch_of(options))
    if out.json:
        out.value(added)
        return
    out.line(out.say(w.ADDED.fill(name=added.name, registry=added.registry)))
    out.note(out.say(w.SERVER_LOOKS.fill(name=added.name)))


def _list(app: Application, _options: argparse.Namespace, out: Output) -> None:
    listed = registries.list_registries(app, LOCAL_ADMIN)
    if out.json:
        out.value(listed)
        return
    if not listed:
        out.note(out.say(w.NONE))
        return
    at = now()
    rows = []
    for each in listed:
        state = each.state
        rows.append(
            (
                each.watch.name,
                each.watch.registry,
                out.say(w.state_of(each)),
                ago(state.looked, at, out.language),
                ago(state.next, at, out.language) if not each.watch.paused else "-",
                str(state.repositories),
                str(state.tags),
                str(state.new_images),
                state.problem,
            )
        )
    out.table([out.say(h) for h in w.HEAD], rows, right=(5, 6, 7))


def _show(app: Application, options: argparse.Namespace, out: Output) -> None:
    found = registries.show_registry(app, LOCAL_ADMIN, options.words[0])
    query = Query(kind=found.watch.name, state=options.only, limit=words.limit_of(options))
    tags = registries.list_tags(app, LOCAL_ADMIN, query)
    if out.json:
        out.value({"registry": found, "tags": tags})
        return
    for label, value in w.details(found):
        out.line(f"{out.say(label)}: {out.say(value)}")
    _problems(found, out)
    if not tags.items:
        return
    out.line()
    rows = [_tag_row(app, tag, out) for tag in tags.items]
    out.table([out.say(h) for h in w.TAG_HEAD], rows)
    if tags.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=tags.total)))


def _problems(found: Watched, out: Output) -> None:
    state = found.state
    if state.failing:
        out.line(out.paint(out.say(w.FAILING.fill(since=ago(state.failing, now(), out.language), why=state.problem)), "red"))
    for left in state.left_out:
        out.line(out.say(w.LEFT_OUT.fill(what=left)))


def _tag_row(app: Application, tag: RegistryTag, out: Output) -> tuple[str, ...]:
    images = [state for image in tag.images for state in app.store.images(Query(image_digest=image.image, limit=1)).items]
    at = now()
    return (
        f"{tag.repository}:{tag.tag}",
        out.say(w.tag_state(tag)),
        ", ".join(image.platform for image in tag.images if image.platform) or "-",
        ago(tag.changed, at, out.language),
        ago(max((i.scanned_at for i in images), default=0), at, out.language),
        str(sum(i.running for i in images)) if images else "-",
        tag.digest[:19] or "-",
    )


def _remove(app: Application, options: argparse.Namespace, out: Output) -> None:
    name = options.words[0]
    registries.remove_registry(app, LOCAL_ADMIN, name)
    out.answer({"removed": name}, w.REMOVED.fill(name=name))


def _scan(app: Application, options: argparse.Namespace, out: Output) -> None:
    found = registries.look_now(app, LOCAL_ADMIN, options.words[0])
    out.answer(found, w.SERVER_LOOKS.fill(name=found.watch.name))


def _pause(app: Application, options: argparse.Namespace, out: Output) -> None:
    paused = options.action == "pause"
    watch = registries.pause(app, LOCAL_ADMIN, options.words[0], paused=paused)
    out.answer(watch, (w.PAUSED if paused else w.RESUMED).fill(name=watch.name))


def _hooks(app: Application, options: argparse.Namespace, out: Output) -> None:
    watch = registries.show_registry(app, LOCAL_ADMIN, options.words[0]).watch
    if out.json:
        out.value(watch.hooks)
        return
    if not watch.hooks:
        out.note(out.say(w.NO_HOOKS.fill(name=watch.name)))
    for hook in watch.hooks:
        _tell_hook(app.settings, watch.name, hook.sender, hook.secret, out)


def _change_hooks(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    name, action, sender = options.words
    if action not in ("add", "remove") or sender not in set(Sender):
        raise UsageError(
            f"`periderm registry hooks {name} {action} {sender}` is not understood.",
            f"Say add or remove, and one of {', '.join(Sender)}.",
        )
    with wiring.reader(settings) as app:
        if action == "remove":
            registry_hooks.remove_hook(app, LOCAL_ADMIN, name, Sender(sender))
            out.answer({"removed": sender}, w.HOOK_REMOVED.fill(sender=sender))
            return
        watch = registries.show_registry(app, LOCAL_ADMIN, name).watch
        secret = options.secret or wiring.hook_secret(settings, watch.name, sender)
        hook = registry_hooks.add_hook(app, LOCAL_ADMIN, name, Sender(sender), secret)
    if out.json:
        out.value(hook)
    else:
        _tell_hook(settings, name, hook.sender, hook.secret, out)


def _tell_hook(settings: Settings, name: str, sender: Sender, secret: str, out: Output) -> None:
    address = f"{settings.url}/api/v1/webhooks/registry/{name}"
    if sender in registry_hooks.BY_ADDRESS:
        address += "?token=SECRET"
    how = w.BY_SIGNATURE if sender in registry_hooks.BY_SIGNATURE else w.BY_HEADER
    how = w.BY_ADDRESS if sender in registry_hooks.BY_ADDRESS else how
    out.line(f"{sender.value}: POST {out.say(address)}")
    out.line(f"  {out.say(how)}")
    out.line(f"  {out.say(w.SECRET_LIES.fill(where=secret))}")


_ACTIONS: Mapping[str, Callable[[Application, argparse.Namespace, Output], None]] = {
    "list": _list,
    "show": _show,
    "remove": _remove,
    "scan": _scan,
    "pause": _pause,
    "resume": _pause,
    "hooks": _hooks,
}
