"""What the settings say in this process: variables of the environment first, then the file, then what was set in the console.
Knows no setting's meaning.

A process reads its file once at its start; one that lasts reads it again when it changes (`app.reloading`).
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Mapping

import msgspec

from periderm.model.errors import NotFoundError, UsageError

_file: dict[str, str] = {}
_named = ""  # the file that a person named
_console: dict[str, str] = {}  # what counts of what was set in the console: nothing that the file says
_console_path = ""


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """What the file and the console say by variable, `lines` where in the file; `locked` if the console may say nothing."""

    file: dict[str, str]
    console: dict[str, str] = {}
    lines: dict[str, int] = {}
    locked: bool = False

    @property
    def values(self) -> dict[str, str]:
        """Both, the file before the console."""
        return {**self.console, **self.file}


def environment() -> Mapping[str, str]:
    """All variables, with those that the file or the console gives where the environment does not."""
    here = {name: value for name, value in os.environ.items() if value or (name not in _file and name not in _console)}
    return ChainMap(here, _file, _console)


def told(name: str, otherwise: str = "") -> str:
    """One variable's value; `otherwise` if nobody says one."""
    return os.environ.get(name) or _file.get(name) or _console.get(name) or otherwise


def own_variables() -> dict[str, str]:
    """The product's variables as a child needs them: it reads the file itself."""
    named = {"PERIDERM_CONFIG": _named} if _named else {}
    return {name: value for name, value in os.environ.items() if name.startswith("PERIDERM_")} | named


def config_path(named: str = "") -> tuple[str, bool]:
    """Where the settings' file lies, and whether a person named it."""
    if named := named or os.environ.get("PERIDERM_CONFIG", ""):
        return os.path.abspath(named), True
    if os.geteuid() == 0:
        return "/etc/periderm/periderm.toml", False
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(home, "periderm", "periderm.toml"), False


def read_file(path: str, *, named: bool) -> dict[str, str]:
    """The file's values by variable; none if there is no file and nobody named one. Raises UsageError with the first line
    that is wrong, NotFoundError, DeniedError."""
    return _read(path, named)[0]


def _read(path: str, named: bool) -> tuple[dict[str, str], dict[str, int]]:
    if not named and not os.path.exists(path):
        return {}, {}
    from periderm.adapters.settings_file import read_settings
    from periderm.app.configuration import judge

    found = judge(read_settings(path))
    if found.faults:
        first = found.faults[0]
        more = f" (and {len(found.faults) - 1} more)" if len(found.faults) > 1 else ""
        where = f"{path}:{first.line}:{first.column}"
        raise UsageError(f"{where}: {first.what.en}{more}", first.next_step.en or f"`periderm config check --config {path}`")
    return found.values, found.lines


def read_layers(path: str, *, named: bool) -> Layers:
    """What the file says, and what counts of what was set in the console. Raises what `read_file` raises, and UsageError where
    the console's is broken."""
    from periderm.app.overrides import locked

    file, lines = _read(path, named)
    return Layers(file=file, console=_counting(_console_path, file), lines=lines, locked=locked(os.environ, file))


def _counting(path: str, file: Mapping[str, str]) -> dict[str, str]:
    if not path or not os.path.exists(path):
        return {}
    from periderm.adapters.settings_file import ConsoleSettingsFile
    from periderm.app.overrides import counting, parse

    return counting(parse(ConsoleSettingsFile(path).read()), os.environ, file)


def take_console(path: str) -> None:
    """Reads what was set in the console and uses it, below the file and the environment. Raises UsageError, DeniedError."""
    global _console, _console_path
    _console_path, _console = path, _counting(path, _file)


def console_path() -> str:
    """Where what was set in the console lies; '' in a process that reads none."""
    return _console_path


def layers() -> Layers:
    """What this process was told when it began."""
    from periderm.app.overrides import locked

    return Layers(file=dict(_file), console=dict(_console), locked=locked(os.environ, _file))


def use(values: Mapping[str, str], named: str = "") -> None:
    """From now on these are what the file says; `named` is where it lies if a person said so."""
    global _file, _named, _console, _console_path  # one file for a process, as one environment
    _file, _named, _console, _console_path = dict(values), named, {}, ""


def forget() -> None:
    """There is no file any more."""
    use({})


def take_file(named: str = "") -> str:
    """Reads the file and uses it; where it lies. Raises UsageError, NotFoundError, DeniedError."""
    path, by_name = config_path(named)
    try:
        use(read_file(path, named=by_name), path if by_name else "")
    except NotFoundError as error:
        raise UsageError(error.what, error.next_step) from None
    return path


def file_bytes(path: str) -> bytes | None:
    """The file as it is, None if there is none. Raises DeniedError."""
    from periderm.adapters.settings_file import read_settings

    try:
        return read_settings(path)
    except NotFoundError:
        return None


def console_bytes(path: str) -> bytes | None:
    """What was set in the console as it is kept, None if nothing was. Raises DeniedError."""
    from periderm.adapters.settings_file import ConsoleSettingsFile

    return ConsoleSettingsFile(path).read()


def make_file(path: str, text: str) -> None:
    """Writes a first file. Raises DeniedError if there is one."""
    from periderm.adapters.settings_file import write_new

    write_new(path, text)


def named_file() -> str:
    """The file that a person named on the command line or by the variable; '' for none."""
    return _named


def file_values() -> dict[str, str]:
    """What the file said when it was read."""
    return dict(_file)
