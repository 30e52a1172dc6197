"""What asks registries: the client with the credentials, certificates and mirrors of this machine.

Adapters are named inside the functions, so that a command that asks no registry loads none of it.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from periderm.model.errors import UsageError
from periderm.model.registry import Credentials, RegistryOptions
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.wiring.told import environment as told_here

if TYPE_CHECKING:
    from periderm.adapters.registry_http.site import Sites
    from periderm.adapters.registry_http.trust import Trust
    from periderm.ports.registry import Registry

Find = Callable[[str, str], Credentials | None]
_NEXT = "Set PERIDERM_REGISTRY_HOST to the registry that they are for: they are sent to no other."


def registry_client(
    settings: Settings,
    *,
    options: RegistryOptions | None = None,
    tell: Callable[[str, float | None], None] = lambda _text, _done: None,
    warn: Callable[[Text], None] = lambda _text: None,
    find: Find | None = None,
) -> Registry:
    """Asks registries. `find` gives credentials of (registry, repository) before anything else does, and never for a
    mirror; `tell` hears of waits,
    `warn` of what is asked without protection. Raises UsageError for settings that cannot be."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.registry_http.asking import Asking
    from periderm.adapters.registry_http.client import HttpRegistry
    from periderm.adapters.registry_http.wire import Wire

    here = known_here(settings, options or registry_options(told_here()))
    clock, certificates = SystemClock(), here.certificates
    asking = Asking(Wire(os.environ), here.found, clock, certificates=certificates, tell=tell, warn=warn, own=find)
    return HttpRegistry(asking, here.sites)


class Here(NamedTuple):
    """What this machine knows of registries: credentials, certificates, and where each is."""

    found: Find
    certificates: Callable[[str], Trust]
    sites: Sites


def known_here(settings: Settings, options: RegistryOptions) -> Here:
    """From the files of docker and podman, those of the state, and the options; the options' credentials go to their own host
    alone."""
    from periderm.adapters.registry_http import credentials, site, trust

    home = os.path.expanduser("~")
    kept = credentials.CredentialFiles(os.environ, home, os.geteuid())

    def found(registry: str, repository: str) -> Credentials | None:
        if options.host and registry == options.host and options.credentials != Credentials():
            return options.credentials
        return kept.find(registry, repository)

    certificates = functools.partial(trust.found_in, trust.folders(home))
    files = (*site.conf_files(os.environ, home), os.path.join(settings.state, "registries.toml"))
    return Here(found, certificates, site.Sites(files, certificates, options))


def registry_options(environment: Mapping[str, str]) -> RegistryOptions:
    """What PERIDERM_REGISTRY_HOST, _USERNAME, _PASSWORD, _TOKEN, _CA_FILE, _INSECURE, _REALMS and _REDIRECTS say (lists with
    commas). Raises UsageError for credentials without a host."""

    def told(name: str) -> str:
        return environment.get(name, "")

    def listed(name: str) -> tuple[str, ...]:
        return tuple(part for word in told(name).split(",") if (part := word.strip()))

    host = told("PERIDERM_REGISTRY_HOST")
    user, password = told("PERIDERM_REGISTRY_USERNAME"), told("PERIDERM_REGISTRY_PASSWORD")
    given = Credentials(user, password, told("PERIDERM_REGISTRY_TOKEN"))
    if given != Credentials() and not host:
        raise UsageError("Credentials of a registry are set, and no registry is named.", _NEXT)
    return RegistryOptions(
        insecure=listed("PERIDERM_REGISTRY_INSECURE"),
        host=host,
        credentials=given,
        ca_file=told("PERIDERM_REGISTRY_CA_FILE"),
        realms=listed("PERIDERM_REGISTRY_REALMS"),
        redirects=listed("PERIDERM_REGISTRY_REDIRECTS"),
    )


def blob_bytes(environment: Mapping[str, str]) -> int:
    """How much of registries' layers is kept: PERIDERM_REGISTRY_CACHE_MIB, 20 GiB without. Raises UsageError."""
    told = environment.get("PERIDERM_REGISTRY_CACHE_MIB", "20480")
    if not (told.isascii() and told.isdecimal() and 0 < len(told) <= 8) or not int(told):
        raise UsageError(f"PERIDERM_REGISTRY_CACHE_MIB is {told[:20]!r}.", "Set it to a number of MiB.")
    return int(told) << 20
