"""Every image detector in one ordered list, and how one example is tried. Loaded only where secrets or configuration are
asked for: a scan for packages needs none of them."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.image.detectors import (
    device_node,
    escaping_entry,
    healthcheck_missing,
    not_examined,
    package_manager,
    password_hash,
    private_key,
    root_user,
    secret_ai,
    secret_assigned,
    secret_chat,
    secret_cloud,
    secret_database,
    secret_environment,
    secret_forge,
    secret_history,
    secret_jwt,
    secret_label,
    secret_registry,
    secret_service,
    set_uid_file,
    shell_present,
    ssh_server,
    writable_executable,
)
from periderm.engines.image.engine import ImageEngine, Want, wanted
from periderm.engines.image.facts import Detector, GivenImage
from periderm.engines.image.search import TextSearch
from periderm.model.finding import Finding
from periderm.model.image import LayerEntry, OsRelease
from periderm.model.limits import DEFAULT_LIMITS

DETECTORS: tuple[Detector, ...] = (
    secret_cloud.DETECTOR,
    secret_forge.DETECTOR,
    secret_chat.DETECTOR,
    secret_service.DETECTOR,
    secret_registry.DETECTOR,
    secret_ai.DETECTOR,
    private_key.DETECTOR,
    secret_jwt.DETECTOR,
    secret_database.DETECTOR,
    secret_assigned.DETECTOR,
    password_hash.DETECTOR,
    secret_environment.DETECTOR,
    secret_history.DETECTOR,
    secret_label.DETECTOR,
    root_user.DETECTOR,
    set_uid_file.DETECTOR,
    ssh_server.DETECTOR,
    writable_executable.DETECTOR,
    healthcheck_missing.DETECTOR,
    shell_present.DETECTOR,
    package_manager.DETECTOR,
    escaping_entry.DETECTOR,
    device_node.DETECTOR,
    not_examined.DETECTOR,
)


def run_example(detector: Detector, given: GivenImage) -> Sequence[Finding]:
    """What one detector finds in a small image: through the whole engine, as in a scan."""
    engine = ImageEngine((detector,) if detector.patterns else (detector, *(d for d in DETECTORS if d.patterns)))
    for number, files in enumerate(given.layers):
        digest = f"sha256:{number:064x}"
        engine.begin_layer(digest)
        search = TextSearch(engine.patterns, DEFAULT_LIMITS, digest, DEFAULT_LIMITS.confirm)
        for file in files:
            entry = LayerEntry(
                file.path, file.type, file.mode, 0, 0, len(file.data), 0, file.link, escapes=file.escapes, device=file.device
            )
            engine.look(entry)
            if wanted(entry, DEFAULT_LIMITS) & Want.TEXT and search.is_text(entry, file.data):
                search.text(entry, file.data)
        engine.searched(search.searched())
    for what in given.not_examined:
        engine.miss(what)
    facts = engine.facts(given.config, OsRelease(), given.packages, given.owners, configured=given.configured)
    findings = engine.findings(facts, "sha256:" + "0" * 64, 0)
    return [finding for finding in findings if finding.detector == detector.spec.id]
