"""A seal's life: who may take which step, what each step leaves behind, and what its end takes with it."""

import pytest

from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.models import Seal, SealApplication
from zhengtong.capabilities.seals.tests.office import Office, add_person, make_office
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import OrganisationKind, Refused
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.policy import Denied


def waits_for(application: SealApplication) -> str:
    """Return the permission that the open item of an application asks for, "" when nothing waits."""
    found = WorkItem.objects.filter(kind="seals.application", object_id=application.pk, state="open").first()
    return found.permission if found else ""


def is_held(seal: Seal) -> bool:
    assert seal.making is not None
    seal.making.certificate.refresh_from_db()
    return seal.making.certificate.is_revoked


def test_a_seal_lives_from_application_to_destruction(office: Office) -> None:
    application = office.apply()
    seal = application.seal
    assert (seal.code, seal.state, seal.name) == ("9901020000001", "preparing", "安澜市水务局行政审批专用章")
    assert application.due_at is not None
    assert waits_for(application) == "seals.review"
    seals.review_application(actor=office.reviewer, application=application, opinion="材料齐全")
    assert waits_for(application) == "seals.approve"
    seals.approve_application(actor=office.approver, application=application, opinion="同意")
    assert waits_for(application) == "seals.make"
    seals.make_seal(actor=office.maker, application=application)
    assert waits_for(application) == "seals.file"
    seals.file_seal(actor=office.reviewer, application=application, filing_number="备2026001")
    assert waits_for(application) == "seals.keep"
    seals.enable_seal(actor=office.keeper, application=application)
    seal = Seal.objects.select_related("making__certificate", "making__sm2_certificate").get(pk=seal.pk)
    assert (seal.state, seal.filing_number, waits_for(application)) == ("active", "备2026001", "")
    assert seal.making is not None
    assert seal.making.certificate.algorithm == "p256"
    assert seal.making.sm2_certificate.algorithm == "sm2"
    seals.suspend_seal(actor=office.keeper, seal=seal, reason="保管人休假")
    assert is_held(seal)
    seals.resume_seal(actor=office.keeper, seal=seal, reason="保管人回岗")
    assert not is_held(seal)
    ending = seals.apply_for_destruction(actor=office.applicant, seal=seal, reason="机构撤并")
    seals.review_application(actor=office.reviewer, application=ending)
    seals.approve_application(actor=office.approver, application=ending)
    seal.refresh_from_db()
    seal.making.certificate.refresh_from_db()
    seal.making.sm2_certificate.refresh_from_db()
    assert seal.state == "destroyed"
    assert seal.ended_at is not None
    assert seal.making.certificate.state == seal.making.sm2_certificate.state == "revoked"
    lived = [step.act for step in seal.steps.all()]
    assert lived == [
        *("apply", "review", "approve", "make", "file", "enable", "suspend", "resume"),
        *("apply", "review", "approve", "destroy"),
    ]
    acts = set(AuditRecord.objects.filter(action__startswith="seals.").values_list("action", flat=True))
    assert {f"seals.{act}" for act in lived} <= acts


def test_nobody_watches_oneself(office: Office) -> None:
    everything = add_person(office, "all", "seal_applicant", "seal_reviewer", "seal_approver", "seal_maker")
    application = office.apply()
    seals.review_application(actor=everything, application=application)
    with pytest.raises(Refused, match="same-person"):
        seals.approve_application(actor=everything, application=application)
    seals.approve_application(actor=office.approver, application=application)
    seals.make_seal(actor=everything, application=application)


def test_the_approver_does_not_make(office: Office) -> None:
    both = add_person(office, "both", "seal_approver", "seal_maker")
    application = office.apply()
    seals.review_application(actor=office.reviewer, application=application)
    seals.approve_application(actor=both, application=application)
    with pytest.raises(Refused, match="same-person"):
        seals.make_seal(actor=both, application=application)


