"""Judges an image by a trust policy: reads the policy and the files that it names, has signatures fetched from where the image
lies, and has all of it verified behind the sandbox's walls. What cannot be fetched is told, and is no trust."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.app.application import require
from periderm.app.beside import FOLDER, TRUST
from periderm.app.scan_image import ImageScanner, split
from periderm.flow.progress import Progress, quiet
from periderm.model.base_image import BaseImage, KnownImage
from periderm.model.errors import FormatError, PeridermError, SandboxError, UsageError
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory, OsRelease
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.registry import ImageReference
from periderm.model.text import Text
from periderm.ports.documents import Documents
from periderm.ports.known_images import KnownImages

if TYPE_CHECKING:
    from periderm.engines.trust.facts import BuildStart, TrustFacts
    from periderm.flow.signatures import Fetched, Piece
    from periderm.flow.trust import Trusted
    from periderm.model.limits import ScanLimits
    from periderm.model.trust import TrustPolicy, TrustRule
    from periderm.ports.sandbox import Sandbox
    from periderm.ports.signature_store import SignatureStore

log = logging.getLogger(__name__)
_MOST_POLICY, _MOST_FILE, _MOST_SIGNATURE = 1 << 20, 4 << 20, 48 << 20


class TrustParts(msgspec.Struct, frozen=True):
    """Where signatures come from: `registry` makes the client when it is needed (None: no registry is asked), `layout` opens
    a layout folder. `sandbox` verifies; without one it is done in this process."""

    documents: Documents
    registry: Callable[[], SignatureStore] | None
    layout: Callable[[str], SignatureStore]
    limits: ScanLimits
    sandbox: Sandbox | None = None


class TrustOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: the policy, files and folders with signatures, and whether nothing may be fetched."""

    policy: TrustPolicy
    signatures: tuple[str, ...] = ()
    offline: bool = False


def read_trust(documents: Documents, named: str, folder: str = "") -> TrustPolicy | None:
    """The policy of a file ('' the usual one of the folder, if it is there; else None), with the files that it names, which
    are looked for beside it. Raises NotFoundError, RuleError with line and column, FormatError for a key or root that is
    none."""
    usual = os.path.join(folder, FOLDER, TRUST)
    path = named or (usual if documents.exists(usual) else "")
    if not path:
        return None
    from periderm.flow.trust import check_policy
    from periderm.formats.policy_files.trust import read_trust_policy

    beside = os.path.dirname(path)
    policy = read_trust_policy(
        documents.read(path, _MOST_POLICY), lambda name: documents.read(os.path.join(beside, name), _MOST_FILE), path
    )
    check_policy(policy)
    return policy


def trust_of(
    parts: TrustParts,
    order: TrustOrder,
    inventory: ImageInventory,
    *,
    known: Sequence[KnownImage] = (),
    now: int = 0,
    image: bool = True,
    progress: Progress = quiet,
) -> Trusted:
    """What the policy says. `known` are images among which the base is looked for; `now` is Unix nanoseconds; `image` false
    for source code. Raises PeridermError only for what is wrong with the policy or a file that was named."""
    from periderm.engines.trust.matching import rule_for

    reference = reference_of(inventory) if image else None
    rule = rule_for(order.policy, reference, inventory.reference) if image else None
    base, base_created = _base(inventory, known)
    digests, fetched = _signatures(parts, order, inventory, reference=reference, rule=rule, progress=progress)
    from periderm.engines.trust.facts import TrustFacts

    facts = TrustFacts(
        policy=order.policy,
        rule=rule,
        name=inventory.reference,
        reference=reference,
        image_digest=inventory.digest,
        digests=digests,
        layers=inventory.layers or inventory.config.diff_ids,
        base=base,
        created=seconds_of(inventory.config.created),
        base_created=base_created,
        unseen=fetched.missed,
        starts=_starts(inventory),
        judged=image,
        now=now // 10**9,
    )
    return _judged(parts, facts, fetched.pieces)


