"""The library of materials (材料库): described once by an office, picked into any item."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.models import LibraryMaterial
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, require

COMPILE = "items.compile"


@transaction.atomic
def keep_library_material(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    document: str,
    kinds: Sequence[str],
    source: str,
    issuer: str = "",
    original: str = "",
    e_licence: str = "",
    help: str = "",
) -> LibraryMaterial:
    """Put a material into the library. Raises Refused when its code is there already, and Denied."""
    require(actor, COMPILE, organisation)
    row = LibraryMaterial(
        organisation=organisation,
        name=name.strip(),
        document=document,
        kinds=list(kinds),
        source=source.strip(),
        issuer=issuer.strip(),
        original=original.strip(),
        e_licence=e_licence.strip(),
        help=help.strip(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("taken", _("本单位的材料库已有这个材料代码"), "document") from error
    record(actor, "cases.keep_library_material", row, after={"name": row.name, "document": row.document})
    return row


@transaction.atomic
def amend_library_material(
    *,
    actor: Actor,
    material: LibraryMaterial,
    name: str,
    kinds: Sequence[str],
    source: str,
    issuer: str = "",
    original: str = "",
    e_licence: str = "",
    help: str = "",
) -> LibraryMaterial:
    """Change how a material is described; items that took it over keep their own words. Raises Denied."""
    require(actor, COMPILE, material)
    before = {"name": material.name, "source": material.source}
    material.name, material.kinds, material.source = name.strip(), list(kinds), source.strip()
    material.issuer, material.original = issuer.strip(), original.strip()
    material.e_licence, material.help = e_licence.strip(), help.strip()
    material.save()
    after = {"name": material.name, "source": material.source}
    record(actor, "cases.amend_library_material", material, before=before, after=after)
    return material


@transaction.atomic
def retire_library_material(*, actor: Actor, material: LibraryMaterial) -> LibraryMaterial:
    """Offer a material no more. Raises Denied."""
    require(actor, COMPILE, material)
    if not material.is_retired:
        material.is_retired = True
        material.save(update_fields=["is_retired", "updated_at"])
        record(actor, "cases.retire_library_material", material)
    return material
