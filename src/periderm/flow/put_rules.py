"""Gives the watch the packs in force when they change, and tells as coverage gaps what is not: a pack that was refused, a rule
that cannot be answered. Runs on the control thread; reads and checks nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.prefilter import Prefilter
from periderm.flow.news import Rules
from periderm.flow.rule_packs import LoadedRules, RulePacks
from periderm.model.gap import GapKind
from periderm.model.text import Text

MOST_TOLD = 50


class Trouble(msgspec.Struct, frozen=True):
    """What is not seen because of a pack or a rule."""

    kind: GapKind
    detail: str
    message: Text
    next_step: Text
    count: int = 1


_OLD = Text(
    "The rule pack {file} was refused, and the one before it stays in force: {problem}",
    "规则包 {file} 被拒绝，之前的版本继续生效：{problem}",
)
_NONE = Text(
    "The rule pack {file} was refused, and none of its rules is in force: {problem}",
    "规则包 {file} 被拒绝，其中的规则均未生效：{problem}",
)
_STEP = Text("See it with `periderm rules lint`, and mend it.", "用 `periderm rules lint` 查看并修正。")
_FAILED = Text(
    "The rule {rule} could not be answered for {count} events: {reason}", "规则 {rule} 对 {count} 个事件无法求值：{reason}"
)
_FAILED_STEP = Text("Ask first whether there is such an element.", "请先判断所取的元素是否存在。")


class PutRules:
    """`give` takes the news (`Watch.give`), `prepare` compiles rules (`RuntimeEngine.prepare`)."""

    def __init__(
        self, packs: RulePacks, give: Callable[[Rules], None], prepare: Callable[[Sequence[Detector]], Prefilter] | None = None
    ) -> None:
        self._packs = packs
        self._give = give
        self._prepare = prepare
        self._failed: dict[str, int] = {}
        self.loaded: LoadedRules | None = None

    def step(self) -> list[Trouble]:
        """What is to be told now: each refused pack once for each change, each failing rule as it goes on failing."""
        found = self._packs.look()
        troubles: list[Trouble] = []
        if found is not None:
            self.loaded = found
            # Patterns are compiled here, on the control thread: the one that judges does not wait for them.
            self._give(Rules(found.detectors, self._prepare(found.detectors) if self._prepare is not None else None))
            for state in found.states:
                if state.problem:
                    text = _OLD if state.old else _NONE
                    message = _plain(text, file=state.file, problem=state.problem)
                    troubles.append(Trouble(GapKind.RULES_REFUSED, state.file, message, _STEP))
        counts = self._packs.counts
        for rule, count in sorted(counts.failed.items())[:MOST_TOLD]:
            if count > self._failed.get(rule, 0):
                self._failed[rule] = count
                message = _plain(_FAILED, rule=rule, count=str(count), reason=counts.reasons.get(rule, ""))
                troubles.append(Trouble(GapKind.RULE_FAILED, rule, message, _FAILED_STEP, count))
        return troubles


def _plain(text: Text, **values: str) -> Text:
    """Filled with values that any encoder takes."""
    return text.fill(**{name: value.encode("utf-8", "backslashreplace").decode() for name, value in values.items()})
