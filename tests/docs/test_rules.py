"""The pack on the page about rules works as the page says."""

from __future__ import annotations

from periderm.engines.runtime.rules.lint import lint
from periderm.engines.runtime.rules.pack import language
from periderm.flow.rule_packs import usable
from periderm.formats.falco_rules.fields import REASONS
from tests.docs.test_gates import ROOT, blocks

PAGE = (ROOT / "docs/how-to/write-rules.md").read_text(encoding="utf-8")


def test_the_pack_is_without_fault() -> None:
    """It is taken into force, and lint is silent."""
    (text,) = blocks(PAGE, "yaml")
    assert lint(usable(text.encode(), "write-rules.md"), 0) == ()


def test_conditions_on_the_pages() -> None:
    """Those between ticks compile."""
    for text in ("readings.exists(r, r.contains('/dev/tcp/'))", "size(argv) > 3", "kind == 'exec' && parent == 'nginx'"):
        language().compile(text)
        assert text in PAGE + (ROOT / "docs/explanation/rules.md").read_text(encoding="utf-8")
    assert REASONS
