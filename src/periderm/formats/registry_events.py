"""What registries send when something was pushed or deleted: which repository and tag it is about, and nothing more.

Digests, addresses and names of people in a notification are not read: whoever gets one asks the registry itself.
Sources: distribution.github.io/distribution/about/notifications; goharbor.io/docs (configure webhooks, both formats);
docs.docker.com/docker-hub/webhooks; docs.github.com (webhook events `package` and `registry_package`); docs.quay.io
(notifications); learn.microsoft.com (container registry webhook reference); docs.aws.amazon.com (ECR events, EventBridge).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.watching import RegistryEvent, Sender

T = TypeVar("T")
LARGEST = 256 << 10
MOST_EVENTS = 1000
_REPOSITORY = re.compile(r"[a-z0-9][a-z0-9._/-]{0,254}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_WITH_TAGS = ("push", "delete", "mount")


class _Target(msgspec.Struct, frozen=True):
    repository: str = ""
    tag: str | None = None
    media_type: str = msgspec.field(name="mediaType", default="")


class _Notification(msgspec.Struct, frozen=True):
    action: str = ""
    target: _Target | None = None


class _Notifications(msgspec.Struct, frozen=True):
    events: tuple[_Notification, ...]


class _Resource(msgspec.Struct, frozen=True):
    tag: str | None = None


class _HarborRepository(msgspec.Struct, frozen=True):
    repo_full_name: str = ""


class _HarborData(msgspec.Struct, frozen=True):
    repository: _HarborRepository | None = None
    resources: tuple[_Resource, ...] | None = None


class _Harbor(msgspec.Struct, frozen=True):
    type: str = ""
    event_data: _HarborData | None = None
    data: _HarborData | None = None  # of a CloudEvent


class _HubPush(msgspec.Struct, frozen=True):
    tag: str = ""


class _HubRepository(msgspec.Struct, frozen=True):
    repo_name: str


class _Hub(msgspec.Struct, frozen=True):
    repository: _HubRepository
    push_data: _HubPush = _HubPush()


class _GithubTag(msgspec.Struct, frozen=True):
    name: str | None = None


class _GithubContainer(msgspec.Struct, frozen=True):
    tag: _GithubTag | None = None


class _GithubVersion(msgspec.Struct, frozen=True):
    container_metadata: _GithubContainer | None = None


class _GithubPackage(msgspec.Struct, frozen=True):
    name: str = ""
    namespace: str | None = None
    package_type: str | None = None
    package_version: _GithubVersion | None = None


class _Github(msgspec.Struct, frozen=True):
    package: _GithubPackage | None = None
    registry_package: _GithubPackage | None = None


class _Quay(msgspec.Struct, frozen=True):
    repository: str
    updated_tags: tuple[str, ...] | dict[str, msgspec.Raw] = ()


class _EcrDetail(msgspec.Struct, frozen=True, rename="kebab"):
    repository_name: str = ""
    image_tag: str = ""
    action_type: str = ""
    result: str = ""


class _Ecr(msgspec.Struct, frozen=True):
    detail: _EcrDetail = _EcrDetail()
    detail_type: str = msgspec.field(name="detail-type", default="")


def parse(sender: Sender, data: bytes) -> tuple[RegistryEvent, ...]:
    """What a notification is about, each repository and tag once; nothing for one that is about something else (a pull, a
    scan of the registry's own, a test). Raises FormatError; LimitError for one that is too large."""
    if len(data) > LARGEST:
        raise LimitError(f"A notification has {len(data)} bytes; {LARGEST} is the most that is read.")
    found: dict[RegistryEvent, None] = {}
    for repository, tag, deleted in _READERS[sender](data):
        if not _REPOSITORY.fullmatch(repository):
            continue
        found[RegistryEvent(repository, tag if _TAG.fullmatch(tag) else "", deleted)] = None
        if len(found) > MOST_EVENTS:
            raise LimitError(f"A notification tells of more than {MOST_EVENTS} tags.")
    return tuple(found)


def _decode(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(
            f"This is not what that sender sends: {error}.", "Name the right sender when you add the webhook."
        ) from None


_Told = tuple[str, str, bool]  # repository, tag ('' for all), whether it was deleted


def _distribution(data: bytes) -> Iterator[_Told]:
    """Blobs are told too: only manifests (which have a tag, or a media type that says so) matter."""
    for event in _decode(data, _Notifications).events:
        target = event.target
        if target is None or event.action not in _WITH_TAGS:
            continue
        kind = target.media_type
        if target.tag or "manifest" in kind or "image.index" in kind or event.action == "delete":
            yield target.repository, target.tag or "", event.action == "delete"


def _harbor(data: bytes) -> Iterator[_Told]:
    """Its own form, and CloudEvents."""
    told = _decode(data, _Harbor)
    kind = told.type.upper().replace(".", "_")
    content = told.event_data or told.data
    if content is None or content.repository is None or "ARTIFACT" not in kind:
        return
    if not ("PUSH" in kind or "DELETE" in kind):
        return
    for resource in content.resources or (_Resource(),):
        yield content.repository.repo_full_name, resource.tag or "", "DELETE" in kind


def _docker_hub(data: bytes) -> Iterator[_Told]:
    told = _decode(data, _Hub)
    yield told.repository.repo_name, told.push_data.tag, False


def _github(data: bytes) -> Iterator[_Told]:
    told = _decode(data, _Github)
    package = told.registry_package or told.package
    if package is None or (package.package_type or "").upper() not in ("CONTAINER", "DOCKER"):
        return
    version = package.package_version
    container = version.container_metadata if version is not None else None
    tag = container.tag.name if container is not None and container.tag is not None else None
    name = f"{package.namespace}/{package.name}" if package.namespace else package.name
    yield name.lower(), tag or "", False


def _quay(data: bytes) -> Iterator[_Told]:
    """`updated_tags` is a list, or in older versions a map."""
    told = _decode(data, _Quay)
    for tag in told.updated_tags or ("",):
        yield told.repository, tag, False


def _azure(data: bytes) -> Iterator[_Told]:
    told = _decode(data, _Notification)
    if told.target is not None and told.action in _WITH_TAGS:
        yield told.target.repository, told.target.tag or "", told.action == "delete"


def _ecr(data: bytes) -> Iterator[_Told]:
    told = _decode(data, _Ecr)
    detail = told.detail
    if told.detail_type == "ECR Image Action" and detail.result == "SUCCESS" and detail.action_type in ("PUSH", "DELETE"):
        yield detail.repository_name, detail.image_tag, detail.action_type == "DELETE"


_READERS: Mapping[Sender, Callable[[bytes], Iterator[_Told]]] = {
    Sender.DISTRIBUTION: _distribution,
    Sender.HARBOR: _harbor,
    Sender.DOCKER_HUB: _docker_hub,
    Sender.GITHUB: _github,
    Sender.QUAY: _quay,
    Sender.AZURE: _azure,
    Sender.ECR: _ecr,
}
