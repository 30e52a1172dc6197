"""What is gathered of an image's files besides secrets and notes: what content rules said of them, their checksums, and those
with unusual modes. Judges nothing: which of them the final file system shows is asked after the last layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.engines.image.facts import SpecialFile, Summed, SuspectFile
from periderm.engines.image.search import printable
from periderm.engines.image.view import View
from periderm.model.contents import COSTLY, UNFINISHED, FoundContent, LayerContents
from periderm.model.image import LayerEntry
from periderm.model.text import Text

MOST_SPECIAL = 20_000
Owners = Sequence[tuple[str, str]]


class Gathered:
    """Of one image. `layers` are the digests of the layers that were begun, as a list that grows; `miss` says what was not
    looked at."""

    def __init__(self, view: View, layers: Sequence[str], miss: Callable[[Text], None]) -> None:
        self._view = view
        self._layers = layers
        self._miss = miss
        self._suspects: list[tuple[FoundContent, LayerEntry, int]] = []
        self._special: list[tuple[LayerEntry, int]] = []
        self._sums: dict[str, tuple[str, int]] = {}

    def special(self, entry: LayerEntry) -> None:
        """An entry of the layer that was begun last has an unusual mode or name."""
        if len(self._special) < MOST_SPECIAL:
            self._special.append((entry, len(self._layers) - 1))
        else:
            self._miss(Text(f"More than {MOST_SPECIAL} entries have unusual modes.", f"权限异常的条目超过 {MOST_SPECIAL} 个。"))

    def contents(self, contents: LayerContents, entries: Sequence[LayerEntry]) -> None:
        """What content rules said of the files of the layer that was begun last."""
        self._suspects.extend((one, entries[one.entry], len(self._layers) - 1) for one in contents.found)
        left = contents.looked.left
        if n := left.get(UNFINISHED):
            self._miss(Text(f"{n} files took the content rules too long.", f"{n} 个文件的内容规则检查超时。"))
        if n := left.get(COSTLY):
            self._miss(Text(f"{n} files were not given to the content rules.", f"{n} 个文件未经内容规则检查。"))

    def summed(self, entry: LayerEntry, sums: str) -> None:
        """The checksums of an entry of the layer that was begun last."""
        self._sums[entry.path] = (sums, len(self._layers) - 1)

    def _seen(self, path: str, layer: int) -> bool:
        """Whether the final file system shows what that layer has at a path."""
        node = self._view.find(path)
        return node is not None and node.layer == layer

    def suspects(self, owners: Owners) -> tuple[SuspectFile, ...]:
        """Files in which rules matched, also those that later layers hide."""
        owner = dict(owners) if self._suspects else {}
        return tuple(
            SuspectFile(
                printable(entry.path),
                self._layers[layer],
                found.kind,
                found.matches,
                owner.get(entry.path, ""),
                gone=not self._seen(entry.path, layer),
            )
            for found, entry, layer in self._suspects
        )

    def specials(self, owners: Owners) -> tuple[SpecialFile, ...]:
        """Entries with unusual modes or names that the final file system shows."""
        owner = dict(owners) if self._special else {}
        return tuple(
            SpecialFile(
                printable(entry.path),
                entry.type,
                entry.mode,
                entry.uid,
                entry.size,
                self._layers[layer],
                owner.get(entry.path, ""),
                entry.capabilities,
            )
            for entry, layer in self._special
            if self._seen(entry.path, layer)
        )

    def sums(self) -> dict[str, Summed]:
        """Checksums by path, of files that the final file system shows."""
        return {path: Summed(sums, self._layers[n]) for path, (sums, n) in self._sums.items() if self._seen(path, n)}

    def names(self, path: str) -> tuple[str, ...]:
        """What a folder of the final file system holds; nothing where there is none."""
        node = self._view.find(path)
        return tuple(sorted(node.children)) if node is not None and node.children is not None else ()
