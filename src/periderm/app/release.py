"""What happens to an image that passed the gate: attestations, names, the registry, its id in the user's file, in this order.

What fails on the way leaves no name without attestations. Judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from periderm.app import build_command as words
from periderm.app.attest import attestations, keep_bundle
from periderm.app.build_parts import BuildOrder, BuildParts, Image, Outcome, full_name
from periderm.flow.progress import Progress
from periderm.model.build import Built
from periderm.model.errors import ContainerRuntimeError

ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
MOST_FILE = 1 << 16


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One build that may have its names now: `iid` is what was built, `folder` where files of this build may
    lie."""

    parts: BuildParts
    order: BuildOrder
    built: Built
    iid: str
    folder: str
    progress: Progress

    def run(self, images: Sequence[Image]) -> Outcome:
        """Does all of it. Raises PeridermError."""
        command = self.order.command
        names = tuple(full_name(command, name) for name in command.tags)
        kept = tuple(self._attested(image, names) for image in images)
        if command.manifest:
            names = (*names, self._listed(kept))
        for name in command.tags:
            self._must(words.tag_words(command, self.iid, name), f"{name} cannot be given")
        pushed: dict[str, str] = {}
        attached: list[str] = []
        if self.order.push or command.push:
            for number, name in enumerate((command.manifest,) if command.manifest else command.tags):
                self.progress(f"Pushing {name}", None)
                pushed[name] = self._pushed(name, f"{self.folder}/digest-{number}")
                attached += self._attached(kept, name, pushed[name])
        if command.iidfile:
            self.parts.reports.documents.write(command.iidfile, f"sha256:{self.iid}".encode())
        return Outcome(images=kept, names=names, pushed=pushed, attached=tuple(attached))

    def _attested(self, image: Image, names: Sequence[str], manifest: str = "") -> Image:
        made = attestations(image.report, image.judged.verdict, self.built, self.order.key, names=names, manifest=manifest)
        bundle = keep_bundle(self.parts.reports.documents, self.order.folder, image.id, made)
        return msgspec.structs.replace(image, bundle=bundle, envelopes=made)

    def _listed(self, images: Sequence[Image]) -> str:
        """Puts the images into the list that was asked for, which is made if there is none yet; its name."""
        command = self.order.command
        name = full_name(command, command.manifest)  # a short one would be asked of registries
        if self.parts.builder.ask(words.instances_words(command, name)).status:
            self._must(words.create_words(command, name), f"{name} cannot be made")
        for image in images:
            self._must(words.add_words(command, name, image.id.removeprefix("sha256:")), f"{name} cannot be added to")
        return name

    def _pushed(self, name: str, digestfile: str) -> str:
        """The digest of the manifest as the registry has it, '' where the builder does not tell."""
        command = self.order.command
        answer = self._must(
            words.push_words(command, name, digestfile, plain=self.order.plain_http), f"{name} cannot be pushed", 3600
        )
        if command.tool == "docker":  # its last line: 'TAG: digest: sha256:… size: …'
            told = re.search(rb"digest: (sha256:[0-9a-f]{64})", answer)
            return told[1].decode() if told else ""
        written = self.parts.reports.documents.read(digestfile, MOST_FILE).decode("ascii", "replace").strip()
        found = ID.fullmatch(written)
        return f"sha256:{found[1]}" if found else ""

    def _attached(self, images: Sequence[Image], name: str, manifest: str) -> list[str]:
        """Attestations that name the manifest as it is in the registry, kept here and put beside it there. Images of a list
        have manifests of their own there, whose digests the builder does not tell."""
        if not manifest or self.order.command.manifest:
            return []
        image = self._attested(images[0], (name,), manifest)
        return [self.parts.attach(name, manifest, image.envelopes)] if self.parts.attach is not None else []

    def _must(self, line: Sequence[str], what: str, seconds: float = 60.0) -> bytes:
        answer = self.parts.builder.ask(line, seconds=seconds)
        if answer.status:
            raise ContainerRuntimeError(f"{what}: {answer.error[-300:]}", f"See what `{' '.join(line[:3])} …` says.")
        return answer.output
