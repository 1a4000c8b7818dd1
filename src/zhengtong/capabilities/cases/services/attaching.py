"""Files of an application: given, inspected, taken out again."""

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import LegalState
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.models import Case, CaseMaterial
from zhengtong.capabilities.cases.services.drafting import correctable_materials, lock_editable, open_marks
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import FileKind, StoredFile, receive_upload
from zhengtong.core.marks.public import derive_mark
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


def attach_file(*, actor: Actor, case_id: int, key: str, upload: "UploadedFile[bytes]") -> CaseMaterial:
    """Add a file to a material. Raises UploadRefused with the reason in words, Unacceptable when there are too many.

    The file is inspected and scanned between two steps: no lock is held meanwhile, and that malware was refused stays
    in the journal.
    """
    kinds = _check_room(actor=actor, case_id=case_id, key=key)
    return _attach(
        actor=actor, case_id=case_id, key=key, file=receive_upload(actor=actor, upload=upload, allowed=kinds)
    )


@step()
def _check_room(*, actor: Actor, case_id: int, key: str) -> frozenset[FileKind]:
    return room_for(lock_editable(case_id, actor), key)


def room_for(case: Case, key: str) -> frozenset[FileKind]:
    """Return the kinds of file that the material takes. Raises Unacceptable when it takes none, or no more."""
    spec = get_definition(case.item_version_id).slot(key)
    if spec is None or (case.state == LegalState.NEED_MATERIALS and key not in correctable_materials(case)):
        raise Unacceptable(_("这项材料现在不需要提交。"), field=key)
    if case.materials.filter(key=key, replaced_at=None).count() >= spec.max_files:
        raise Unacceptable(
            _("“%(name)s”最多上传 %(count)d 个文件，请先删除多余的。"), key, name=spec.name, count=spec.max_files
        )
    return frozenset(FileKind(kind) for kind in spec.kinds)


@step()
def _attach(*, actor: Actor, case_id: int, key: str, file: StoredFile) -> CaseMaterial:
    case = lock_editable(case_id, actor)
    room_for(case, key)
    material = CaseMaterial.objects.create(case=case, key=key, file=file)
    if file.mark > case.mark:
        derive_mark(actor=actor, row=case)
    record(actor, "cases.attach_file", case, after={"material": key, "sha256": file.sha256, "size": file.size})
    return material


@step()
def remove_file(*, actor: Actor, case_id: int, material_id: int) -> None:
    """Take a file out of a draft. In a correction it is kept as replaced: what was handed in isn't lost."""
    case = lock_editable(case_id, actor)
    material = case.materials.filter(pk=material_id, replaced_at=None).first()
    if material is None:
        return
    if case.state == LegalState.DRAFT:
        material.delete()
    elif {f"material:{material.key}", f"field:{material.key}"} & open_marks(case):
        material.replaced_at = timezone.now()
        material.save(update_fields=["replaced_at"])
    else:
        raise Unacceptable(_("这项材料不在补正范围内，不能更换。"), field=material.key)
    record(actor, "cases.remove_file", case, after={"material": material.key})
