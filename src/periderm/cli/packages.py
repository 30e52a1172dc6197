"""`periderm packages`: where a package is, across everything that was scanned."""

from __future__ import annotations

import argparse
import itertools

from periderm import wiring
from periderm.app.application import Application
from periderm.app.packages import search_packages
from periderm.cli import words
from periderm.cli.output import Output
from periderm.model.places import PackagePlace
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Page, Query, pages_of
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("PACKAGE", "软件包"),
    Text("VERSION", "版本"),
    Text("TYPE", "类型"),
    Text("IMAGE", "镜像"),
    Text("RUNNING", "运行中"),
    Text("PATH", "路径"),
)
_NONE = Text("No package that matches.", "没有符合条件的软件包。")
_MOST_PAGES = 50  # that are looked through for one version
_AT_ONCE = 1000


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "name",
        metavar="NAME[@VERSION]",
        nargs="?",
        default="",
        help="a part of the name or package URL, '=NAME' for the whole name; with @VERSION only that version",
    )
    parser.add_argument("--type", metavar="TYPE", default="", help="only of this package-url type (deb, pypi, npm, …)")
    parser.add_argument("--image", metavar="DIGEST", default="", help="only in this image")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Searches."""
    name, version = split(options.name)
    limit = words.limit_of(options)
    query = Query(text=name, kind=options.type, image_digest=options.image, limit=_AT_ONCE if version else limit)
    with wiring.reader(settings) as app:
        page = _of_version(app, query, version, limit) if version else search_packages(app, LOCAL_ADMIN, query)
    if out.json:
        out.value(page)
    else:
        _list(page, out)
    return 0


def split(given: str) -> tuple[str, str]:
    """(name, version) of 'openssl@3.0.11'; an npm scope's own '@' stands first and is part of the name."""
    name, at, version = given.rpartition("@")
    return (name, version) if at and name.removeprefix("=") else (given, "")


def _of_version(app: Application, query: Query, version: str, limit: int) -> Page[PackagePlace]:
    found: list[PackagePlace] = []
    pages = pages_of(lambda asked: search_packages(app, LOCAL_ADMIN, asked), query)
    for page in itertools.islice(pages, _MOST_PAGES):
        found += [place for place in page.items if place.version == version]
    return Page(tuple(found[:limit]), total=len(found))


def _list(page: Page[PackagePlace], out: Output) -> None:
    if not page.items:
        out.note(out.say(_NONE))
        return
    rows = [
        (p.name, p.version, p.type, p.reference or p.image_digest[:19], str(p.running) if p.running else "", p.path)
        for p in page.items
    ]
    out.table([out.say(h) for h in _HEAD], rows)
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))
