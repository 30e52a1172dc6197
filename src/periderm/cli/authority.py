"""`periderm authority`: the server's own certificate authorities: list, print, begin a new one, retire an old one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm.app.fleet import authority_certificates, list_authorities, retire_authority, roll_authority
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import UsageError
from periderm.model.fleet import AuthorityInfo
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("FINGERPRINT", "指纹"),
    Text("NAME", "名称"),
    Text("SINCE", "生效"),
    Text("UNTIL", "有效至"),
    Text("STATE", "状态"),
)
_ISSUES = Text("issues", "签发中")
_TRUSTED = Text("trusted", "仍受信任")
_ROLLED = Text(
    "{name} issues from now on; those before stay trusted. When all machines have renewed: periderm authority retire …",
    "现由 {name} 签发；旧机构仍受信任。待所有机器续签后，可运行：periderm authority retire …",
)
_RETIRED = Text("{name} is trusted no more.", "{name} 不再受信任。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words", nargs="*", metavar="ACTION", help="`roll`, `retire FINGERPRINT`, `show` (certificates in PEM; default: list)"
    )
    parser.add_argument("--force", action="store_true", help="retire also if machines then have to join again")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, prints, begins or retires."""
    from periderm import wiring

    words: list[str] = options.words
    action = words[0] if words else "list"
    if (action, len(words)) not in {("list", 0), ("list", 1), ("show", 1), ("roll", 1), ("retire", 2)}:
        raise UsageError(
            f"`authority {' '.join(words)}` is not understood.", "Say `list`, `show`, `roll` or `retire FINGERPRINT` after it."
        )
    with wiring.authority_app(settings) as app:
        if action == "list":
            _list(list_authorities(app, LOCAL_ADMIN), out)
        elif action == "show":
            shown = authority_certificates(app)
            out.value(shown) if out.json else out.line("".join(shown).rstrip())
        elif action == "roll":
            made = roll_authority(app, LOCAL_ADMIN)
            out.value(made) if out.json else out.line(out.say(_ROLLED.fill(name=made.name)))
        else:
            gone = retire_authority(app, LOCAL_ADMIN, words[1], force=options.force)
            out.value(gone) if out.json else out.line(out.say(_RETIRED.fill(name=gone.name)))
    return 0


def _list(known: Sequence[AuthorityInfo], out: Output) -> None:
    if out.json:
        out.value(known)
        return
    rows = [
        (each.fingerprint[:16], each.name, exact(each.since), exact(each.until), out.say(_ISSUES if each.issues else _TRUSTED))
        for each in known
    ]
    out.table([out.say(h) for h in _HEAD], rows)
