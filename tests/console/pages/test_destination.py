"""The page of one destination: how telling it goes, a test, its form, and who is asked again who they are."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.kept_secrets import KeptSecrets
from periderm.app.application import Application
from periderm.app.confirming import NotConfirmedError
from periderm.console.pages.destination import destination_from, new, page, put_from, try_from
from periderm.console.render import Ask
from periderm.console.words import words_for
from periderm.model.errors import DeniedError, NotFoundError, NotifierError, UsageError
from periderm.model.notice import CHOICES, Channel, Destination, DestinationState, Message, Occasion
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.severity import Severity
from tests.console.conftest import STATIC
from tests.console.markup import all_of, texts
from tests.story import FixedClock

ADMIN = frozenset(Permission) - {Permission.MACHINE, Permission.INGEST}
FRESH = Principal("user:ada", ADMIN, session="sit-1", confirmed=FixedClock().now())
STALE = Principal("user:ada", ADMIN, session="sit-1")
TYPED = "hooks-" + "x" * 20


class Plug:
    """Takes it, or does not."""

    def __init__(self, problem: NotifierError | None = None) -> None:
        self.problem = problem

    def deliver(self, _message: Message) -> str:
        if self.problem:
            raise self.problem
        return "250 <b>OK</b>"


@pytest.fixture
def keeping(empty: Application, tmp_path: Path) -> Application:
    """Where what is typed is kept, and every test is taken."""
    kept = KeptSecrets(str(tmp_path / "secrets"))
    return msgspec.structs.replace(empty, secrets=kept, notifier_for=lambda _: Plug(), tickets_for=lambda _: None)


def ask_of(app: Application, name: str = "", who: Principal = FRESH, language: str = "en", **query: str) -> Ask:
    """A page's question about one destination."""
    parts = {"id": name} if name else {}
    path = f"/notify/{name or '+'}"
    return Ask(app=app, words=words_for(language), static=STATIC, path=path, who=who, parts=parts, query=query)


