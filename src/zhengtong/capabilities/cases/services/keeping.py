"""What an applicant does with her library of materials: put in, name and date, hand in again, delete."""

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.keeping import KEEP, OwnMaterial, find_own_material, fits
from zhengtong.capabilities.cases.models import CaseMaterial, KeptMaterial
from zhengtong.capabilities.cases.services.attaching import room_for
from zhengtong.capabilities.cases.services.drafting import lock_editable
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import PAPERS_AND_PHOTOS, StoredFile, delete_file, receive_upload
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require
from zhengtong.kernel.steps import step

NAME_MOST = 120


def keep_material(
    *, actor: Actor, name: str, upload: "UploadedFile[bytes]", valid_until: date | None = None
) -> KeptMaterial:
    """Put a file into the library. Raises UploadRefused, Unacceptable and Denied."""
    if actor.kind is not ActorKind.CITIZEN or actor.owner_id is None or actor.matters:
        raise Denied(KEEP)
    name = _named(name)
    return _keep(
        actor=actor,
        name=name,
        file=receive_upload(actor=actor, upload=upload, allowed=PAPERS_AND_PHOTOS),
        valid_until=valid_until,
    )


def _named(name: str) -> str:
    name = name.replace("\x00", "").strip()
    if not name:
        raise Unacceptable(_("请写上这是什么材料。"), "name")
    return name[:NAME_MOST]


@step()
def _keep(
    *, actor: Actor, name: str, file: StoredFile, valid_until: date | None = None, document: str = ""
) -> KeptMaterial:
    assert actor.owner_id is not None  # a citizen has an account, or acts for one
    kept = KeptMaterial.objects.create(
        account_id=actor.owner_id,
        legal_entity_id=actor.legal_entity,
        file=file,
        name=name,
        document=document,
        valid_until=valid_until,
    )
    # Not its name: people put numbers of persons into those.
    record(actor, "cases.keep_material", kept, after={"sha256": file.sha256, "valid_until": valid_until})
    return kept


def _find(actor: Actor, file_id: int) -> OwnMaterial:
    own = find_own_material(actor, file_id)
    if own is None:
        raise Denied(KEEP, visible=False)
    return own


@step()
def describe_material(*, actor: Actor, file_id: int, name: str, valid_until: date | None = None) -> KeptMaterial:
    """Name a file of the library, and say until when it holds. Raises Unacceptable and Denied."""
    own, name = _find(actor, file_id), _named(name)
    if own.kept is None:
        if actor.matters:
            raise Denied(KEEP)
        return _keep(
            actor=actor,
            name=name,
            file=own.file,
            valid_until=valid_until,
            document=next(iter(sorted(own.documents)), ""),
        )
    require(actor, KEEP, own.kept)
    before = {"valid_until": own.kept.valid_until}
    own.kept.name, own.kept.valid_until = name, valid_until
    own.kept.save(update_fields=["name", "valid_until"])
    record(actor, "cases.describe_material", own.kept, before=before, after={"valid_until": valid_until})
    return own.kept


@step()
def reuse_material(*, actor: Actor, case_id: int, key: str, file_id: int) -> CaseMaterial:
    """Hand in a file of the library for a material of a draft. Raises Unacceptable with the reason, and Denied."""
    case = lock_editable(case_id, actor)
    own = _find(actor, file_id)
    room_for(case, key)
    spec = get_definition(case.item_version_id).slot(key)
    assert spec is not None  # there is room for it
    if own.is_expired:
        raise Unacceptable(_("“%(name)s”已过有效期，请上传新的。"), key, name=own.name)
    if not own.is_usable or not fits(own, spec):
        raise Unacceptable(_("“%(name)s”的格式不符合这项材料的要求，请另外上传。"), key, name=own.name)
    if case.materials.filter(key=key, replaced_at=None, file__sha256=own.file.sha256).exists():
        raise Unacceptable(_("“%(name)s”已经在这项材料里了。"), key, name=own.name)
    material = CaseMaterial.objects.create(case=case, key=key, file=own.file)
    record(actor, "cases.reuse_material", case, after={"material": key, "sha256": own.file.sha256})
    return material


@step()
def delete_material(*, actor: Actor, file_id: int) -> None:
    """Delete a file of the library for good, from drafts too (个人信息保护法 第四十七条).

    What is part of an application that was handed in is a record of it and stays. Raises Unacceptable and Denied.
    """
    own = _find(actor, file_id)
    if not own.may_be_deleted:
        raise Unacceptable(_("这份材料已经随申请提交，属于办件档案，不能删除。"))
    for case in own.used_in:
        draft = lock_editable(case.pk, actor)
        if draft.number:
            raise Unacceptable(_("这份材料已经随申请提交，属于办件档案，不能删除。"))
        draft.materials.filter(file__in=own.files).delete()
    for kept in KeptMaterial.objects.filter(file__in=own.files):
        require(actor, KEEP, kept)
        record(actor, "cases.delete_material", kept, before={"sha256": own.file.sha256})
        kept.delete()
    if own.kept is None:
        record(actor, "cases.delete_material", ("files.storedfile", own.file.pk), before={"sha256": own.file.sha256})
    for file in {each.pk: each for each in own.files}.values():
        delete_file(actor=actor, file=file)
