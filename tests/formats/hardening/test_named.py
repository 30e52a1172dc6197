"""Names made from names."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.hardening.named import slug, volume


@given(st.text(max_size=90), st.text(max_size=90))
def test_they_are_dns_labels(name: str, path: str) -> None:
    """Whatever a workload is called."""
    for made in (slug(name), volume(name, path)):
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", made)


def test_they_say_what_they_are_for() -> None:
    """A person knows them again."""
    assert volume("Shop/Web", "/var/lib/x") == "shop-web-var-lib-x"
