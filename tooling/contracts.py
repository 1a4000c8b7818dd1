"""import-linter's rule for front doors: from another module only ``public`` may be imported."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FrontDoorContract(Contract):
    """A module outside package X imports from X only its doors; X is any package one level below ``storeys``.

    ``doors`` maps who imports to what may be imported, as ``importer: name, name``; ``*`` in an importer stands
    for any text.
    What lies in a ``tests`` folder may look behind the doors.
    """

    type_name = "front_door"

    # import-linter reads the field from the class and puts the parsed list in its place.
    storeys: Sequence[str] = cast(Sequence[str], fields.ListField(subfield=fields.StringField()))
    doors: Sequence[str] = cast(Sequence[str], fields.ListField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = []
        rooms = {child for storey in self.storeys for child in graph.find_children(storey)}
        for room in sorted(rooms):
            for inside in sorted({room} | graph.find_descendants(room)):
                for importer in sorted(graph.find_modules_that_directly_import(inside)):
                    if importer == room or importer.startswith(f"{room}.") or ".tests." in f"{importer}.":
                        continue
                    if not self._is_door(importer, inside.removeprefix(room).lstrip(".")):
                        lines = [d["line_number"] for d in graph.get_import_details(importer=importer, imported=inside)]
                        broken.append(f"{importer} -> {inside} (l.{', '.join(map(str, lines))})")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _is_door(self, importer: str, name: str) -> bool:
        for rule in self.doors:
            who, _, names = rule.partition(":")
            if fnmatchcase(importer, who.strip()) and name in {door.strip() for door in names.split(",")}:
                return True
        return False

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(f"- {line}", bold=False)
        output.new_line()
