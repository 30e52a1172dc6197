"""The table of event types: what kinds of deviations from a baseline there are, with an example each."""

from __future__ import annotations

from periderm.engines.baseline import DETECTORS
from tools.reference.markdown import cell, page, table

_FAMILIES = {
    "01": "a known process does otherwise",
    "02": "a new process",
    "03": "files",
    "04": "network",
    "05": "rights and rare calls",
    "06": "order of programs and calls",
}
_INTRO = (
    "Kinds of deviations from a workload's baseline, as alerts carry them in `event_type` (and as the detector "
    "`BASE-FAMILY-NUMBER`). The numbers are stable for ever. The severity of one deviation follows its surprise (0 to 100): "
    "low below 50, medium below 80, high from 80 on, critical from 97 on; while a workload is learning, high from 90 on."
)


def pages() -> dict[str, str]:
    """File name to text."""
    rows = [
        (
            f"[{each.number}](detectors-baseline.md#{each.spec.id.lower()})",
            _FAMILIES[each.number[:2]],
            cell(each.spec.title.en),
            cell(each.spec.title.zh),
            cell(each.spec.fires[0].why),
            cell(each.spec.quiet[0].why),
        )
        for each in DETECTORS
    ]
    made = table(("type", "family", "name", "名称", "is told, for example", "is not"), rows)
    return {"baseline-event-types.md": page("Event types of baselines", _INTRO, made)}
