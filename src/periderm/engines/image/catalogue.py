"""Every image detector in one ordered list, and how one example is tried. Loaded only where secrets or configuration are
asked for: a scan for packages needs none of them."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.image.detectors import (
    admin_port,
    authorized_keys,
    changed_file,
    compiler_present,
    core_dump,
    device_node,
    escaping_entry,
    file_capabilities,
    healthcheck_missing,
    imitating_program,
    key_store,
    left_by_build,
    malicious_file,
    not_examined,
    odd_executable,
    odd_start,
    open_command,
    open_login,
    open_service,
    package_manager,
    password_hash,
    preloaded_library,
    private_key,
    rights_for_interpreter,
    risky_service,
    root_user,
    second_root,
    secret_ai,
    secret_assigned,
    secret_chat,
    secret_china,
    secret_cloud,
    secret_command,
    secret_credential_file,
    secret_database,
    secret_environment,
    secret_forge,
    secret_framework,
    secret_history,
    secret_infrastructure,
    secret_jwt,
    secret_label,
    secret_name,
    secret_observability,
    secret_registry,
    secret_service,
    secret_work,
    set_uid_file,
    shell_present,
    ssh_server,
    sudo_without_password,
    unowned_program,
    unowned_start,
    user_rule_file,
    verification_off,
    weak_password,
    writable_executable,
    writable_place,
)
from periderm.engines.image.engine import ImageEngine, Want, wanted
from periderm.engines.image.facts import Detector, GivenFile, GivenImage
from periderm.engines.image.search import TextSearch
from periderm.engines.image.system_files import is_checked, sums_of
from periderm.model.contents import FoundContent, LayerContents
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
    secret_china.DETECTOR,
    secret_observability.DETECTOR,
    secret_infrastructure.DETECTOR,
    secret_work.DETECTOR,
    secret_framework.DETECTOR,
    secret_credential_file.DETECTOR,
    key_store.DETECTOR,
    secret_environment.DETECTOR,
    secret_history.DETECTOR,
    secret_label.DETECTOR,
    secret_name.DETECTOR,
    secret_command.DETECTOR,
    root_user.DETECTOR,
    set_uid_file.DETECTOR,
    ssh_server.DETECTOR,
    writable_executable.DETECTOR,
    healthcheck_missing.DETECTOR,
    verification_off.DETECTOR,
    admin_port.DETECTOR,
    shell_present.DETECTOR,
    package_manager.DETECTOR,
    escaping_entry.DETECTOR,
    device_node.DETECTOR,
    malicious_file.DETECTOR,
    user_rule_file.DETECTOR,
    changed_file.DETECTOR,
    odd_executable.DETECTOR,
    imitating_program.DETECTOR,
    unowned_program.DETECTOR,
    preloaded_library.DETECTOR,
    odd_start.DETECTOR,
    unowned_start.DETECTOR,
    weak_password.DETECTOR,
    second_root.DETECTOR,
    authorized_keys.DETECTOR,
    sudo_without_password.DETECTOR,
    rights_for_interpreter.DETECTOR,
    file_capabilities.DETECTOR,
    writable_place.DETECTOR,
    left_by_build.DETECTOR,
    compiler_present.DETECTOR,
    core_dump.DETECTOR,
    risky_service.DETECTOR,
    open_service.DETECTOR,
    open_command.DETECTOR,
    open_login.DETECTOR,
    not_examined.DETECTOR,
)


def entry_of(file: GivenFile) -> LayerEntry:
    """A file of an example as an entry of a layer."""
    return LayerEntry(
        file.path,
        file.type,
        file.mode,
        file.uid,
        0,
        len(file.data),
        0,
        file.link,
        escapes=file.escapes,
        device=file.device,
        capabilities=file.capabilities,
    )


def run_example(detector: Detector, given: GivenImage) -> Sequence[Finding]:
    """What one detector finds in a small image: through the whole engine, as in a scan."""
    engine = ImageEngine((detector,) if detector.patterns else (detector, *(d for d in DETECTORS if d.patterns)))
    for number, files in enumerate(given.layers):
        digest = f"sha256:{number:064x}"
        engine.begin_layer(digest)
        search = TextSearch(engine.patterns, DEFAULT_LIMITS, digest, DEFAULT_LIMITS.confirm)
        for file in files:
            entry = entry_of(file)
            engine.look(entry)
            if file.matches:
                engine.gathered.contents(LayerContents((FoundContent(0, "script", file.matches),)), (entry,))
            if is_checked(file.path):
                engine.gathered.summed(entry, sums_of(file.data))
            for reader in engine.readers:
                if file.data and reader.wants(file.path):
                    engine.noted(reader.id, entry, reader.read(file.data, file.path))
            if wanted(entry, DEFAULT_LIMITS) & Want.TEXT and search.begins(entry, file.data):
                search.text(entry, file.data)
        search.names(file.path for file in files)
        engine.searched(search.searched())
    for what in given.not_examined:
        engine.miss(what)
    facts = engine.facts(
        given.config, OsRelease(), given.packages, given.owners, configured=given.configured, services=given.services
    )
    findings = engine.findings(facts, "sha256:" + "0" * 64, 0)
    return [finding for finding in findings if finding.detector == detector.spec.id]
