"""An application is filed: what is asked is kept, what isn't asked is dropped, and nobody files for somebody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast, answers, fresh, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.files.public import UploadRefused
from zhengtong.kernel.policy import Denied


def test_an_unfinished_draft_is_given_back(cast: Cast) -> None:
    draft = cast.draft()
    again = cases.start_draft(actor=cast.owner, office=cast.office, form={})
    assert again.pk == draft.pk
    assert again.form["operator_name"] == "澜水面馆"


def test_a_receipt_says_number_day_and_expected_end(cast: Cast) -> None:
    case = cast.submitted()
    assert case.state == cases.LegalState.SUBMITTED
    receipt = case.documents.get(paper__kind="cases.receipt").paper
    assert receipt.content["case_number"] == case.number
    assert receipt.content["promised_days"] == 8
    assert [row["count"] for row in receipt.content["materials"]] == [1, 1, 1]


def test_numbers_have_no_gaps_though_some_attempts_fail(cast: Cast) -> None:
    first = cast.submitted()
    draft = cases.start_draft(actor=cast.owner, office=cast.office, form={})
    with pytest.raises(cases.IncompleteApplication):
        cases.submit_case(actor=cast.owner, case_id=draft.pk)
    cases.delete_draft(actor=cast.owner, public_id=draft.public_id)
    second = cast.submitted()
    assert first.number is not None
    assert second.number is not None
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1


def test_answers_that_nobody_asked_for_are_dropped(cast: Cast) -> None:
    case = cast.draft(state="granted", is_admin="on")
    assert not {"state", "is_admin"} & case.form.keys()
    assert "state" not in fresh(cases.submit_case(actor=cast.owner, case_id=case.pk)).form


def test_a_program_that_says_it_is_a_photo_is_refused(cast: Cast) -> None:
    case = cast.draft()
    upload = SimpleUploadedFile("plan.jpg", b"#!/bin/sh\nrm -rf /\n", "image/jpeg")
    with pytest.raises(UploadRefused):
        cases.attach_file(actor=cast.owner, case_id=case.pk, key="premises_plan", upload=upload)
    assert case.materials.count() == 3


def test_no_more_files_than_the_item_takes(cast: Cast) -> None:
    case = cast.draft()
    for number in (2, 3):
        cases.attach_file(actor=cast.owner, case_id=case.pk, key="safety_rules", upload=photo(f"rules{number}.jpg"))
    with pytest.raises(cases.Unacceptable, match="最多上传 3 个文件") as caught:
        cases.attach_file(actor=cast.owner, case_id=case.pk, key="safety_rules", upload=photo("rules4.jpg"))
    assert caught.value.field == "safety_rules"
    assert case.materials.filter(key="safety_rules").count() == 3


def test_a_file_for_nothing_that_is_asked_is_refused(cast: Cast) -> None:
    case = cast.draft()
    with pytest.raises(cases.Unacceptable):
        cases.attach_file(actor=cast.owner, case_id=case.pk, key="no_such_material", upload=photo())
    assert case.materials.count() == 3


def test_what_a_condition_asks_for_is_missed(cast: Cast) -> None:
    case = cast.draft(business_annotations=["利用自动设备从事食品经营"])
    with pytest.raises(cases.IncompleteApplication) as caught:
        cases.submit_case(actor=cast.owner, case_id=case.pk)
    assert ("materials", "vending_details") in {(section, key) for section, key, _sentence in caught.value.errors}


def test_another_persons_draft_is_out_of_reach(cast: Cast) -> None:
    case = cast.draft()
    material = case.materials.first()
    assert material is not None
    for actor in (cast.citizen, cast.counter, cast.reviewer):
        with pytest.raises(Denied):
            cases.save_draft(actor=actor, case_id=case.pk, answers={"operator_name": "别人的店"})
        with pytest.raises(Denied):
            cases.attach_file(actor=actor, case_id=case.pk, key="safety_rules", upload=photo("other.jpg"))
        with pytest.raises(Denied):
            cases.remove_file(actor=actor, case_id=case.pk, material_id=material.pk)
        with pytest.raises(Denied):
            cases.submit_case(actor=actor, case_id=case.pk)
        with pytest.raises(Denied):
            cases.delete_draft(actor=actor, public_id=case.public_id)
        assert cases.get_case_by_public_id(actor, case.public_id) is None or actor.appointment is not None
    case = fresh(case)
    assert case.form["operator_name"] == "澜水面馆"
    assert (case.number, case.materials.count()) == (None, 3)


def test_staff_do_not_apply(cast: Cast) -> None:
    with pytest.raises(Denied):
        cases.start_draft(actor=cast.counter, office=cast.office, form=answers())
    assert not cases.Case.objects.exists()


def test_what_was_submitted_is_not_edited(cast: Cast) -> None:
    case = cast.submitted()
    with pytest.raises(cases.Unacceptable):
        cases.save_draft(actor=cast.owner, case_id=case.pk, answers={"premises_area": "1"})
    with pytest.raises(cases.Unacceptable):
        cases.attach_file(actor=cast.owner, case_id=case.pk, key="safety_rules", upload=photo("late.jpg"))
    assert fresh(case).form["premises_area"] == "86.5"
