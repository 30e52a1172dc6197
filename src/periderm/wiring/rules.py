"""The rule packs of this machine.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from periderm.flow.replay import LookUp
    from periderm.flow.rule_packs import RulePacks
    from periderm.ports.documents import Documents
    from periderm.ports.rule_files import RuleFiles
    from periderm.ports.sensor import Sensor

KEPT = "rules.kept"


def rule_folder(settings: Settings) -> str:
    """The folder with packs: PERIDERM_RULES, else beside the state."""
    return told("PERIDERM_RULES") or os.path.join(settings.state, "rules")


def rule_files(settings: Settings) -> RuleFiles:
    """The folder, the trusted keys, and the memory of what was in force."""
    from periderm.adapters.rule_files import LocalRuleFiles

    memory = os.path.join(settings.state, KEPT)
    return LocalRuleFiles(rule_folder(settings), told("PERIDERM_RULES_KEYS"), memory)


def rule_packs(settings: Settings, *, keep: bool = True) -> RulePacks:
    """The packs that an agent uses; without `keep`, for a command that only looks."""
    from periderm.flow.rule_packs import RulePacks

    return RulePacks(rule_files(settings), require=signed_only(), keep=keep)


def signed_only() -> bool:
    """Whether PERIDERM_RULES_SIGNED asks for signed packs only."""
    return told("PERIDERM_RULES_SIGNED").lower() not in ("", "0", "false", "no", "off")


def documents() -> Documents:
    """Files that a person names."""
    from periderm.adapters.documents_local import LocalDocuments

    return LocalDocuments()


def recording(path: str) -> Sensor:
    """A recorded file as a sensor."""
    from periderm.adapters.sensor_replay.sensor import ReplaySensor

    return ReplaySensor(path)


@contextlib.contextmanager
def known_images(settings: Settings) -> Iterator[LookUp]:
    """What was scanned on this machine before, to tell what an image brought; nothing where there is no store yet."""
    from periderm.flow.replay import unknown
    from periderm.wiring.stored import reader

    if not os.path.exists(settings.database):
        yield unknown
        return
    with reader(settings) as app:
        yield app.store.inventory
