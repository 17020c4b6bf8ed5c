"""A contract of import-linter's, `no_circles`: no module imports itself by way of others.

Imports inside of functions count. What is imported for type checkers alone does not, as long as
`exclude_type_checking_imports` is set. (import-linter's own `acyclic_siblings` also refuses two
packages that import each other's modules without a circle of modules.)
"""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def circles(graph: ImportGraph, package: str) -> list[tuple[str, ...]]:
    """The shortest circle through each import of the package, each circle once."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for module in sorted({package} | graph.find_descendants(package)):
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            way_back = graph.find_shortest_chain(importer=imported, imported=module)
            if way_back:
                found.setdefault(frozenset(way_back), (module, *way_back))
    return list(found.values())


class NoCircles(Contract):
    """`packages` are those whose modules may not stand in a circle."""

    type_name = "no_circles"
    packages = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        names: set[str] = set(self.packages)  # type: ignore[call-overload]
        found = [circle for package in sorted(names) for circle in circles(graph, package)]
        return ContractCheck(kept=not found, metadata={"circles": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for circle in check.metadata["circles"]:
            output.print_error(" -> ".join(circle))
