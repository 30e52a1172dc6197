"""Settings that are set in the console."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.change_settings import change_setting, masked, normal, reset_setting, undo_setting
from periderm.app.confirming import NotConfirmedError
from periderm.app.settings_shown import SettingShown, show_settings
from periderm.model.errors import DeniedError, NotFoundError, StoreError, UsageError
from periderm.model.option_list import BY_NAME
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal, Reach
from tests.people import add, came_in
from tests.settings_told import PATH, Place, told_settings

CPU, DAYS = "agent.budget_cpu", "history.days"


@pytest.fixture
def place() -> Place:
    """Nothing was set yet."""
    return Place()


@pytest.fixture
def app(empty: Application, place: Place) -> Application:
    """Whose file says how long events are kept, and the environment the log's level."""
    return told_settings(empty, place, {"PERIDERM_RULES": "/r", "PERIDERM_HISTORY_DAYS": "7"}, {"PERIDERM_LOG_LEVEL": "error"})


def shown(app: Application, name: str) -> SettingShown:
    """One of the page."""
    return next(one for one in show_settings(app, LOCAL_ADMIN).settings if one.name == name)


def test_one_is_set_undone_and_let_go(app: Application, place: Place) -> None:
    """Each with the old and the new value in the log; and whoever runs looks at once."""
    assert (shown(app, CPU).value, shown(app, CPU).source, shown(app, CPU).held) == ("50", "default", "")
    change_setting(app, LOCAL_ADMIN, CPU, " 20 ")
    change_setting(app, LOCAL_ADMIN, CPU, "30")
    change_setting(app, LOCAL_ADMIN, CPU, "30")
    now = shown(app, CPU)
    assert (now.value, now.source, now.before, now.set_by, now.set_at) == ("30", "console", "20", "local", app.clock.now())
    again = undo_setting(app, LOCAL_ADMIN, CPU)
    assert again is not None
    assert (shown(app, CPU).value, shown(app, CPU).before) == ("20", "30")
    reset_setting(app, LOCAL_ADMIN, CPU)
    assert (shown(app, CPU).value, shown(app, CPU).source, shown(app, CPU).console) == ("50", "default", None)
    told = [(e.action, e.subject, e.detail) for e in app.store.audit_after(0)]
    assert told == [
        ("setting.change", CPU, "nothing -> '20'"),
        ("setting.change", CPU, "'20' -> '30'"),
        ("setting.undo", CPU, "'30' -> '20'"),
        ("setting.reset", CPU, "'20' -> nothing"),
    ]
    assert place.looked == 4


def test_the_first_one_is_undone_to_nothing(app: Application) -> None:
    """And what was never set cannot be taken back."""
    change_setting(app, LOCAL_ADMIN, CPU, "20")
    assert undo_setting(app, LOCAL_ADMIN, CPU) is None
    assert shown(app, CPU).console is None
    for act in (undo_setting, reset_setting):
        with pytest.raises(NotFoundError):
            act(app, LOCAL_ADMIN, CPU)


def test_what_needs_a_restart_says_so(app: Application) -> None:
    """The value in force stays the one that the process began with."""
    change_setting(app, LOCAL_ADMIN, "agent.ring_mib", "16")
    now = shown(app, "agent.ring_mib")
    assert (now.value, now.waits, now.live) == ("8", "16", False)


@pytest.mark.parametrize(
    ("name", "value"),
    [(CPU, ""), (CPU, "0"), (CPU, "a lot"), (CPU, "1\nother = 2"), ("log.format", "xml"), ("responses.exempt", "a\x1b[2J")],
)
def test_a_value_that_is_none_is_refused(app: Application, place: Place, name: str, value: str) -> None:
    """As the file's would be, with what to do; nothing is kept or noted."""
    with pytest.raises(UsageError) as told:
        change_setting(app, LOCAL_ADMIN, name, value)
    assert told.value.next_step == BY_NAME[name].needs().en
    assert place.data is None
    assert list(app.store.audit_after(0)) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (DAYS, f"{PATH}:2"),
        ("log.level", "PERIDERM_LOG_LEVEL"),
        ("server.listen", "not changed in the console"),
        ("server.tls_cert", "not changed in the console"),
        ("server.settings_locked", "not changed in the console"),
        ("metrics.open", "not changed in the console"),
    ],
)
def test_what_is_not_the_console_s_to_say(app: Application, place: Place, name: str, why: str) -> None:
    """What the file or the environment says goes before, and is shown as held; what lets somebody in is theirs alone."""
    option = BY_NAME[name]
    value = "debug" if option.choices else "on" if option.name.startswith(("metrics", "server.s")) else "5"
    with pytest.raises(DeniedError) as refused:
        change_setting(app, LOCAL_ADMIN, name, value)
    assert why in f"{refused.value.what} {refused.value.next_step}"
    assert shown(app, name).held == ("file" if name == DAYS else "environment" if name == "log.level" else "never")
    assert place.data is None
    with pytest.raises(NotFoundError):
        change_setting(app, LOCAL_ADMIN, "no.such", value)


