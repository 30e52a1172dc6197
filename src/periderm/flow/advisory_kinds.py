"""Tells which feed a document belongs to, and has it read: the stage between files and advisories. Stores nothing.

A kind is told by what is inside and never by a file's name alone, so that a feed can be renamed, repacked or mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from periderm.algorithms.versions.order import compare, contains
from periderm.formats import alpine_secdb, debian_tracker, epss, friendsofphp, kev, osv, plain_yaml, rustsec, ubuntu_vex
from periderm.formats.csaf import redhat, suse
from periderm.model.advisory import Advisory, Exploitation
from periderm.model.advisory_build import FeedDocument, Refused
from periderm.model.errors import FormatError

Record = Advisory | Exploitation | Refused
Reader = Callable[[FeedDocument], Iterator[Record]]

# A distribution's own document says more than the OSV record that was made from it; both have the same ids.
OWN, COMMON = 2, 1
_SNIFF = 65_536
_NAMES = 4_000
# A feed is called by at most so many ecosystems, and not by one that has a twentieth of another's advisories.
_NAMED, _FEW = 4, 20
_WORDS = {"Packagist": "PHP", "crates.io": "Rust"}
_OF_CVES = {"kev": "KEV", "epss": "EPSS"}


def _osv(document: FeedDocument) -> Iterator[Record]:
    return osv.parse(document.data, compare, contains, where=document.name)


def _osv_yaml(document: FeedDocument) -> Iterator[Record]:
    yield osv.from_plain(plain_yaml.load(document.data, where=document.name), compare, contains, where=document.name)


def _friendsofphp(document: FeedDocument) -> Iterator[Record]:
    yield friendsofphp.from_plain(plain_yaml.load(document.data, where=document.name), where=document.name)


def _rustsec(document: FeedDocument) -> Iterator[Record]:
    yield rustsec.parse(document.data, where=document.name)


KINDS: dict[str, tuple[Reader, int]] = {
    "osv": (_osv, COMMON),
    "osv-yaml": (_osv_yaml, COMMON),
    "friendsofphp": (_friendsofphp, COMMON),
    "rustsec": (_rustsec, COMMON),
    "debian": (lambda d: debian_tracker.parse(d.data, where=d.name), OWN),
    "alpine": (lambda d: alpine_secdb.parse(d.data, family=_family(d.name), where=d.name), OWN),
    "redhat": (lambda d: redhat.parse(d.data, compare, where=d.name), OWN),
    "suse": (lambda d: suse.parse(d.data, compare, where=d.name), OWN),
    "ubuntu-vex": (lambda d: ubuntu_vex.parse(d.data, where=d.name), OWN),
    "kev": (lambda d: kev.parse(d.data, where=d.name), OWN),
    "epss": (lambda d: epss.parse(d.data, where=d.name), OWN),
}


def kind_of(document: FeedDocument) -> str:
    """A key of KINDS, '' for a file that holds no advisories (licences, read-me files, workflows, indexes). Raises
    FormatError for what looks like a feed and is damaged."""
    name, head = document.name.lower(), document.data[:_SNIFF].lstrip(b"\xef\xbb\xbf \t\r\n")
    parts = name.split("/")
    if any(part.startswith(".") for part in parts):
        return ""
    if name.endswith((".yaml", ".yml")):
        return _yaml_kind(document.data)
    if head.startswith(b"#model_version") or head[:64].lower().startswith(b"cve,epss,percentile"):
        return "epss"
    if head[:1] == b"{":
        return _json_kind(document)
    rust = name.endswith(".md") and head.startswith(b"```toml")
    return "rustsec" if rust else "osv" if head[:1] == b"[" else ""


def _yaml_kind(told: bytes) -> str:
    if b"composer://" in told and b"branches" in told:
        return "friendsofphp"
    return "osv-yaml" if b"affected" in told and b"id:" in told else ""


def _json_kind(document: FeedDocument) -> str:
    """By the names at the top; a document of one record a line by those of the first."""
    data = document.data
    try:
        top = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        first = data.lstrip().partition(b"\n")[0]
        try:
            top = msgspec.json.decode(first, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise FormatError(f"this is no JSON: {error}", where=document.name) from error
    if "id" in top and ("affected" in top or "modified" in top):
        return "osv"
    if "catalogVersion" in top and "vulnerabilities" in top:
        return "kev"
    if "packages" in top and ("distroversion" in top or "apkurl" in top or "reponame" in top):
        return "alpine"
    if "document" in top and "product_tree" in top:
        return _csaf_kind(bytes(top["document"]))
    if "statements" in top:
        return "ubuntu-vex" if b"anonical" in bytes(top.get("metadata", b"")) + bytes(top.get("author", b"")) else ""
    return "debian" if _tracker(top) else ""


def _csaf_kind(document: bytes) -> str:
    head = document[:1_000_000].lower()
    if b"redhat.com" in head or b"red hat" in head:
        return "redhat"
    return "suse" if b"suse.com" in head or b"suse product security" in head else ""


def _tracker(top: dict[str, msgspec.Raw]) -> bool:
    """The tracker has packages at the top, issues below, and releases below these."""
    for raw in list(top.values())[:20]:
        try:
            issues = msgspec.json.decode(raw, type=dict[str, dict[str, msgspec.Raw]])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if any("releases" in issue for issue in issues.values()):
            return True
    return False


def _family(name: str) -> str:
    """Wolfi and Chainguard publish secdb documents that do not say whose they are."""
    lowered = name.lower()
    return "Wolfi" if "wolfi" in lowered else "Chainguard" if "chainguard" in lowered else "Alpine"


def read(document: FeedDocument, kind: str) -> Iterator[Record]:
    """The records of a document. What breaks off in the middle is told as Refused, and what came before it counts."""
    reader, _ = KINDS[kind]
    try:
        yield from reader(document)
    except FormatError as error:
        yield Refused(document.name, error.what)


def rank_of(kind: str) -> int:
    """Whose word leads where several tell of one id."""
    return KINDS[kind][1]


def feed_name(kinds: Collection[str], ecosystems: Mapping[str, int]) -> str:
    """What a feed is called where people read it: by the ecosystems of its advisories ('PyPI', 'PHP', 'Debian'), those of
    few of them left out; 'OSV' or the kinds if they are of very many; 'KEV' and 'EPSS' by their kinds. `ecosystems` says
    how many advisories speak of each."""
    most = max(ecosystems.values(), default=0)
    told = sorted((e for e, count in ecosystems.items() if count * _FEW >= most), key=lambda e: (-ecosystems[e], e))
    if not told or len(told) > _NAMED:
        told = sorted({"OSV" if kind.startswith("osv") else kind for kind in kinds if kind not in _OF_CVES})
    of_cves = [_OF_CVES[kind] for kind in sorted(kinds) if kind in _OF_CVES]
    return "+".join([_WORDS.get(name, name) for name in told] + of_cves)
