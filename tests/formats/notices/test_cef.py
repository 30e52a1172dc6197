"""The Common Event Format, read back by a reader that knows only its escapes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices import cef
from periderm.model.text import Text
from tests.story import SECOND, alerts, findings, incident
from tests.told import NOW, hostile_notice, message, notice

# ArcSight's dictionary: those that we use.
KNOWN = set(
    ["rt", "start", "cat", "externalId", "outcome", "msg", "cnt", "act", "sproc", "spid", "suid", "filePath"]
    + [f"cs{n}{end}" for n in range(1, 7) for end in ("", "Label")]
)


def read(line: str) -> tuple[list[str], dict[str, str]]:
    """(header, extension) with their escapes taken away."""
    *header, extension = re.split(r"(?<!\\)(?:\\\\)*\|", line, maxsplit=7)
    fields = {}
    for found in re.finditer(r"(\w+)=((?:\\.|[^\\=])*)(?=\s\w+=|$)", extension):
        fields[found[1]] = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[2])
    return header, fields


def test_a_notice_is_one_event() -> None:
    """Header and extension, in their places."""
    header, fields = read(cef.event(message(), notice()))
    assert header == ["CEF:0", "Periderm", "Periderm", "1.2.3", "RUN-001", "shop-web started a shell", "10"]
    assert fields["msg"] == "A shell was started and killed."
    assert (fields["cs1Label"], fields["cs1"]) == ("place", "shop-web-1")
    assert fields["rt"] == str((NOW - 40 * SECOND) // 10**6)
    assert set(fields) <= KNOWN


def test_records_add_what_they_know() -> None:
    """The process, the techniques, the package."""
    alert = alerts(NOW)[0]
    _, fields = read(cef.event(message(), notice(), alert))
    assert fields["sproc"] == alert.process.exe
    assert fields["cs5"] == ",".join(alert.techniques)
    for record in (incident(NOW, NOW), *findings(NOW)):
        assert set(read(cef.event(message(), notice(), record))[1]) <= KNOWN


def test_an_attacker_adds_no_field() -> None:
    """Neither with '|', nor with '=', nor with a line break."""
    line = cef.event(message(), hostile_notice())
    assert "\n" not in line
    assert "\x1b" not in line
    header, fields = read(line)
    assert len(header) == 7
    assert set(fields) <= KNOWN


@given(st.text(max_size=80))
def test_any_text_comes_back(words: str) -> None:
    """One line, seven parts, and the message as it was (what cannot be printed aside)."""
    line = cef.event(message(), notice(title=Text(words, words), summary=Text(f"x{words}x", "")))
    assert len(line.splitlines()) == 1
    header, fields = read(line)
    assert len(header) == 7
    if words.isprintable():
        assert fields["msg"] == f"x{words}x"
