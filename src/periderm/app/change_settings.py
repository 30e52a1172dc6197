"""Setting what can be set in the console: one setting at a time, beside the file that a person writes and never in it, with who
did it in the log and the way back. Judges values as the file's are judged."""

from __future__ import annotations

import re
from collections.abc import Sequence

from periderm.app.application import Application
from periderm.app.audit import note
from periderm.app.confirming import require_confirmed
from periderm.app.overrides import parse, written
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.option_list import BY_NAME
from periderm.model.options import Option, OptionKind, is_on, words
from periderm.model.override import Override
from periderm.model.principal import Principal
from periderm.ports.console_settings import ConsoleSettings

_USER = re.compile(r"//[^/@\s]*@")


def change_setting(app: Application, who: Principal, name: str, value: str) -> Override:
    """From now on the console says this. Raises NotFoundError, UsageError for a value that is none, DeniedError for what is not
    the console's to say or who may not, NotConfirmedError without a fresh proof of who asks."""
    require_confirmed(app, who)
    kept, option = _open(app, name)
    value = normal(option, value)
    with app.store.transaction():
        held = parse(kept.read())
        old = _of(held, name)
        if old is not None and old.value == value:
            return old
        new = Override(name=name, value=value, before=old.value if old is not None else None, by=who.name, at=app.clock.now())
        note(app, who, "setting.change", name, f"{_before(old)} -> {masked(value)!r}")
        _write(kept, held, name, new)
    _taken(app)
    return new


def undo_setting(app: Application, who: Principal, name: str) -> Override | None:
    """The console says again what it said before; None if that was nothing. Raises what `change_setting` raises."""
    require_confirmed(app, who)
    kept, option = _open(app, name)
    with app.store.transaction():
        held = parse(kept.read())
        old = _known(held, name)
        new = None
        if old.before is not None and option.fits(old.before):
            new = Override(name=name, value=old.before, before=old.value, by=who.name, at=app.clock.now())
        note(app, who, "setting.undo", name, f"{_before(old)} -> {_before(new)}")
        _write(kept, held, name, new)
    _taken(app)
    return new


def reset_setting(app: Application, who: Principal, name: str) -> None:
    """The console says nothing of it any more: the file or the default counts. Also of one that the file or the environment
    says by now. Raises what `change_setting` raises."""
    require_confirmed(app, who)
    kept, _ = _open(app, name, clearing=True)
    with app.store.transaction():
        held = parse(kept.read())
        old = _known(held, name)
        note(app, who, "setting.reset", name, f"{_before(old)} -> nothing")
        _write(kept, held, name, None)
    _taken(app)


def normal(option: Option, value: str) -> str:
    """The value as the file's would be carried. Raises UsageError if it is none."""
    value = value.strip()
    if option.kind is OptionKind.LIST:
        value = ",".join(words(value))
    if not option.fits(value):
        raise UsageError(f"{option.name} cannot be {value[:60]!r}.", option.needs().en)
    return ("on" if is_on(value) else "off") if option.kind is OptionKind.SWITCH else value


def masked(value: str) -> str:
    """Without a name and password that stand in an address."""
    return _USER.sub("//***@", value)


# --- what these use ---


def _open(app: Application, name: str, *, clearing: bool = False) -> tuple[ConsoleSettings, Option]:
    """Where it is kept, and the setting, if the console may say it now. Raises NotFoundError,
    DeniedError."""
    option = BY_NAME.get(name)
    if option is None:
        raise NotFoundError(f"There is no setting {name[:80]!r}.", "The page of settings and `periderm config show` list all.")
    if app.console_settings is None or app.in_force is None:
        raise DeniedError("This process changes no settings.", "Ask the server, or change them in its file.")
    told = app.in_force()
    if not option.console:
        raise DeniedError(f"{name} is not changed in the console.", f"Change it in {told.path} on the server's machine.")
    if told.locked:
        raise DeniedError("Settings are locked: they come from the file and the environment alone.", f"Change {told.path}.")
    if clearing:
        return app.console_settings, option
    if told.environment.get(option.variable):
        raise DeniedError(f"{name} is said by the environment ({option.variable}), which goes before.", "Change it there.")
    if option.variable in told.now:
        line = told.lines.get(option.variable, 0)
        where = f"{told.path}:{line}" if line else told.path
        raise DeniedError(f"{name} stands in {where}, which goes before.", "Change it there, or take that line out.")
    return app.console_settings, option


def _of(held: Sequence[Override], name: str) -> Override | None:
    return next((each for each in held if each.name == name), None)


def _known(held: Sequence[Override], name: str) -> Override:
    old = _of(held, name)
    if old is None:
        raise NotFoundError(f"The console says nothing of {name}.", "Nothing has to be taken back.")
    return old


def _before(old: Override | None) -> str:
    return repr(masked(old.value)) if old is not None else "nothing"


def _write(kept: ConsoleSettings, held: Sequence[Override], name: str, new: Override | None) -> None:
    """The last thing of the transaction: what cannot be written is not noted either."""
    rest = [each for each in held if each.name != name]
    kept.write(written([*rest, new] if new is not None else rest))


def _taken(app: Application) -> None:
    if app.reload is not None:
        app.reload()
