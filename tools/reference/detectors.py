"""The pages of the detectors: one for each engine, from what each detector says of itself."""

from __future__ import annotations

from periderm.app.explain import Explanation, list_detectors
from periderm.model.attack import VERSION
from tools.reference.markdown import bullets, cell, page, table

_INTRO = {
    "image": "What `periderm scan` finds in an image.",
    "vulnerability": "What `periderm scan` finds out about packages.",
    "runtime": "What the agent sees processes do.",
    "config": "What `periderm scan repo` and `periderm scan pipeline` find in files that say how something is built or run.",
    "content": "What the agent finds in files that came after the image.",
    "baseline": "What deviates from the normal behaviour of a workload: the event types, BASE-FAMILY-NUMBER, stable for ever.",
    "trust": "What a trust policy does not allow: where an image comes from, what it is built on, who signed it.",
}


def pages() -> dict[str, str]:
    """File name to text."""
    found = list_detectors()
    made = {"detectors.md": _index(found)}
    for capability in dict.fromkeys(e.capability for e in found):
        some = [e for e in found if e.capability == capability]
        title = f"{capability.capitalize()} detectors"
        intro = f"{_INTRO[capability]} {len(some)} detectors, techniques of ATT&CK v{VERSION}."
        made[f"detectors-{capability}.md"] = page(title, intro, *(_one(e) for e in some))
    return made


def anchor(explanation: Explanation) -> str:
    """The link to a detector's part of its page."""
    return f"detectors-{explanation.capability}.md#{explanation.id.lower()}"


def _index(found: tuple[Explanation, ...]) -> str:
    rows = [
        (
            f"[{e.id}]({anchor(e)})",
            e.severity.name.lower(),
            e.maturity.value,
            cell(e.title.en),
            " ".join(t.id for t in e.techniques) or "-",
        )
        for e in found
    ]
    intro = f"All {len(found)} detectors of {len({e.capability for e in found})} engines."
    return page("Detectors", intro, table(("id", "severity", "maturity", "title", "ATT&CK"), rows))


def _one(e: Explanation) -> str:
    techniques = " · ".join(f"[{t.id} {cell(t.name.en)}]({t.url})" for t in e.techniques) or "none"
    parts = [
        f"## {e.id}",
        f"**{cell(e.title.en)}** ({e.title.zh})",
        bullets(
            [
                f"severity {e.severity.name.lower()}, maturity {e.maturity.value}",
                f"ATT&CK: {techniques}",
                *([f"weaknesses: {', '.join(e.weaknesses)}"] if e.weaknesses else []),
                *([f"behaviours {', '.join(map(str, e.behaviours))} of the catalogue"] if e.behaviours else []),
                f"says: {cell(e.message.en)}",
                f"what to change: {cell(e.remediation.en)}",
            ]
        ),
        "Fires on:\n\n" + bullets(cell(why) for why in e.fires),
        "Stays quiet on:\n\n" + bullets(cell(why) for why in e.quiet),
    ]
    if e.references:
        parts.append("Read: " + " · ".join(f"<{r}>" if r.startswith("http") else cell(r) for r in e.references))
    return "\n\n".join(parts)
