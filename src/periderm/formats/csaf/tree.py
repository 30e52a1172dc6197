"""The product tree of CSAF 2.0, which vendors' feeds and VEX documents share: what a product is called, and every product
of branches that nest. Makes no statement about any of them.

Source: docs.oasis-open.org/csaf/csaf/v2.0/os, sections 3.1.1 (branches), 3.1.3 (full product name), 3.2.2 (product tree).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from periderm.model.errors import LimitError

DEEPEST = 30


class FileHash(msgspec.Struct, frozen=True):
    """A digest of a file."""

    algorithm: str = ""
    value: str = ""


class FileHashes(msgspec.Struct, frozen=True):
    """Several digests of one file."""

    file_hashes: list[FileHash] | None = None


class Helper(msgspec.Struct, frozen=True):
    """By what else a product is known."""

    cpe: str = ""
    purl: str = ""
    hashes: list[FileHashes] | None = None


class FullName(msgspec.Struct, frozen=True):
    """A product by its id in the document."""

    product_id: str = ""
    name: str = ""
    product_identification_helper: Helper | None = None

    @property
    def helper(self) -> Helper:
        """An empty one if there is none."""
        return self.product_identification_helper or _NO_HELPER


class Branch(msgspec.Struct, frozen=True):
    """A product, or further branches."""

    product: FullName | None = None
    branches: list[Branch] | None = None


class Relationship(msgspec.Struct, frozen=True):
    """A product that is made of a component and what it lies in."""

    category: str = ""
    product_reference: str = ""
    relates_to_product_reference: str = ""
    full_product_name: FullName | None = None


class Group(msgspec.Struct, frozen=True):
    """Products under one id."""

    group_id: str = ""
    product_ids: list[str] | None = None


class Tree(msgspec.Struct, frozen=True):
    """`product_tree`."""

    branches: list[Branch] | None = None
    full_product_names: list[FullName] | None = None
    relationships: list[Relationship] | None = None
    product_groups: list[Group] | None = None


_NO_HELPER = Helper()


def leaves(branches: Sequence[Branch], most: int, where: str) -> Iterator[FullName]:
    """Every product of the branches in their order, without recursion. Raises LimitError for a tree that is deeper than
    `DEEPEST` or has more than `most` products."""
    stack = [(branch, 1) for branch in reversed(branches)]
    given = 0
    while stack:
        branch, depth = stack.pop()
        if depth > DEEPEST:
            raise LimitError(f"its product tree is more than {DEEPEST} deep.", where=where)
        if branch.product is not None:
            given += 1
            if given > most:
                raise LimitError(f"it has more than {most} products.", where=where)
            yield branch.product
        stack.extend((child, depth + 1) for child in reversed(branch.branches or ()))