def _judged(parts: TrustParts, facts: TrustFacts, pieces: Sequence[Piece]) -> Trusted:
    """Foreign bytes are parsed and verified where they can do no harm."""
    from periderm.flow.trust import Trusted, judge_trust

    if parts.sandbox is None or not pieces:
        return judge_trust(facts, pieces)
    answer = parts.sandbox.run(
        lambda *_: msgspec.msgpack.encode(judge_trust(facts, pieces)),
        lambda *_: None,
        readable=(),
        writable=(),
        memory=parts.limits.memory,
        file=0,
        answer=parts.limits.answer,
        seconds=parts.limits.seconds,
    )
    try:
        return msgspec.msgpack.decode(answer, type=Trusted)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SandboxError("The process that verified signatures gave no answer that can be read.", "Scan again.") from error


def _signatures(
    parts: TrustParts,
    order: TrustOrder,
    inventory: ImageInventory,
    *,
    reference: ImageReference | None,
    rule: TrustRule | None,
    progress: Progress,
) -> tuple[tuple[str, ...], Fetched]:
    """(digests that may be signed, what was found)."""
    from periderm.flow.signatures import Fetched

    digests = inventory.manifests
    if rule is None or not (rule.signatures or rule.digests):
        return digests, Fetched()
    progress("Looking for signatures", None)
    missed: list[Text] = []
    if not digests:
        digests, missed = _proven(parts, order, reference, inventory.digest)
    if not rule.signatures or not digests:
        return digests, Fetched((), tuple(missed))
    return digests, _collect(parts, order, inventory, reference, digests)


_OFFLINE = Text("--offline was given, so the registry was not asked.", "指定了 --offline，未向镜像仓库查询。")
_NO_NAME = Text("the image has no name of a registry that could be asked.", "镜像没有可供查询的镜像仓库名称。")


def _proven(
    parts: TrustParts, order: TrustOrder, reference: ImageReference | None, config_digest: str
) -> tuple[tuple[str, ...], list[Text]]:
    """The digests under which the registry has this very image."""
    from periderm.flow.signatures import proven_digests

    if reference is None:
        return (), [_NO_NAME]
    if order.offline or parts.registry is None:
        return (), [_OFFLINE]
    try:
        found = proven_digests(parts.registry(), reference, config_digest)
    except PeridermError as error:
        return (), [_failed(error)]
    if not found:
        name = str(reference)
        return (), [Text(f"the registry has another image under {name}.", f"镜像仓库中 {name} 是另一个镜像。")]
    return found, []


def _collect(
    parts: TrustParts,
    order: TrustOrder,
    inventory: ImageInventory,
    reference: ImageReference | None,
    digests: tuple[str, ...],
) -> Fetched:
    """From the files that were named, the layout that the image lies in, and its registry."""
    from periderm.flow.signatures import Fetched, fetch_signatures, file_piece

    pieces: list[Piece] = []
    missed: list[Text] = []
    nowhere = ImageReference(registry="layout", repository="layout")
    kind, _, place = inventory.source.partition(":")
    for path in (*order.signatures, *((place,) if kind == "layout" else ())):
        if parts.documents.exists(path) or path == "-":
            pieces.append(file_piece(parts.documents.read(path, _MOST_SIGNATURE), path))
            continue
        found = fetch_signatures(parts.layout(path), nowhere, digests)
        pieces += found.pieces
        missed += found.missed
    if reference is None or reference.registry == "localhost":
        missed += () if pieces else (_NO_NAME,)
    elif order.offline or parts.registry is None:
        missed.append(_OFFLINE)
    else:
        found = fetch_signatures(parts.registry(), reference, digests)
        pieces += found.pieces
        missed += found.missed
    return Fetched(tuple(pieces), tuple(missed))


def _failed(error: PeridermError) -> Text:
    return Text(f"the registry cannot be asked: {error.what}", f"无法查询镜像仓库：{error.what}")


