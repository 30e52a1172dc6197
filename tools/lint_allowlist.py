"""An import-linter contract: the modules of a room may import only the listed packages from outside the project.

The built-in `forbidden` contract is a deny-list, which lets every package pass that nobody thought of.
"""

from __future__ import annotations

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowlistContract(Contract):
    """For each module below `source_modules`, every directly imported external package is in `allowed_externals`."""

    type_name = "allowlist"

    source_modules = fields.ListField(subfield=fields.StringField())
    allowed_externals = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 -- the base class names it
        """Collects (importer, imported, line) of all that is not allowed."""
        # A field is a descriptor: on an instance it is the list that the configuration gave.
        allowed = set(cast("list[str]", self.allowed_externals))
        broken: list[tuple[str, str, str]] = []
        for room in cast("list[str]", self.source_modules):
            for module in sorted({room} | graph.find_descendants(room)):
                for imported in sorted(graph.find_modules_directly_imported_by(module)):
                    if not graph.is_module_squashed(imported) or imported in allowed:
                        continue
                    details = graph.get_import_details(importer=module, imported=imported)
                    line = str(details[0]["line_number"]) if details else "?"
                    broken.append((module, imported, line))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Says each import that is too much, and what to do."""
        for module, imported, line in check.metadata["broken"]:
            output.print_error(f"{module}:{line} imports {imported}, which is not on the room's list.", bold=False)
        output.print_error("Move the code to the room that may do this, or add the package to the list with a reason.")
