"""Syslog messages, read by RFC 5424's own grammar."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices import syslog
from periderm.model.severity import Severity
from tests.told import NOW

# RFC 5424, 6: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG.
GRAMMAR = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) - (.*)",
    re.DOTALL,
)


@given(st.text(max_size=50), st.text(max_size=300), st.integers(min_value=0, max_value=2**63 - 1), st.sampled_from(Severity))
def test_any_message_is_of_the_grammar(text: str, host: str, time: int, severity: Severity) -> None:
    """Also with a host name that is none."""
    made = syslog.message(text, severity=severity, time=time, host=host, process=7, kind="incident-new")
    found = GRAMMAR.fullmatch(made)
    assert found is not None
    assert found[7] == text.encode("utf-8", "replace")
    assert 0 <= int(found[1]) <= 191


def test_how_bad_it_is_is_its_priority() -> None:
    """Facility times eight and the level."""
    made = syslog.message(
        "x", severity=Severity.CRITICAL, time=NOW, host="h", process=1, kind="k", facility=syslog.FACILITIES["local3"]
    )
    assert made.startswith(b"<154>1 ")
    assert set(syslog.FACILITIES.values()) <= set(range(24))


def test_a_frame_counts_bytes() -> None:
    """Not characters."""
    assert syslog.framed("漢".encode()) == "3 漢".encode()