def reference_of(inventory: ImageInventory) -> ImageReference | None:
    """The image's name as registries say it; None for what has none (a file's or folder's name is no name of an image)."""
    from periderm.formats.image_reference import names_registry, parse

    kind, _, place = inventory.source.partition(":")
    text = inventory.reference
    if kind in ("archive", "layout") and (text == os.path.basename(place) or (kind == "layout" and not names_registry(text))):
        return None
    try:
        return parse(text)
    except FormatError:
        return None


def _base(inventory: ImageInventory, known: Sequence[KnownImage]) -> tuple[BaseImage, int]:
    """(the base image, when it was made)."""
    from periderm.engines.vulnerability.base import recognise

    base = recognise(inventory, known)
    same = (image for image in known if base.digest and image.digest == base.digest)
    return base, seconds_of(next((image.created for image in same), ""))


def _starts(inventory: ImageInventory) -> tuple[BuildStart, ...]:
    from periderm.engines.trust.facts import BuildStart
    from periderm.formats.image_reference import parse

    found = []
    for start in inventory.starts:
        reference = None
        if start.known:
            try:
                reference = parse(start.image)
            except FormatError:
                reference = None
        found.append(BuildStart(path=start.path, line=start.line, text=start.image, reference=reference))
    return tuple(found)


def seconds_of(text: str) -> int:
    """RFC 3339 to Unix seconds; 0 for what is no time."""
    import datetime

    whole, _, rest = text.partition(".")
    zone = rest.lstrip("0123456789") if rest else ""
    try:
        time = datetime.datetime.fromisoformat(whole + zone)
    except ValueError:
        return 0
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.UTC)
    return max(0, int(time.timestamp()))


def check_image(
    parts: TrustParts,
    scanner: ImageScanner,
    order: TrustOrder,
    target: str,
    *,
    known: Sequence[KnownImage] = (),
    progress: Progress = quiet,
    who: Principal = LOCAL_ADMIN,
) -> Trusted:
    """What the policy says of an image without reading its layers: its name, digests, base, age and signatures. Raises
    PeridermError."""
    require(who, Permission.READ)
    kind, location = split(target, scanner.kind_of)
    if kind not in scanner.sources or kind in ("folder", "source", "host", "container"):
        raise UsageError(f"{target} is no image.", "Name an image, for example registry:HOST/REPOSITORY:TAG.")
    with scanner.sources[kind].open(location, "") as image:
        inventory = ImageInventory(
            digest=image.digest,
            reference=image.reference,
            source=image.source,
            config=image.config,
            os=OsRelease(),
            packages=(),
            executables=(),
            layers=image.config.diff_ids,
            manifests=image.manifests,
        )
    return trust_of(parts, order, inventory, known=known, now=scanner.clock.now(), progress=progress)


def standing_trust(
    parts: TrustParts, path: str, known: KnownImages
) -> Callable[[ImageInventory, int], tuple[Finding, ...]] | None:
    """What judges each image by the policy of a server's state, as it is then; None if there is none. A policy that cannot be
    read is a finding of every image: nobody takes it for trust."""
    if not parts.documents.exists(path):
        return None

    def judge(inventory: ImageInventory, now: int) -> tuple[Finding, ...]:
        try:
            policy = read_trust(parts.documents, path)
            if policy is None:
                return ()
            return trust_of(parts, TrustOrder(policy=policy), inventory, known=known.images(), now=now).findings
        except PeridermError as error:
            log.error("%s: %s", path, error)
            return _broken(inventory, error, now)

    return judge


def _broken(inventory: ImageInventory, error: PeridermError, now: int) -> tuple[Finding, ...]:
    from periderm.engines.trust import findings
    from periderm.engines.trust.facts import TrustFacts
    from periderm.model.trust import Otherwise, TrustPolicy

    why = Text(f"the trust policy cannot be used: {error.what}", f"信任策略无法使用：{error.what}")
    facts = TrustFacts(
        policy=TrustPolicy(otherwise=Otherwise.ALLOW), image_digest=inventory.digest, broken=why, now=now // 10**9
    )
    return findings(facts)
