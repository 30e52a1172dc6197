"""All settings hold together."""

from __future__ import annotations

from periderm.model.option_list import BY_NAME, BY_VARIABLE, OPTIONS, SECTIONS, VARIABLES


def test_each_is_whole() -> None:
    """Names are SECTION.KEY and told once; each default is a value; both languages say what it means."""
    assert len(BY_NAME) == len(OPTIONS)
    assert len(BY_VARIABLE) == len(OPTIONS) + len(VARIABLES)
    assert {option.section for option in OPTIONS} == set(SECTIONS)
    for option in OPTIONS:
        assert option.variable.startswith("PERIDERM_")
        assert option.key.isidentifier()
        assert not option.default or option.fits(option.default)
        assert option.meaning.en != option.meaning.zh


def test_sections_stand_together() -> None:
    """The file is written in the order of the list: each section once."""
    order = list(dict.fromkeys(option.section for option in OPTIONS))
    assert order == list(SECTIONS)


def test_no_secret_stands_in_the_file() -> None:
    """What is a secret is named by a file or stands in the environment."""
    assert [o.name for o in OPTIONS if any(w in o.name for w in ("password", "token", "username")) and o.kind != "path"] == []
