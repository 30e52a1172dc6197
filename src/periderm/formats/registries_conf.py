"""Which hosts stand for which image: registries.conf (TOML, version 2) of the containers tools, and our own file of the same
shape. Opens nothing.

containers-registries.conf(5): `[[registry]]` with `prefix`, `location`, `insecure`, `blocked`, `mirror-by-digest-only`, and
mirrors with `location`, `insecure`, `pull-from-mirror`. Ours adds `ca-file`, `client-cert`, `client-key`, `token-realms`
and `redirect-hosts`. Version 1 has no mirrors; of it nothing but `insecure` and `block` is taken.
"""

from __future__ import annotations

import tomllib

import msgspec

from periderm.model.errors import FormatError

_LARGEST = 1 << 20
_MOST = 4096


class Mirror(msgspec.Struct, frozen=True, rename="kebab"):
    """A place that may hold the same. `pull_from_mirror`: 'all' (or ''), 'digest-only', 'tag-only'."""

    location: str = ""
    insecure: bool = False
    pull_from_mirror: str = ""


class RegistryRule(msgspec.Struct, frozen=True, rename="kebab"):
    """One `[[registry]]` table. Files are paths; `token_realms` and `redirect_hosts` are hosts that may be sent to."""

    prefix: str = ""
    location: str = ""
    insecure: bool = False
    blocked: bool = False
    mirror_by_digest_only: bool = False
    mirror: tuple[Mirror, ...] = ()
    ca_file: str = ""
    client_cert: str = ""
    client_key: str = ""
    token_realms: tuple[str, ...] = ()
    redirect_hosts: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """What an image's name begins with for this table to count."""
        return (self.prefix or self.location).rstrip("/")


class Endpoint(msgspec.Struct, frozen=True):
    """Where an image is asked for: HOST[:PORT], and the repository there."""

    host: str
    repository: str
    insecure: bool = False
    mirror: bool = False


class _Old(msgspec.Struct, frozen=True):
    registries: tuple[str, ...] = ()


class _OldLists(msgspec.Struct, frozen=True):
    insecure: _Old = _Old()
    block: _Old = _Old()


class _File(msgspec.Struct, frozen=True):
    registry: tuple[RegistryRule, ...] = ()
    registries: _OldLists = _OldLists()


def parse(data: bytes, where: str) -> tuple[RegistryRule, ...]:
    """The tables of one file. Raises FormatError."""
    if len(data) > _LARGEST:
        raise FormatError(f"it has {len(data)} bytes; {_LARGEST} is the most that is read.", where=where)
    try:
        told = msgspec.convert(tomllib.loads(data.decode()), type=_File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            f"it is not what registries.conf is ({str(error)[:200]}).", "See containers-registries.conf(5).", where=where
        ) from None
    old = [RegistryRule(location=host, insecure=True) for host in told.registries.insecure.registries]
    old += [RegistryRule(location=host, blocked=True) for host in told.registries.block.registries]
    rules = (*told.registry, *old)
    if len(rules) > _MOST:
        raise FormatError(f"it names {len(rules)} registries; {_MOST} is the most that is read.", where=where)
    if any(not rule.root for rule in rules):
        raise FormatError("a registry has neither prefix nor location.", "See containers-registries.conf(5).", where=where)
    return rules


def rule_for(rules: tuple[RegistryRule, ...], name: str, tail: str = "") -> RegistryRule | None:
    """The table for HOST/REPOSITORY (`tail` is ':tag' or '@digest'): the longest prefix that ends where a part of the name
    ends; of two that are as long the later one."""
    best: RegistryRule | None = None
    length = 0
    for rule in rules:
        matched = _matched(rule.root, name, tail)
        if matched and matched >= length:
            best, length = rule, matched
    return best


def _matched(root: str, name: str, tail: str) -> int:
    """How much of a name a prefix takes; 0 if it does not match."""
    if root.startswith("*."):  # a wildcard stands for every host below the domain
        domain, _, below = root[2:].partition("/")
        host, _, path = name.partition("/")
        fits = host.endswith("." + domain) and (not below or path == below or path.startswith(below + "/"))
        return len(root) if fits else 0
    if name == root or name.startswith(root + "/") or name + tail == root:
        return len(root)
    return 0


def endpoints(rule: RegistryRule | None, host: str, repository: str, *, by_digest: bool) -> tuple[Endpoint, ...]:
    """Where to ask, in order: fitting mirrors first, then the place itself. Raises FormatError for a location without host."""
    if rule is None:
        return (Endpoint(host, repository),)
    name = f"{host}/{repository}"
    found: list[Endpoint] = []
    for mirror in rule.mirror:
        wanted = mirror.pull_from_mirror or ("digest-only" if rule.mirror_by_digest_only else "all")
        if wanted in ("all", "digest-only" if by_digest else "tag-only"):
            found.append(_moved(rule, mirror.location, name, insecure=mirror.insecure, mirror=True))
    found.append(_moved(rule, rule.location, name, insecure=rule.insecure, mirror=False))
    return tuple(found)


def _moved(rule: RegistryRule, location: str, name: str, *, insecure: bool, mirror: bool) -> Endpoint:
    """The name below `location` and no longer below the prefix."""
    root = rule.root
    if location and not root.startswith("*."):
        rest = name[len(root) :] if name.startswith(root) else ""
        name = location.rstrip("/") + rest
    host, _, repository = name.partition("/")
    if not host or not repository:
        raise FormatError(f"the location {location[:80]!r} leads to no repository.", "See containers-registries.conf(5).")
    return Endpoint(host, repository, insecure, mirror)
