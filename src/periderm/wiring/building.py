"""What guarded builds, their attestations and their checking work with on this machine.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from periderm.model.errors import UsageError
from periderm.model.registry import RegistryOptions
from periderm.model.settings import Settings
from periderm.wiring.reports import report_parts
from periderm.wiring.told import environment

if TYPE_CHECKING:
    from periderm.app.build_parts import BuildParts
    from periderm.app.judge_image import Judged
    from periderm.model.report import Report
    from periderm.ports.attachments import Attachments


def build_parts(settings: Settings, *, store: bool = False, plain_http: bool = False) -> BuildParts:
    """What `build_image` works with. With `store` results and verdicts are kept."""
    from periderm.adapters.builder_local import LocalBuilder
    from periderm.adapters.git_local.state import GitStates
    from periderm.app.build_parts import BuildParts

    def keep(report: Report, judged: Judged) -> None:
        from periderm.app.keep_report import keep_report
        from periderm.model.principal import LOCAL_ADMIN
        from periderm.wiring.stored import keeper

        with keeper(settings) as app:
            keep_report(app, LOCAL_ADMIN, report, judged.verdict)

    def attach(name: str, manifest: str, envelopes: Sequence[bytes]) -> str:
        return _attach(settings, name, manifest, envelopes, plain_http=plain_http)

    return BuildParts(
        builder=LocalBuilder(),
        reports=report_parts(settings),
        states=GitStates(),
        attach=attach,
        keep=keep if store else None,
    )


def _attach(settings: Settings, name: str, manifest: str, envelopes: Sequence[bytes], *, plain_http: bool) -> str:
    """Puts attestations beside an image in its registry; where they are."""
    import msgspec

    from periderm.app.attach import attach
    from periderm.formats.image_reference import parse
    from periderm.wiring.registering import registry_options

    reference = msgspec.structs.replace(parse(name, ""), digest=manifest)
    options = registry_options(environment())
    if plain_http:
        options = msgspec.structs.replace(options, insecure=(*options.insecure, reference.registry))
    return attach(attachments(settings, options), reference, envelopes)


def attachments(settings: Settings, options: RegistryOptions) -> Attachments:
    """What puts documents beside images in registries, with the credentials, certificates and mirrors of this machine."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.registry_http.client import HttpRegistry
    from periderm.adapters.registry_http.pushing import HttpAttachments, Sending
    from periderm.adapters.registry_http.wire import Wire
    from periderm.wiring.registering import known_here

    here = known_here(settings, options)
    sending = Sending(Wire(os.environ), here.found, SystemClock(), certificates=here.certificates)
    return HttpAttachments(HttpRegistry(sending, here.sites), sending, here.sites)


def attestations_there(settings: Settings, reference: str) -> Callable[[], bytes]:
    """What fetches the attestations beside 'registry:IMAGE'."""
    from periderm.app.attach import fetch
    from periderm.formats.image_reference import parse
    from periderm.wiring.registering import registry_client

    return lambda: fetch(registry_client(settings), parse(reference.removeprefix("registry:")))


def attestation_folder(settings: Settings, named: str = "") -> str:
    """The folder that was named, else the one of this machine; made if it is not there. Raises UsageError."""
    folder = named or os.path.join(settings.state, "attestations")
    try:
        os.makedirs(folder, mode=0o755, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}.", "Name another folder with --attest.") from None
    return folder


def signing_key(settings: Settings, path: str = "") -> tuple[bytes, str, bool]:
    """(private key in PEM, path of the public one, whether the pair was made now): the file that was named, else this
    machine's own pair below the state folder. Raises NotFoundError, UsageError."""
    if path:
        from periderm.adapters.documents_local import LocalDocuments

        return LocalDocuments().read(path, 16 << 10), "", False
    from periderm.adapters.signing_key import ensure_key

    return ensure_key(os.path.join(settings.state, "keys"))
