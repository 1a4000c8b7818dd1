"""Questions to the catalogue: an entry, its versions and items, where its data is."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from zhengtong.capabilities.catalogue.domain import FIELD_NAMES, FieldText, VersionText
from zhengtong.capabilities.catalogue.models import Field, Mount, Resource, ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.permissions import VIEW
from zhengtong.kernel.policy import Actor, visible

OPEN = (
    VersionStatus.DRAFT,
    VersionStatus.DEPARTMENT_REVIEW,
    VersionStatus.AUTHORITY_REVIEW,
    VersionStatus.RETURNED,
)
EDITABLE = (VersionStatus.DRAFT, VersionStatus.RETURNED)


def get_resource(code: str) -> Resource | None:
    """Return the entry of a code, with its published version; None when there is none."""
    return Resource.objects.select_related("current", "provider", "classification").filter(code=code).first()


def list_fields(version: ResourceVersion) -> list[Field]:
    """Return a version's items in their order."""
    return list(Field.objects.filter(version=version).order_by("position"))


def find_mount(resource: Resource, kinds: Sequence[str] = ()) -> Mount | None:
    """Return where the data is, of one of ``kinds`` (any), those named first before others; None of nothing mounted."""
    found = list(Mount.objects.select_related("source").filter(resource=resource).order_by("pk"))
    if not kinds:
        return found[0] if found else None
    ranked = [mount for kind in kinds for mount in found if mount.kind == kind]
    return ranked[0] if ranked else None


def list_entries(actor: Actor) -> QuerySet[Resource]:
    """Return the entries whose compiling ``actor`` may see: her office's, those of the offices that she reviews."""
    return visible(actor, VIEW, Resource.objects.select_related("provider", "classification", "current"))


def list_versions(actor: Actor) -> QuerySet[ResourceVersion]:
    return visible(
        actor,
        VIEW,
        ResourceVersion.objects.select_related(
            "resource__provider__region",
            "resource__current__classification",
            "classification",
            "compiled_by__staff",
            "reviewed_by__staff",
            "approved_by__staff",
        ),
    )


def read_text(version: ResourceVersion, items: Iterable[Field] | None = None) -> VersionText:
    """Return what a version says as a value."""
    return VersionText(
        name=version.name,
        abstract=version.abstract,
        classification=version.classification.code,
        data_format=version.data_format,
        share_type=version.share_type,
        share_condition=version.share_condition,
        share_way=version.share_way,
        withheld_basis=version.withheld_basis,
        open_type=version.open_type,
        open_condition=version.open_condition,
        update_cycle=version.update_cycle,
        related=version.related,
        fields=tuple(read_field(each) for each in (list_fields(version) if items is None else items)),
    )


def read_field(row: Field) -> FieldText:
    return FieldText(**{name: getattr(row, name) for name in FIELD_NAMES})


def find_base(version: ResourceVersion) -> ResourceVersion | None:
    """Return the version before, that a later one is compared with: the newest one published."""
    return (
        ResourceVersion.objects.filter(
            resource=version.resource_id,
            number__lt=version.number,
            status__in=(VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED),
        )
        .select_related("classification")
        .order_by("-number")
        .first()
    )
