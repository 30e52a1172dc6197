"""What the file and the environment say, judged."""

from __future__ import annotations

import pytest

from periderm.app.configuration import chosen, judge, template
from periderm.formats.placed_toml import read
from periderm.model.errors import UsageError
from periderm.model.option_list import OPTIONS
from periderm.model.options import OptionKind, is_on


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_file_as_it_is_made_says_the_defaults(language: str) -> None:
    """With every comment taken away from the entries it holds all settings, each at its default."""
    assert judge(template(language).encode()).values == {}
    entries = {f"# {option.key} = " for option in OPTIONS}
    lines = [line[2:] if line.startswith(tuple(entries)) else line for line in template(language).splitlines()]
    found = judge("\n".join(lines).encode())
    assert found.faults == ()
    assert set(found.values) == {option.variable for option in OPTIONS}
    for option in OPTIONS:
        value = found.values[option.variable]
        same = is_on(value) == is_on(option.default) if option.kind is OptionKind.SWITCH else value == option.default
        assert same, option.name


def test_values_are_as_their_variables_would_say_them() -> None:
    """Numbers, switches and lists of TOML."""
    text = b'[agent]\nring_mib = 16\ncontent = false\n[responses]\nexempt = ["db-*", "kube"]\n'
    text += b'[traces]\nshare = 0.5\n[log]\nlevel="debug"'
    assert judge(text).values == {
        "PERIDERM_RING_MIB": "16",
        "PERIDERM_CONTENT": "off",
        "PERIDERM_EXEMPT": "db-*,kube",
        "PERIDERM_TRACES_SHARE": "0.5",
        "PERIDERM_LOG_LEVEL": "debug",
    }


@pytest.mark.parametrize(
    ("text", "line", "step"),
    [
        ("[server]\nprt = 1", 2, "Did you mean server.port?"),
        ("[sever]\nport = 1", 2, "Did you mean server.port?"),
        ("[agnt]\nport_x_y = 1", 2, "Did you mean agent?"),
        ("[agent]\ndays = 1", 2, "Did you mean history.days, in another section?"),
        ("\nstate = '/x'", 2, "Did you mean paths.state?"),
        ("[server]\nport = 0", 2, "whole number from 1 to 65535"),
        ("[server]\nport = true", 2, "whole number"),
        ("[agent]\ncontent = 1", 2, "on or off"),
        ("[responses]\nexempt = ['a,b']", 2, "separated by commas"),
        ("[paths]\nstate = {a = 1}", 2, "absolute path"),
        ("[[server]]\nport = 1", 2, "whole number"),
        ("[log]\nlevel = '\\u001b'", 2, "one of debug, info"),
        ("[x]\n" + "\n".join(f"k{n} = 1" for n in range(500)), 2, "Known are: paths, server"),
    ],
)
def test_what_is_wrong_is_told_with_what_was_meant(text: str, line: int, step: str) -> None:
    """The line, and the nearest name or what a value has to be; the rest of the file is judged all the same."""
    found = judge(text.encode())
    assert found.faults[0].line == line
    assert step in found.faults[0].next_step.en
    assert len(found.faults) <= 100
    assert found.faults[0].what.zh != found.faults[0].what.en


def test_the_environment_goes_before_the_file() -> None:
    """And each value says where it came from; an empty variable is as if it were not there."""
    file = {"PERIDERM_PORT": "1000", "PERIDERM_CONTENT": "off"}
    found = {one.option.name: one for one in chosen({"PERIDERM_PORT": "2000", "PERIDERM_CONTENT": ""}, file)}
    assert (found["server.port"].value, found["server.port"].source) == ("2000", "environment")
    assert (found["agent.content"].value, found["agent.content"].source) == ("off", "file")
    assert (found["agent.baselines"].value, found["agent.baselines"].source) == ("on", "default")
    with pytest.raises(UsageError):
        chosen({"PERIDERM_PORT": "x"}, {})


def test_broken_toml_is_one_fault() -> None:
    """With its place, in place of an exception."""
    found = judge(b"[server]\nport = \n")
    assert found.values == {}
    assert [(fault.line, fault.next_step.en) for fault in found.faults] == [(2, "")]
    assert read(b"")[0] == ()
