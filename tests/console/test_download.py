"""Files that pages hand out."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from periderm.console.download import Download


@given(st.text(max_size=300))
def test_a_name_leads_nowhere_and_ends_no_header(name: str) -> None:
    """Whatever a workload or an image calls itself."""
    plain = Download(name=name, content=b"").plain_name
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,120}", plain)
    assert not plain.startswith(".")


def test_an_ordinary_name_stays() -> None:
    """With its ending."""
    assert Download(name="shop-seccomp.json", content=b"").plain_name == "shop-seccomp.json"
    assert Download(name="../../etc/passwd", content=b"").plain_name == "etc-passwd"
