"""Rendering: everything escaped, and an unknown name is an error."""

from __future__ import annotations

import jinja2
import pytest

from periderm.app.application import Application
from periderm.console.pages import assets, findings, gaps, incident, incidents, overview, respond, responses, sessions
from periderm.console.render import LETTERS, environment, render
from periderm.model.severity import Severity
from tests import hostile
from tests.console.conftest import Asks
from tests.console.markup import read
from tests.story import CONTAINER_ID, IMAGE_ID, INCIDENT_ID, NODE_ID

PAGES = [
    (overview.page, "/", {}, {}),
    (incidents.page, "/incidents", {}, {"text": "", "state": ""}),
    (incident.page, "/incidents/x", {"id": INCIDENT_ID}, {}),
    (incident.page, "/incidents/x", {"id": hostile.ATTACK[:80]}, {}),
    (respond.page, "/incidents/x/respond", {"id": INCIDENT_ID}, {"kind": "pause-container"}),
    (respond.page, "/incidents/x/respond", {"id": INCIDENT_ID}, {"kind": "kill-process", "process": "6"}),
    (findings.page, "/findings", {}, {}),
    (findings.one, "/findings/x", {"id": "fnd-shell"}, {}),
    (assets.page, "/assets", {}, {}),
    (assets.one, "/assets/x", {"id": CONTAINER_ID}, {}),
    (assets.one, "/assets/x", {"id": hostile.ATTACK[:80]}, {}),
    (assets.one, "/assets/x", {"id": IMAGE_ID}, {}),
    (assets.one, "/assets/x", {"id": NODE_ID}, {}),
    (gaps.page, "/gaps", {}, {}),
    (responses.page, "/responses", {}, {}),
    (respond.one, "/responses/x", {"id": "eff-kill"}, {}),
    (respond.page, "/incidents/x/respond", {"id": INCIDENT_ID}, {"kind": "isolate-container", "keep": "owned"}),
    (sessions.page, "/sessions", {}, {}),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("page", "path", "parts", "query"), PAGES)
def test_nothing_foreign_becomes_markup(
    empty: Application, ask: Asks, page: object, path: str, parts: dict[str, str], query: dict[str, str], language: str
) -> None:
    """With hostile text in every field: no element, no handler, no script, no address that a template did not write."""
    hostile.tell(empty)
    text = page(ask(path, language, parts=parts, query=query))
    assert "owned" in text, "the attack is not even shown"
    for tag, attributes in read(text).elements:
        assert tag not in ("img", "style", "iframe", "object", "embed", "base"), tag
        assert tag != "script" or attributes == {"type": "module", "src": "/static/a.js"}
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name != "style", tag
            if name in ("href", "src", "action"):
                assert (value or "").startswith(("/", "#")), (tag, name, value)
    for letter in ("\u202e", "\u2066", "\x00", "\x1b"):
        assert letter not in text


def test_hostile_filters_are_escaped(told: Application, ask: Asks) -> None:
    """What the address says stands in the search field, as text."""
    text = incidents.page(ask("/incidents", query={"text": hostile.ATTACK[:200]}))
    assert [t for t, _ in read(text).elements if t in ("script", "img")] == ["script"]


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    """Not an empty place on a page."""
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nothing }}").render()


def test_autoescape_is_on_for_every_template() -> None:
    """And no template switches it off."""
    names = environment().list_templates()
    assert len(names) >= 12
    for name in names:
        source, _, _ = environment().loader.get_source(environment(), name)
        assert "|safe" not in source.replace(" ", "")
        assert "autoescape" not in source
        assert " style=" not in source


def test_every_severity_has_a_letter() -> None:
    """Nothing is told by colour alone."""
    assert set(LETTERS) == set(Severity)
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_the_address_keeps_the_state(told: Application, ask: Asks) -> None:
    """Links of a page change only what they say."""
    asked = ask("/findings", query={"severity": "high", "text": "a&b"})
    text = render("sign_in.html", asked, used=False, refused=False, wait=0, name="")
    assert 'href="/findings?severity=high&amp;text=a%26b&amp;theme=dark"' in text
