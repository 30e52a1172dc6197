"""`periderm owners`: who answers for what, by tables from elsewhere (a CMDB) and by rules: import, fetch, try, list, remove."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import msgspec

from periderm import wiring
from periderm.app import owners
from periderm.app.application import Application
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.asset import Ownership
from periderm.model.errors import UsageError
from periderm.model.owner_table import FOR, GIVES, OwnerRow, OwnerSource, OwnerTable, owner_row
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_NEEDS = {"import": "a source", "fetch": "a name", "add-rule": "what it is for, and whose that is", "remove-rule": "a number"}
ACTIONS = ("list", "import", "fetch", "remove", "rules", "add-rule", "remove-rule")
_HEAD = (
    Text("NAME", "名称"),
    Text("ROWS", "行数"),
    Text("FROM", "来源"),
    Text("IMPORTED", "导入时间"),
    Text("BY", "导入者"),
    Text("FETCHED", "自动获取"),
)
_RULES_HEAD = (Text("NO", "序号"), Text("FOR", "适用于"), Text("SAYS", "归属"))
_NONE = Text("No table of owners was imported; labels say whose things are.", "尚未导入负责人表；归属信息来自标签。")
_NO_RULES = Text("There are no rules. `periderm owners add-rule` adds one.", "没有规则。用 `periderm owners add-rule` 添加。")
_DID = Text(
    "Rows: {rows}. Assets changed: {changed} of {assets}; without an owner or application: {without}.",
    "{rows} 行：{assets} 个资产中有 {changed} 个变更，仍有 {without} 个缺少负责人或应用。",
)
_DRY = Text("Nothing was changed (--dry-run).", "未做任何更改（--dry-run）。")
_SAME = Text("The table {name} is as it was.", "归属表 {name} 没有变化。")
_MOVED = Text("  {name}: {before} -> {after}", "  {name}：{before} -> {after}")
_MORE = Text("and {n} more", "另有 {n} 个")
_REMOVED = Text("Removed: {name}. What it said of assets stays with them.", "已移除：{name}。它已写入资产的信息保留不变。")
_EVERY = Text("every {every} s, last {last}", "每 {every} 秒，上次 {last}")
_FAILING = Text("fails since {since}: {why}", "自 {since} 起失败：{why}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument(
        "words",
        metavar="WORD",
        nargs="*",
        default=[],
        help="import: a CSV file, '-' or https address; fetch: a table's name; add-rule: COLUMN=VALUE; remove-rule: its number",
    )
    parser.add_argument("--name", metavar="NAME", default="cmdb", help="the table's name (default: cmdb)")
    parser.add_argument(
        "--column",
        metavar="OURS=THEIRS",
        action="append",
        default=[],
        help=f"what one of our columns ({', '.join(owners.COLUMNS)}) is called there",
    )
    parser.add_argument("--token", metavar="REF", default="", help="for an address: env:NAME or file:PATH of a bearer token")
    parser.add_argument("--ca", metavar="FILE", default="", help="for an address: certificate authorities in PEM form")
    parser.add_argument("--every", metavar="TIME", default="", help="for an address: the server fetches it so often (1h, 1d)")
    parser.add_argument(
        "--network", metavar="NET", action="append", default=[], help="with --every: it may lie in this network of your own"
    )
    parser.add_argument("--first", action="store_true", help="add-rule: before the others")
    parser.add_argument("--dry-run", action="store_true", help="import and rules: only say what would change")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Imports, fetches, lists or removes."""
    if (options.action in _NEEDS) != bool(options.words):
        raise UsageError(
            f"`owners {options.action}` {'needs ' + _NEEDS[options.action] if options.action in _NEEDS else 'takes no words'}.",
            "`periderm owners import FILE.csv --name cmdb` imports a table.",
        )
    if len(options.words) > 1 and options.action != "add-rule":
        raise UsageError(f"`owners {options.action}` takes one word.", "Give what is longer in quotes.")
    if options.action == "import":
        return _import(options, settings, out)
    with wiring.reader(settings) as app:
        return _rest(app, options, out)


