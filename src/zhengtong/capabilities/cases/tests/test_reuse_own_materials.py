"""What was handed in once is handed in again from her own library; what belongs to no application she deletes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.models import CaseMaterial, KeptMaterial
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files import storage
from zhengtong.core.files.public import StoredFile
from zhengtong.core.files.tasks import drop_bytes
from zhengtong.core.identity.public import get_citizen_actor
from zhengtong.kernel.policy import Denied

pytestmark = pytest.mark.django_db
PLAN = "premises_plan"


def again(cast: Cast) -> cases.Case:
    """Another draft of the owner's, without files."""
    return cases.start_draft(actor=cast.owner, office=cast.office, form={}, name="另一次申请")


def plan_of(cast: Cast) -> cases.OwnMaterial:
    return next(own for own in cases.list_own_materials(cast.owner) if "经营场所平面图" in "".join(own.names))


def test_a_file_that_was_handed_in_is_handed_in_again(cast: Cast) -> None:
    first, draft = cast.submitted(), again(cast)
    library = cases.list_own_materials(cast.owner)
    assert len(library) == 3
    definition = cases.get_definition(draft.item_version_id)
    spec = definition.slot(PLAN)
    assert spec is not None
    [own] = cases.list_offers(library, spec)
    material = cases.reuse_material(actor=cast.owner, case_id=draft.pk, key=PLAN, file_id=own.file.pk)
    assert material.file == first.materials.get(key=PLAN).file
    assert AuditRecord.objects.filter(action="cases.reuse_material").count() == 1
    # What is there already isn't offered, nor taken twice.
    assert not cases.list_offers(library, spec, [own.file.sha256])
    with pytest.raises(Unacceptable):
        cases.reuse_material(actor=cast.owner, case_id=draft.pk, key=PLAN, file_id=own.file.pk)
    own = next(each for each in cases.list_own_materials(cast.owner) if each.file == material.file)
    assert {case.pk for case in own.used_in} == {first.pk, draft.pk}


def test_what_has_expired_is_neither_offered_nor_taken(cast: Cast) -> None:
    cast.submitted()
    draft = again(cast)
    file = CaseMaterial.objects.filter(key=PLAN).latest("id").file
    yesterday = timezone.localdate() - timedelta(days=1)
    cases.describe_material(actor=cast.owner, file_id=file.pk, name="平面图", valid_until=yesterday)
    spec = cases.get_definition(draft.item_version_id).slot(PLAN)
    assert spec is not None
    assert not cases.list_offers(cases.list_own_materials(cast.owner), spec)
    with pytest.raises(Unacceptable):
        cases.reuse_material(actor=cast.owner, case_id=draft.pk, key=PLAN, file_id=file.pk)


def test_what_was_submitted_stays_and_the_rest_is_deleted_for_good(cast: Cast) -> None:
    cast.submitted()
    submitted = CaseMaterial.objects.filter(key=PLAN).latest("id").file
    with pytest.raises(Unacceptable):
        cases.delete_material(actor=cast.owner, file_id=submitted.pk)
    kept = cases.keep_material(actor=cast.owner, name="健康证明", upload=photo("mine.jpg"))
    draft, file = again(cast), kept.file
    cases.reuse_material(actor=cast.owner, case_id=draft.pk, key="health_certificates", file_id=file.pk)
    cases.delete_material(actor=cast.owner, file_id=file.pk)
    assert not KeptMaterial.objects.exists()
    assert not draft.materials.exists()
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert storage.path_of(file.sha256).exists()  # until the job
    drop_bytes(sha256=file.sha256)
    drop_bytes(sha256=file.sha256)
    assert not storage.path_of(file.sha256).exists()


def test_bytes_that_somebody_else_handed_in_too_stay(cast: Cast) -> None:
    mine = cases.keep_material(actor=cast.owner, name="合同", upload=photo("same.jpg"))
    hers = cases.keep_material(actor=cast.citizen, name="合同", upload=photo("same.jpg"))
    assert mine.file.sha256 == hers.file.sha256
    cases.delete_material(actor=cast.owner, file_id=mine.file.pk)
    drop_bytes(sha256=hers.file.sha256)
    assert storage.path_of(hers.file.sha256).exists()


def test_nobody_sees_or_uses_anothers_materials(cast: Cast) -> None:
    cast.submitted()
    file = CaseMaterial.objects.filter(key=PLAN).latest("id").file
    assert cases.list_own_materials(cast.citizen) == []
    herself = get_citizen_actor(cast.accounts["owner"])  # not for her shop
    assert cases.list_own_materials(herself) == []
    for actor in (cast.citizen, herself):
        with pytest.raises(Denied):
            cases.describe_material(actor=actor, file_id=file.pk, name="我的")
        with pytest.raises(Denied):
            cases.delete_material(actor=actor, file_id=file.pk)