def form(**fields: str | list[str]) -> dict[str, list[str]]:
    """As a browser sends it; underscores of names are strokes."""
    usual: dict[str, str | list[str]] = {
        "name": "ops",
        "channel": "mail",
        "address": "smtp://mail.test",
        "on": ["incident-new"],
    }
    usual |= {"option-from": "a@b.test", "option-to": "c@d.test"} | fields
    return {name: value if isinstance(value, list) else [value] for name, value in usual.items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_channel_asks_for_what_it_needs(keeping: Application, language: str) -> None:
    """First which; then its own fields, a secret only as a field that hides it."""
    links = {link.get("href") for link in all_of(new(ask_of(keeping, language=language)), "a")}
    assert {f"/notify/+?channel={channel.value}" for channel in Channel} <= links
    for channel in Channel:
        text = new(ask_of(keeping, language=language, channel=channel.value))
        fields = {field.get("name"): field for field in all_of(text, "input")}
        if channel is Channel.LINES:
            assert "name" not in fields
            continue
        assert {box.get("value") for box in all_of(text, "input") if box.get("name") == "on"} == {o.value for o in CHOICES}
        assert all(fields[name].get("type") == "password" for name in fields if str(name).startswith("secret"))
        assert not {"option-ca", "option-key", "option-certificate"} & set(fields)
    assert "/notify/+?channel=" in new(ask_of(keeping, channel="pigeon"))


def test_a_secret_is_typed_once_and_never_shown(keeping: Application) -> None:
    """It lies in a file; saving the form again keeps it; another address asks for it anew."""
    secret = "ada:" + TYPED
    assert put_from(ask_of(keeping), form(secret=secret)) == "/notify/ops"
    (made,) = [d for d, _ in keeping.store.destinations()]
    assert Path(made.secret.removeprefix("file:")).read_text(encoding="utf-8").strip() == secret
    assert TYPED not in page(ask_of(keeping, "ops"))
    assert TYPED not in str(list(keeping.store.audit_after(0)))
    with pytest.raises(UsageError, match="already"):
        put_from(ask_of(keeping), form())
    put_from(ask_of(keeping), form(known="yes", severity="high"))
    (changed,) = [d for d, _ in keeping.store.destinations()]
    assert (changed.secret, changed.chosen.severity) == (made.secret, Severity.HIGH)
    with pytest.raises(DeniedError, match="another address"):
        put_from(ask_of(keeping), form(known="yes", address="smtp://evil.test"))
    put_from(ask_of(keeping), form(known="yes", address="smtp://other.test", secret=secret + "!"))
    assert not Path(made.secret.removeprefix("file:")).exists()
    with pytest.raises(UsageError, match="meanwhile"):
        put_from(ask_of(keeping), form(name="gone", known="yes"))


def test_what_is_refused_leaves_no_secret_behind(keeping: Application, tmp_path: Path) -> None:
    """A form that was wrong."""
    wrongs: list[dict[str, str | list[str]]] = [{"on": []}, {"option-to": ""}, {"networks": "127.0.0.1"}]
    wrongs.append({"address": "http://x"})
    for wrong in wrongs:
        with pytest.raises((UsageError, DeniedError)):
            put_from(ask_of(keeping), form(secret="ada:" + TYPED, **wrong))
    assert not list((tmp_path / "secrets").iterdir())


def test_who_did_not_prove_it_is_asked(keeping: Application) -> None:
    """In place of the form; and a form that comes all the same is not taken."""
    text = new(ask_of(keeping, who=STALE, channel="mail"))
    actions = {f.get("action") for f in all_of(text, "form")}
    assert "/notify" not in actions
    assert "periderm status --link" in text  # ada has no account here: the owner's way
    with pytest.raises(NotConfirmedError):
        put_from(ask_of(keeping, who=STALE), form(secret=TYPED))
    assert keeping.store.destinations() == []
    reader = Principal("user:eve", frozenset({Permission.READ}))
    assert "/notify" not in {f.get("action") for f in all_of(new(ask_of(keeping, who=reader, channel="mail")), "form")}


def test_the_form_says_everything(keeping: Application) -> None:
    """Options, networks, occasions, filters, grouping, words; and what is none is told."""
    more = {
        "owners": "team-a, team-b",
        "places": "shop*",
        "finding_severity": "low",
        "group_by": "place",
        "group_seconds": "90",
    }
    words = {"title": "{title}", "body": "line 1\r\nline 2\r\n", "language": "zh", "link": "https://periderm.test"}
    given = form(networks="10.0.0.0/8, fd00::/8", on=["incident-new", "gap-new"], severity="high", **more, **words)
    made, typed = destination_from(given, "en")
    assert typed == {}
    assert made.options == {"from": "a@b.test", "to": "c@d.test"}
    assert made.networks == ("10.0.0.0/8", "fd00::/8")
    assert (made.chosen.occasions, made.chosen.severity) == ((Occasion.INCIDENT_NEW, Occasion.GAP_NEW), Severity.HIGH)
    assert (made.chosen.owners, made.chosen.places) == (("team-a", "team-b"), ("shop*",))
    assert made.chosen.finding_severity is Severity.LOW
    assert (made.group_by, made.group_seconds, made.language, made.link) == ("place", 90, "zh", "https://periderm.test")
    for wrong in ({"channel": "pigeon"}, {"severity": "awful"}, {"on": ["test"]}, {"group_seconds": "soon"}):
        with pytest.raises(UsageError):
            destination_from(form(**wrong), "en")


def test_a_test_shows_its_answer(keeping: Application) -> None:
    """Taken or refused, on the page itself; what the other side wrote is text."""
    keeping.store.put_destination(Destination(name="team", channel=Channel.SLACK, secret="env:X", made=1))
    keeping.store.put_destination_state("team", DestinationState(failing=5, failures=3, problem="<i>away</i>", shed=2))
    text = try_from(ask_of(keeping, "team", LOCAL_ADMIN), {})
    assert "team took the test" in texts(text)
    assert "250 &lt;b&gt;OK" in text
    assert "<i>away" not in text
    refusing = msgspec.structs.replace(keeping, notifier_for=lambda _: Plug(NotifierError("no such channel.", "Check it.")))
    refused = texts(try_from(ask_of(refusing, "team", LOCAL_ADMIN), {}))
    assert "did not take the test" in refused
    assert "no such channel. Check it." in refused
    with pytest.raises(NotFoundError):
        try_from(ask_of(keeping, "nobody", LOCAL_ADMIN), {})