def test_where_settings_are_locked_nothing_is_changed_or_counts(empty: Application, place: Place) -> None:
    """Neither new ones nor what was set before; unlocked, it counts again."""
    change_setting(told_settings(empty, place), LOCAL_ADMIN, CPU, "20")
    app = told_settings(empty, place, {"PERIDERM_SETTINGS_LOCKED": "on"})
    assert (shown(app, CPU).value, shown(app, CPU).held, shown(app, CPU).console) == ("50", "locked", "20")
    assert show_settings(app, LOCAL_ADMIN).locked
    for act in (undo_setting, reset_setting):
        with pytest.raises(DeniedError, match="locked"):
            act(app, LOCAL_ADMIN, CPU)
    with pytest.raises(DeniedError, match="locked"):
        change_setting(app, LOCAL_ADMIN, CPU, "30")
    assert shown(told_settings(empty, place), CPU).value == "20"


def test_what_the_file_says_by_now_can_still_be_let_go(empty: Application, place: Place) -> None:
    """So that it does not come back when the line is taken out."""
    change_setting(told_settings(empty, place), LOCAL_ADMIN, DAYS, "5")
    app = told_settings(empty, place, {"PERIDERM_HISTORY_DAYS": "7"})
    assert (shown(app, DAYS).value, shown(app, DAYS).line, shown(app, DAYS).console) == ("7", 1, "5")
    reset_setting(app, LOCAL_ADMIN, DAYS)
    assert shown(app, DAYS).console is None


def test_who_may(app: Application, place: Place) -> None:
    """An administrator of everything who proved lately who he is; no token, no reader, nobody of a part."""
    add(app, "ada", "admin")
    ada = came_in(app, "ada")[1]
    part = Principal("user:part", frozenset({Permission.ADMIN}), scope=((Permission.ADMIN, Reach(application="shop")),))
    readers = (Principal("user:eve", frozenset({Permission.READ})), part, Principal("token:x", frozenset({Permission.ADMIN})))
    for who in (ada, *readers):
        for act in (undo_setting, reset_setting, lambda a, w, n: change_setting(a, w, n, "20")):
            with pytest.raises(DeniedError) as refused:
                act(app, who, CPU)
            assert isinstance(refused.value, NotConfirmedError) == (who is ada)
    assert place.data is None
    change_setting(app, msgspec.structs.replace(ada, confirmed=app.clock.now()), CPU, "20")
    assert shown(app, CPU).set_by == "user:ada"
    with pytest.raises(DeniedError, match="changes no settings"):
        change_setting(msgspec.structs.replace(app, console_settings=None), LOCAL_ADMIN, CPU, "20")


def test_what_cannot_be_kept_is_not_noted(app: Application, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is without the other."""

    def full(_: bytes) -> None:
        raise StoreError("No room.")

    monkeypatch.setattr(place, "write", full)
    with pytest.raises(StoreError):
        change_setting(app, LOCAL_ADMIN, CPU, "20")
    assert list(app.store.audit_after(0)) == []
    assert place.looked == 0


def test_values_are_carried_as_the_file_s_are() -> None:
    """Words by commas, switches by on and off; a password in an address is not told."""
    assert normal(BY_NAME["responses.exempt"], " a ,, b*") == "a,b*"
    assert normal(BY_NAME["responses.exempt"], "") == ""
    assert normal(BY_NAME["agent.scan_unused"], "Yes") == "on"
    assert masked("https://ada:hunter2@x.test/") == "https://***@x.test/"
