"""Where one repository is asked for, and what is believed there; and which tables of registries.conf say so.

Reads the files once. Asks no registry.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import msgspec

from periderm.adapters.registry_http import trust
from periderm.formats import image_reference, registries_conf
from periderm.formats.registries_conf import RegistryRule
from periderm.model.errors import DeniedError, FormatError, UsageError
from periderm.model.registry import ImageReference, RegistryOptions

_HUB = "docker.io"
_HUB_HOST = "registry-1.docker.io"  # where the default registry's API is
_LARGEST = (1 << 20) + 1
_MOST_FILES = 256


class Site(msgspec.Struct, frozen=True):
    """One place of one repository ('' for the registry itself). `name` is what a person calls the registry and credentials
    are kept by, `host` where it is asked. `realms` and `redirects` are hosts that it may send to."""

    name: str
    host: str
    repository: str
    trust: trust.Trust = trust.Trust()
    realms: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    mirror: bool = False

    @property
    def shown(self) -> str:
        """For a message."""
        return f"{self.name}/{self.repository}" if self.repository else self.name


def conf_files(environment: Mapping[str, str], home: str) -> tuple[str, ...]:
    """registries.conf as the containers tools find it, and then the drop-ins: a later file's table replaces an earlier one's
    for the same prefix."""
    told = environment.get("CONTAINERS_REGISTRIES_CONF", "")
    own = os.path.join(home, ".config/containers/registries.conf")
    main = told or (own if os.path.exists(own) else "/etc/containers/registries.conf")
    return (main, *_drop_ins("/etc/containers/registries.conf.d"), *_drop_ins(f"{own}.d"))


def _drop_ins(folder: str) -> tuple[str, ...]:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".conf"))
    except OSError:
        return ()
    return tuple(os.path.join(folder, name) for name in names[:_MOST_FILES])


class Sites:
    """Tells the places of a reference. `files` are registries.conf and its kin, ours last; missing ones are skipped.
    `certificates` finds what certs.d holds for a host."""

    def __init__(self, files: tuple[str, ...], certificates: Callable[[str], trust.Trust], options: RegistryOptions) -> None:
        self._files = files
        self._certificates = certificates
        self._options = options
        self._rules: tuple[RegistryRule, ...] | None = None

    def rules(self) -> tuple[RegistryRule, ...]:
        """All tables. Raises FormatError."""
        if self._rules is None:
            found: dict[str, RegistryRule] = {}
            for path in self._files:
                for rule in _read(path):
                    found[rule.root] = rule
            self._rules = tuple(found.values())
        return self._rules

    def places(self, reference: ImageReference) -> tuple[Site, ...]:
        """Where to ask for a reference, mirrors first. Raises DeniedError where it is blocked, UsageError for no registry."""
        if not image_reference.valid_registry(reference.registry):
            raise UsageError(f"{reference.registry[:80]!r} is no host of a registry.", "Write HOST or HOST:PORT.")
        if not image_reference.valid_names(reference):
            raise UsageError(f"{str(reference)[:200]!r} is no name of an image.", "Write it like HOST/REPOSITORY:TAG.")
        name = f"{reference.registry}/{reference.repository}" if reference.repository else reference.registry
        tail = f"@{reference.digest}" if reference.digest else f":{reference.tag}" if reference.tag else ""
        rule = registries_conf.rule_for(self.rules(), name, tail)
        if rule is not None and rule.blocked:
            raise DeniedError(f"{name} is blocked by registries.conf.", f"Its table is {rule.root!r}.")
        if not reference.repository:
            return (self._site(reference.registry, reference.registry, "", rule, insecure=rule is not None and rule.insecure),)
        ends = registries_conf.endpoints(rule, reference.registry, reference.repository, by_digest=bool(reference.digest))
        return tuple(
            self._site(e.host, e.host, e.repository, self._rule_of(e.host, rule), insecure=e.insecure, mirror=e.mirror)
            for e in ends
            if self._options.mirrors or not e.mirror
        )

    def _rule_of(self, host: str, rule: RegistryRule | None) -> RegistryRule | None:
        """A mirror or a moved place may have a table of its own, with files for its TLS."""
        if rule is not None and rule.root.partition("/")[0] == host:
            return rule
        return registries_conf.rule_for(self.rules(), host)

    def _site(
        self, name: str, host: str, repository: str, rule: RegistryRule | None, *, insecure: bool, mirror: bool = False
    ) -> Site:
        if not image_reference.valid_registry(host):
            raise FormatError(f"{host[:80]!r} is no host of a registry.", "See containers-registries.conf(5).")
        told = self._certificates(host)
        authorities = [*told.authorities, self._options.ca_file, rule.ca_file if rule else ""]
        certificate, key = (rule.client_cert, rule.client_key) if rule and rule.client_cert else (told.certificate, told.key)
        believed = trust.Trust(
            insecure or host in self._options.insecure or name in self._options.insecure,
            tuple(path for path in authorities if path),
            certificate,
            key,
        )
        return Site(
            name,
            _HUB_HOST if host == _HUB else host,
            repository,
            believed,
            (*self._options.realms, *(rule.token_realms if rule else ())),
            (*self._options.redirects, *(rule.redirect_hosts if rule else ())),
            mirror,
        )


def _read(path: str) -> tuple[RegistryRule, ...]:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise FormatError(
            f"it cannot be read ({error.strerror}).", "It may block registries or name mirrors.", where=path
        ) from None
    return registries_conf.parse(data, path)