def test_steps_are_taken_in_their_order_and_by_whom_they_belong_to(office: Office) -> None:
    application = office.apply()
    with pytest.raises(Refused, match="not-now"):
        seals.approve_application(actor=office.approver, application=application)
    with pytest.raises(Denied):
        seals.review_application(actor=office.keeper, application=application)
    elsewhere = make_office("禾溪县水务局", "990122000000")
    with pytest.raises(Denied):
        seals.review_application(actor=elsewhere.reviewer, application=application)


def test_a_returned_application_is_put_right(office: Office) -> None:
    application = office.apply()
    with pytest.raises(Refused, match="no-opinion"):
        seals.return_application(actor=office.reviewer, application=application, opinion=" ")
    seals.return_application(actor=office.reviewer, application=application, opinion="请附机构设立文件")
    item = WorkItem.objects.get(kind="seals.application", object_id=application.pk, state="open")
    assert item.assignee_id == office.applicant.appointment
    seals.resubmit_application(actor=office.applicant, application=application, reason="已补充设立文件")
    application.refresh_from_db()
    assert application.stage == "review"


def test_a_refused_seal_is_never_made(office: Office) -> None:
    application = office.apply()
    seals.refuse_application(actor=office.reviewer, application=application, opinion="已有同名印章")
    seal = Seal.objects.get(pk=application.seal_id)
    assert (seal.state, seal.making_id) == ("abandoned", None)
    with pytest.raises(Refused, match="not-now"):
        seals.make_seal(actor=office.maker, application=application)


def test_a_remade_seal_has_other_keys_and_the_old_ones_end(office: Office, seal: Seal) -> None:
    before = seal.making
    assert before is not None
    again = seals.apply_for_remaking(actor=office.applicant, seal=seal, reason="证书即将到期")
    with pytest.raises(Refused, match="under-way"):
        seals.apply_for_destruction(actor=office.applicant, seal=seal, reason="另一件")
    seal = office.enabled(again)
    assert seal.making is not None
    assert seal.making.number == 2
    assert seal.making.key_name != before.key_name
    before.certificate.refresh_from_db()
    assert (before.certificate.state, before.certificate.reason) == ("revoked", "superseded")


def test_a_changed_seal_says_the_new_name_from_its_enabling_on(office: Office, seal: Seal) -> None:
    change = seals.apply_for_change(
        actor=office.applicant, seal=seal, reason="机构更名", text="安澜市水利局", line="行政审批专用章"
    )
    office.made(change)
    seal.refresh_from_db()
    assert seal.text == "安澜市水务局"
    seals.file_seal(actor=office.reviewer, application=change, filing_number="备2026002")
    seals.enable_seal(actor=office.keeper, application=change)
    seal.refresh_from_db()
    assert (seal.text, seal.name) == ("安澜市水利局", "安澜市水利局行政审批专用章")


def test_what_cannot_be_cut_is_refused_at_once(office: Office) -> None:
    for changes, code in (
        ({"text": "水"}, "text"),
        ({"text": "安澜市<水务局>"}, "text"),
        ({"line": "审批"}, "line"),
        ({"kind": "personal", "text": "林国栋"}, "strokes"),
        ({"kind": "emperor"}, "kind"),
        ({"text": "安澜市水\U0002e000局"}, "no_glyph"),
    ):
        with pytest.raises(Refused, match=code):
            office.apply(**changes)
    office.organisation.kind = OrganisationKind.GOVERNMENT
    with pytest.raises(Refused, match="emblem"):
        office.apply(kind="statutory", line="")


def test_one_seal_a_name(office: Office, seal: Seal) -> None:
    with pytest.raises(Refused, match="there-is-one"):
        office.apply()


def test_a_keeper_is_in_office_there(office: Office) -> None:
    elsewhere = make_office("禾溪县水务局", "990122000000")
    with pytest.raises(Refused, match="keeper"):
        office.apply(keeper=elsewhere.appointment("keeper"))