def _rest(app: Application, options: argparse.Namespace, out: Output) -> int:
    if options.action == "list":
        _list(owners.list_owner_tables(app, LOCAL_ADMIN), out)
    elif options.action == "rules":
        _rules(owners.owner_rules(app, LOCAL_ADMIN), out)
    elif options.action == "remove":
        owners.remove_owner_table(app, LOCAL_ADMIN, options.name)
        out.line(out.say(_REMOVED.fill(name=options.name)))
    elif options.action == "fetch":
        able = msgspec.structs.replace(app, owner_documents=wiring.owner_documents())
        _tell(owners.fetch_owners(able, LOCAL_ADMIN, options.words[0]), out)
    elif options.action == "add-rule":
        rule = rule_of(options.words)
        _tell(owners.add_owner_rule(app, LOCAL_ADMIN, rule, first=options.first, dry=options.dry_run), out)
    else:
        _tell(owners.remove_owner_rule(app, LOCAL_ADMIN, _number(options.words[0]), dry=options.dry_run), out)
    return 0


def _import(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    columns, source, fetch = _columns(options.column), options.words[0], None
    if options.every:
        fetch = OwnerSource(
            address=source,
            every=seconds_of(options.every),
            columns=columns,
            token=options.token,
            ca=options.ca,
            networks=tuple(options.network),
        )
    elif options.network:
        raise UsageError("--network is for what the server fetches by itself.", "Give --every 1h too.")
    if fetch is not None:
        document = wiring.owner_documents().fetch(fetch)  # as the server will
        data = document.data if document is not None else b""
    else:
        data = wiring.owner_document(source, token=options.token, ca_file=options.ca)
    rows = owners.rows_of(data, columns)
    with wiring.reader(settings) as app:
        found = owners.import_owners(app, LOCAL_ADMIN, options.name, rows, source=source, dry=options.dry_run, fetch=fetch)
    _tell(found, out)
    return 0


def rule_of(words: Sequence[str]) -> OwnerRow:
    """A rule from COLUMN=VALUE words. Raises UsageError."""
    found: dict[str, str] = {}
    for word in words:
        column, equal, value = word.partition("=")
        if not equal or column not in owners.COLUMNS or column in found:
            raise UsageError(f"{word[:80]!r} is not COLUMN=VALUE.", f"Columns, each once: {', '.join(owners.COLUMNS)}.")
        found[column] = value.strip()
    return owner_row(found)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise UsageError(f"{text[:40]!r} is no number of a rule.", "`periderm owners rules` numbers them.")
    return int(text)


def _columns(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        ours, equal, theirs = each.partition("=")
        if not equal or ours not in owners.COLUMNS or not theirs.strip():
            raise UsageError(f"--column {each[:80]!r} is not OURS=THEIRS.", f"Ours are {', '.join(owners.COLUMNS)}.")
        found[ours] = theirs
    return found


def _tell(done: owners.Imported, out: Output) -> None:
    if out.json:
        out.value(done)
        return
    if done.same:
        out.line(out.say(_SAME.fill(name=done.table)))
        return
    for moved in done.moved if done.dry else ():
        before, after = _said(moved.before.ownership), _said(moved.after.ownership)
        out.line(out.say(_MOVED.fill(name=moved.before.name, before=before, after=after)))
    if done.dry and done.changed > len(done.moved):
        out.line(f"  {out.say(_MORE.fill(n=done.changed - len(done.moved)))}")
    out.line(out.say(_DID.fill(rows=done.rows, changed=done.changed, assets=done.assets, without=done.without)))
    if done.dry:
        out.line(out.say(_DRY))


def _said(ownership: Ownership) -> str:
    return " ".join(f"{name}={value}" for name in GIVES if (value := str(getattr(ownership, name)))) or "-"


def _list(tables: Sequence[OwnerTable], out: Output) -> None:
    if out.json:
        out.value(tables)
    elif not tables:
        out.line(out.say(_NONE))
    else:
        rows = [
            (t.id, str(len(t.rows)), t.source, exact(t.imported), t.author, out.say(_fetched(t.fetch)) if t.fetch else "-")
            for t in tables
        ]
        out.table([out.say(h) for h in _HEAD], rows)


def _fetched(source: OwnerSource) -> Text:
    if source.failing:
        return _FAILING.fill(since=exact(source.failing), why=source.failure)
    return _EVERY.fill(every=source.every, last=exact(source.good))


def _rules(rules: owners.Rules, out: Output) -> None:
    if out.json:
        out.value(rules)
    elif not rules.rows:
        out.line(out.say(_NO_RULES))
    else:
        rows = [
            (
                str(number),
                " ".join(f"{name}={value}" for name in FOR if (value := getattr(row, name))),
                _said(row.ownership),
            )
            for number, row in enumerate(rules.rows, 1)
        ]
        out.table([out.say(h) for h in _RULES_HEAD], rows)
