"""Lines about our own work."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from periderm.adapters.log_lines import write_lines, write_no_lines

HOSTILE = 'evil\x1b[2J\n"x" = \u2028\udc80\u202e'


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The root logger is left as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


def line(form: str, level: str = "info") -> str:
    """One hostile message."""
    stream = io.StringIO()
    handler = write_lines(level, form, "server", lambda: ("t" * 32, "s" * 16), stream)
    logging.getLogger().handlers[:] = [handler]  # what watches the tests cannot carry such a message to who started it
    logging.getLogger("periderm.x").warning("told %s", HOSTILE)
    logging.getLogger("periderm.x").debug("not this")
    write_no_lines(handler)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["text", "logfmt", "json"])
def test_a_message_is_one_line_of_harmless_characters(form: str) -> None:
    """Whatever it quotes."""
    told = line(form)
    assert told.count("\n") == 1
    assert [c for c in told[:-1] if c in "\x1b\u2028\udc80\r"] == []
    assert "not this" not in told
    assert told.encode()


def test_json_has_its_fields() -> None:
    """Level, process, message as it was, and where in a trace it belongs."""
    told = json.loads(line("json"))
    assert (told["level"], told["process"], told["logger"], told["trace_id"]) == ("warning", "server", "periderm.x", "t" * 32)
    assert told["message"].startswith('told evil\x1b[2J\n"x"')
    assert told["time"].endswith("Z")


def test_logfmt_quotes_what_needs_it() -> None:
    """So that a message cannot add a field."""
    told = line("logfmt")
    assert " level=warning process=server " in told
    assert 'message="told evil\\\\x1b[2J\\\\n\\"x\\" = ' in told


def test_another_form_takes_the_place_of_the_first() -> None:
    """No message is written twice; a traceback is in the line."""
    first, second = io.StringIO(), io.StringIO()
    write_lines("info", "text", "server", lambda: ("", ""), first)
    handler = write_lines("error", "json", "server", lambda: ("", ""), second)
    logging.getLogger("periderm.x").info("a")
    try:
        raise KeyError("b")
    except KeyError:
        logging.getLogger("periderm.x").exception("c")
    write_no_lines(handler)
    assert first.getvalue() == ""
    told = json.loads(second.getvalue())
    assert "KeyError" in told["message"]
    assert "trace_id" not in told
