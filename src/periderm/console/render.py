"""Templates with everything escaped, and what every page knows: language, time, caller, assets. Asks no store."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import jinja2
import msgspec
from markupsafe import Markup

from periderm.app.application import Application
from periderm.app.overview import Memo
from periderm.console import figures, foreign, times
from periderm.console.columns import Columns, columns
from periderm.console.filtering import skipped
from periderm.console.words import Words, words_for
from periderm.model.principal import Principal
from periderm.model.severity import Severity
from periderm.model.text import Text

LETTERS = {
    Severity.UNKNOWN: "?",
    Severity.INFORMATIONAL: "i",
    Severity.LOW: "L",
    Severity.MEDIUM: "M",
    Severity.HIGH: "H",
    Severity.CRITICAL: "C",
}


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a page. `sequence` is the newest change that the page will hold; `static` maps asset names to
    their addresses; `who` is None before signing in."""

    app: Application
    words: Words
    static: Mapping[str, str]
    path: str = "/"
    who: Principal | None = None
    parts: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    sequence: int = 0
    theme: str = ""
    memo: Memo = {}
    kept: Mapping[str, str] = {}  # columns that this browser chose before, by page

    @property
    def person(self) -> Principal:
        """The caller of a page that asks for one."""
        assert self.who is not None  # noqa: S101 -- the routes let nobody without a session come here
        return self.who


@functools.cache
def environment() -> jinja2.Environment:
    """Autoescape for every template; an unknown name is an error and not an empty string."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("periderm.console", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=foreign.harmless,
    )
    env.filters["visible"] = foreign.visible
    env.filters["segment"] = lambda text: quote(str(text), safe="")
    env.globals["halves"] = foreign.halves
    env.globals["clip"] = foreign.clip
    env.globals["command_line"] = foreign.command_line
    env.globals["step"] = foreign.build_step
    env.globals["exact"] = times.exact
    env.globals["clock"] = times.clock
    env.globals["span"] = times.span
    env.globals["period"] = times.period
    env.globals["number"] = lambda value: f"{value:,}"
    env.globals["size"] = figures.size
    env.globals["percent"] = figures.percent
    env.globals["points"] = figures.points
    env.globals["letter"] = lambda severity: LETTERS[Severity(severity)]
    env.globals["level"] = lambda severity: Severity(severity).name.lower()
    return env


FIRST = ("overview.html", "incidents.html", "incident.html")


def warm() -> None:
    """Compiles the pages that people see first, with what these are made of: else the first visitor waits for it."""
    words_for("en")
    for name in FIRST:
        environment().get_template(name)


def render(template: str, ask: Ask, **values: object) -> str:
    """The page as text. What a template may use besides `values`: see the names below."""
    words, now = ask.words, ask.app.clock.now()

    def say(key: str, **given: object) -> str:
        return words.say(key, **given)

    def ago(time: int) -> Markup:
        if time <= 0:
            return Markup("<span class=quiet>—</span>")
        unit, number = times.ago(time, now)
        inner = words.say(f"ago-{unit}", n=number)
        return Markup('<time datetime="{}" title="{}" data-ms="{}">{}</time>').format(
            times.exact(time), times.exact(time), time // 10**6, inner
        )

    def pick(text: Text) -> str:
        return foreign.visible(text.pick(words.language))

    def address(**changes: object) -> str:
        """This page's address with some parameters changed; an empty value removes one."""
        merged = {**ask.query, **{k: str(v) for k, v in changes.items()}}
        kept = {k: v for k, v in merged.items() if v not in ("", "None")}
        return ask.path + (f"?{urlencode(kept)}" if kept else "")

    def entered(bounded: bool = False) -> int | None:
        """How deep the list is entered; None for a search, which looks at rows one after the other and jumps nowhere;
        `bounded` lists look for a text in that way too."""
        if ask.query.get("q") or (bounded and ask.query.get("text")):
            return None
        return 0 if ask.query.get("cursor") else skipped(ask.query)

    def choice(names: list[str]) -> Columns:
        chosen = ask.query.get("cols", "") or ask.kept.get(ask.path.strip("/"), "")
        return columns({"cols": chosen}, names)

    return (
        environment()
        .get_template(template)
        .render(
            ask=ask,
            say=say,
            ago=ago,
            pick=pick,
            address=address,
            columns=choice,
            skipped=entered,
            now=now,
            language=words.language,
            browser_language=words.browser_language,
            url=ask.app.settings.url,
            **values,
        )
    )
