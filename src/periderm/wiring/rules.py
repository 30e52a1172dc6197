"""The rule packs of this machine.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.flow.rule_packs import RulePacks
    from periderm.ports.rule_files import RuleFiles

KEPT = "rules.kept"


def rule_folder(settings: Settings) -> str:
    """The folder with packs: PERIDERM_RULES, else beside the state."""
    return os.environ.get("PERIDERM_RULES") or os.path.join(settings.state, "rules")


def rule_files(settings: Settings, *, remember: bool = True) -> RuleFiles:
    """The folder, the trusted keys, and (with `remember`) the memory of what was in force."""
    from periderm.adapters.rule_files import LocalRuleFiles

    memory = os.path.join(settings.state, KEPT) if remember else ""
    return LocalRuleFiles(rule_folder(settings), os.environ.get("PERIDERM_RULES_KEYS", ""), memory)


def rule_packs(settings: Settings) -> RulePacks:
    """The packs that an agent uses."""
    from periderm.flow.rule_packs import RulePacks

    return RulePacks(rule_files(settings), require=signed_only())


def signed_only() -> bool:
    """Whether PERIDERM_RULES_SIGNED asks for signed packs only."""
    return os.environ.get("PERIDERM_RULES_SIGNED", "") not in ("", "0", "false", "no")
