"""The style of the HTML report."""

from __future__ import annotations

import base64
import hashlib

from periderm.formats.html_report import page
from periderm.formats.html_report.style import STYLE, policy
from tests.reports import report


def test_the_policy_names_the_style_that_is_there() -> None:
    """The digest in the policy is that of the style in the page, or a browser would show it bare."""
    text = page.write(report()).decode()
    inside = text.split("<style>")[1].split("</style>")[0]
    assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() in policy()


def test_dark_has_every_colour() -> None:
    """Each colour of the light style has its dark one."""
    light, dark = (set(part.split("}")[0].replace(" ", "").split(":")) for part in STYLE.split(":root {")[1:3])
    assert light
    assert {name for name in light if name.endswith(("--s5", "--text"))} <= dark | light
    for name in ("--ground", "--soft", "--line", "--text", "--dim", "--accent", "--s5", "--s4", "--s3", "--s2", "--s1", "--s0"):
        assert STYLE.count(f"{name}:") == 2
