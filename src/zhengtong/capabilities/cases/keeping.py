"""An applicant's own library (我的材料): what she handed in or put there once, where it was used, what fits a slot."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.item_definition import MaterialSpec
from zhengtong.capabilities.cases.models import Case, CaseMaterial, KeptMaterial
from zhengtong.capabilities.cases.selectors import list_cases
from zhengtong.core.files.public import ScanState, StoredFile
from zhengtong.kernel.policy import Actor, visible

# As many files as a person can look through; the newest are the ones that are handed in again.
MOST: Final = 300
OFFERED: Final = 3
KEEP = "cases.keep_material"


@dataclass
class OwnMaterial:
    """One file of the library, however often it was handed in. ``names`` are what it was handed in as."""

    file: StoredFile
    names: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    used_in: list[Case] = field(default_factory=list)
    kept: KeptMaterial | None = None
    files: list[StoredFile] = field(default_factory=list)
    added_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.kept.name if self.kept else self.names[0] if self.names else self.file.name

    @property
    def dialog(self) -> str:
        """What the dialog that asks before deleting is called in its page."""
        return f"delete-{self.file.pk}"

    @property
    def valid_until(self) -> date | None:
        return self.kept.valid_until if self.kept else None

    @property
    def is_expired(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def is_usable(self) -> bool:
        return not self.is_expired and self.file.scan_state != ScanState.INFECTED

    @property
    def submitted_in(self) -> list[Case]:
        """The applications that it is part of: their files are archives, and stay."""
        return [case for case in self.used_in if case.number]

    @property
    def may_be_deleted(self) -> bool:
        return not self.submitted_in


def list_kept(actor: Actor) -> QuerySet[KeptMaterial]:
    """Return what ``actor`` put into the library of whom she acts for."""
    return visible(actor, KEEP, KeptMaterial.objects.all()).select_related("file")


def list_own_materials(actor: Actor) -> list[OwnMaterial]:
    """Return the library, the newest first: each file once, whatever the number of its uploads."""
    found: dict[str, OwnMaterial] = {}
    for kept in list_kept(actor)[:MOST]:
        own = found.setdefault(kept.file.sha256, OwnMaterial(kept.file))
        own.kept = own.kept or kept
        own.files.append(kept.file)
        own.documents |= {kept.document} - {""}
        own.added_at = own.added_at or kept.added_at
    cases = list_cases(actor).order_by().values("pk")
    given = CaseMaterial.objects.filter(case__in=cases).select_related("file", "case").order_by("-id")
    for material in given[:MOST]:
        _add(found.setdefault(material.file.sha256, OwnMaterial(material.file)), material)
    return sorted(found.values(), key=lambda own: own.added_at or timezone.now(), reverse=True)


def _add(own: OwnMaterial, material: CaseMaterial) -> None:
    spec = get_definition(material.case.item_version_id).slot(material.key)
    own.files.append(material.file)
    if spec is not None and spec.name not in own.names:
        own.names.append(spec.name)
    if spec is not None and spec.document:
        own.documents.add(spec.document)
    if material.case not in own.used_in:
        own.used_in.append(material.case)
    own.added_at = max(own.added_at, material.added_at) if own.added_at else material.added_at


def find_own_material(actor: Actor, file_id: int) -> OwnMaterial | None:
    """Return the file of the library that has the row ``file_id``, None when it isn't hers."""
    return next((own for own in list_own_materials(actor) if file_id in {file.pk for file in own.files}), None)


def list_offers(library: Iterable[OwnMaterial], spec: MaterialSpec, taken: Iterable[str] = ()) -> list[OwnMaterial]:
    """Return what of the library can be handed in for ``spec`` again: the same document, or handed in under its name.

    What has expired, was found to hold malware, or is of a kind that the material doesn't take isn't offered; nor what
    is there already (``taken``: digests).
    """
    there = set(taken)
    return [
        own
        for own in library
        if own.is_usable
        and own.file.sha256 not in there
        and fits(own, spec)
        and ((spec.document and spec.document in own.documents) or spec.name in (*own.names, own.name))
    ][:OFFERED]


def fits(own: OwnMaterial, spec: MaterialSpec) -> bool:
    """Return whether the file is of a kind that the material takes."""
    return own.file.kind is not None and own.file.kind.value in spec.kinds
