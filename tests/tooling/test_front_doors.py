"""A developer imports past another module's front door: the contract says where."""

import grimp
import pytest

from tooling.contracts import FrontDoorContract


def contract() -> FrontDoorContract:
    options = {"storeys": ["z.core"], "doors": ["*: public, apps", "z.config.*: urls", "*.migrations.*: fields"]}
    return FrontDoorContract(name="doors", session_options={"root_packages": ["z"]}, contract_options=options)


@pytest.mark.parametrize(
    ("importer", "imported", "is_kept"),
    [
        ("z.core.audit.services", "z.core.identity.public", True),
        ("z.core.audit.services", "z.core.identity.models", False),
        ("z.core.audit.services", "z.core.identity", False),
        ("z.core.identity.views", "z.core.identity.models", True),
        ("z.core.audit.tests.test_x", "z.core.identity.models", True),
        ("z.config.urls", "z.core.identity.urls", True),
        ("z.core.audit.urls", "z.core.identity.urls", False),
        ("z.core.audit.services", "z.kernel.policy", True),
        ("z.core.audit.migrations.0001_initial", "z.core.identity.fields", True),
        ("z.core.audit.migrations.0001_initial", "z.core.identity.models", False),
    ],
)
def test_only_doors_may_be_imported(importer: str, imported: str, is_kept: bool) -> None:
    graph = grimp.ImportGraph()
    for module in {"z", "z.core", "z.core.identity", "z.core.audit", importer, imported}:
        graph.add_module(module)
    graph.add_import(importer=importer, imported=imported, line_number=7, line_contents="import it")
    result = contract().check(graph, verbose=False)
    assert result.kept is is_kept
    assert result.metadata["broken"] == ([] if is_kept else [f"{importer} -> {imported} (l.7)"])
