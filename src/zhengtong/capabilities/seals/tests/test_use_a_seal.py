"""Using a seal: what was approved is what is sealed, once; everything else is refused with its own sentence."""

import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from tests.signer import SignerProcess
from zhengtong.capabilities.seals import public as seals
from zhengtong.capabilities.seals.documents import Place
from zhengtong.capabilities.seals.engines.material import SealingRefused
from zhengtong.capabilities.seals.models import Batch, LedgerRow, Making, Seal, SealedCopy, SealUse
from zhengtong.capabilities.seals.services import batches, systems
from zhengtong.capabilities.seals.services.lapsing import expire_approvals
from zhengtong.capabilities.seals.services.sealing import seal_copy
from zhengtong.capabilities.seals.tests.office import PLACE, Office, add_person, blank_pdf, upload
from zhengtong.core.crypto.public import Purpose, SignerRefused, SignerUnavailable, signer
from zhengtong.core.files.public import open_bytes, store_bytes
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.kernel.policy import SYSTEM, Denied


def making_of(seal: Seal) -> Making:
    assert seal.making is not None
    return seal.making


def test_a_document_is_sealed_as_it_was_approved(office: Office, seal: Seal, tmp_path: Path) -> None:
    use = office.sealed(seal)
    copy = use.sealed_copies.get()
    assert (use.state, copy.state) == ("sealed", "sealed")
    assert copy.file is not None
    content = open_bytes(copy.file)
    assert sha256(content).hexdigest() == copy.sha256
    (tmp_path / "sealed.pdf").write_bytes(content)
    said = subprocess.run(["pdfsig", str(tmp_path / "sealed.pdf")], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    row = LedgerRow.objects.get()
    assert (row.sha256_before, row.sha256_after, row.number) == (use.sha256, copy.sha256, 1)
    assert row.content["approved_by"] == "keeper"
    assert seals.find_ledger_row(copy.sha256) == row
    assert seals.verify_ledger(seal) is None
    with pytest.raises(Refused, match="not-approved"):
        seals.seal_use(actor=office.applicant, use=use)


def test_both_forms_of_a_document_are_sealed_under_one_approval(office: Office, seal: Seal) -> None:
    use = office.sealed(seal, with_ofd=True, copies=2)
    states = [(copy.copy, copy.render, copy.state) for copy in use.sealed_copies.order_by("copy", "render")]
    assert states == [(n, render, "sealed") for n in (1, 2) for render in ("ofd", "pdf")]
    assert LedgerRow.objects.count() == 4
    assert len({row.content["binding"] for row in LedgerRow.objects.all()}) == 1


def test_a_seal_is_not_used_on_another_document(office: Office, seal: Seal) -> None:
    use = office.approved(seal)
    other = store_bytes(actor=SYSTEM, name="别的.pdf", data=blank_pdf(1, "别的"), content_type="application/pdf")
    SealUse.objects.filter(pk=use.pk).update(file=other)
    use.refresh_from_db()
    with pytest.raises(SealingRefused) as refused:
        seals.seal_use(actor=office.applicant, use=use)
    assert refused.value.code == "other_document"
    SealUse.objects.filter(pk=use.pk).update(sha256=other.sha256, state="approved")
    use.refresh_from_db()
    with pytest.raises(Refused, match="other-document"):
        seals.seal_use(actor=office.applicant, use=use)
    assert not LedgerRow.objects.exists()


def test_another_place_than_approved_is_refused(office: Office, seal: Seal) -> None:
    use = office.approved(seal)
    SealUse.objects.filter(pk=use.pk).update(places=[[1, 10.0, 10.0]])
    use.refresh_from_db()
    with pytest.raises(Refused, match="other-document"):
        seals.seal_use(actor=office.applicant, use=use)


def test_a_token_is_spent_once(office: Office, seal: Seal) -> None:
    key, document = making_of(seal).key_name, "a" * 64
    token = signer.call("permit", key=key, document=document, uses=1, seconds=60)["token"]
    got: list[str] = []

    def spend() -> None:
        try:
            signer.sign(key, b"message", purpose=Purpose.SEAL, token=token, document=document)
            got.append("signed")
        except SignerRefused as error:
            got.append(error.code)

    threads = [threading.Thread(target=spend) for _each in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(got) == ["signed", "token_spent"]
    spend()
    assert got[-1] == "token_spent"
    with pytest.raises(SignerRefused):
        signer.sign(key, b"message", purpose=Purpose.SEAL)
    token = signer.call("permit", key=key, document=document, uses=1, seconds=60)["token"]
    with pytest.raises(SignerRefused) as refused:
        signer.sign(key, b"message", purpose=Purpose.SEAL, token=token, document="b" * 64)
    assert refused.value.code == "token_mismatch"


@pytest.mark.parametrize("ending", ["suspend", "destroy"])
def test_a_seal_that_ended_between_approval_and_use_seals_nothing(office: Office, seal: Seal, ending: str) -> None:
    use = office.approved(seal)
    if ending == "suspend":
        seals.suspend_seal(actor=office.keeper, seal=seal, reason="遗失")
    else:
        application = seals.apply_for_destruction(actor=office.applicant, seal=seal, reason="撤并")
        seals.review_application(actor=office.reviewer, application=application)
        seals.approve_application(actor=office.approver, application=application)
    with pytest.raises(Refused, match="not-active"):
        seals.seal_use(actor=office.applicant, use=use)
    assert not LedgerRow.objects.exists()


def test_a_seal_whose_keeper_left_waits_for_another(office: Office, seal: Seal) -> None:
    use = office.approved(seal)
    yesterday = timezone.localdate() - timedelta(days=1)
    Appointment.objects.filter(pk=office.keeper.held_appointment).update(end_date=yesterday)
    with pytest.raises(Refused, match="no-keeper"):
        seals.seal_use(actor=office.applicant, use=use)
    second = add_person(office, "second", "seal_keeper")
    seals.hand_over_seal(actor=second, seal=seal, keeper=office.appointment("second"), reason="前任离任")
    seals.seal_use(actor=office.applicant, use=use)


def test_nobody_approves_oneself(office: Office, seal: Seal) -> None:
    both = add_person(office, "both", "seal_applicant", "seal_keeper")
    file = seals.take_document(actor=both, upload=upload(blank_pdf()))
    use = seals.start_use(actor=both, seal=seal, file=file, title="通知", reason="印发")
    seals.submit_use(actor=both, use=use, places=[PLACE])
    with pytest.raises(Refused, match="same-person"):
        seals.approve_use(actor=both, use=use)
    with pytest.raises(Denied):
        seals.approve_use(actor=office.applicant, use=use)
    seals.refuse_use(actor=office.keeper, use=use, opinion="请由主任签批后再报")


def test_an_approval_lapses(office: Office, seal: Seal) -> None:
    use = office.approved(seal)
    SealUse.objects.filter(pk=use.pk).update(valid_until=timezone.now() - timedelta(minutes=1))
    use.refresh_from_db()
    with pytest.raises(Refused, match="expired"):
        seals.seal_use(actor=office.applicant, use=use)
    assert expire_approvals() == 1
    assert expire_approvals() == 0
    use.refresh_from_db()
    assert use.state == "expired"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not a pdf at all", "not_pdf"),
        (blank_pdf()[:-40], "cut_pdf"),
        (b"%PDF-1.7\n" + b"rubbish " * 40 + b"\n%%EOF", "broken_pdf"),
    ],
)
def test_each_bad_document_has_its_own_sentence(office: Office, seal: Seal, content: bytes, code: str) -> None:
    with pytest.raises(SealingRefused) as refused:
        seals.take_document(actor=office.applicant, upload=upload(content))
    assert refused.value.code == code


def test_a_place_outside_the_page_is_refused(office: Office, seal: Seal) -> None:
    file = seals.take_document(actor=office.applicant, upload=upload(blank_pdf()))
    use = seals.start_use(actor=office.applicant, seal=seal, file=file, title="通知", reason="印发")
    for place in (Place(1, 200.0, 100.0), Place(2, 10.0, 10.0)):
        with pytest.raises(SealingRefused):
            seals.submit_use(actor=office.applicant, use=use, places=[place])
    with pytest.raises(SealingRefused) as refused:
        seals.submit_use(actor=office.applicant, use=use, places=[])
    assert refused.value.code == "no_placement"


def test_a_tampered_ledger_is_found_out_and_the_database_refuses_to_tamper(office: Office, seal: Seal) -> None:
    for note in ("一", "二", "三"):
        office.sealed(seal, blank_pdf(1, note))
    row = LedgerRow.objects.get(number=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerRow.objects.filter(pk=row.pk).update(title="改过")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE seals_ledgerrow DISABLE TRIGGER seals_ledger_insert_only")
        cursor.execute(
            "UPDATE seals_ledgerrow SET content = jsonb_set(content, '{reason}', '\"改过\"') WHERE number = 2"
        )
        cursor.execute("ALTER TABLE seals_ledgerrow ENABLE TRIGGER seals_ledger_insert_only")
    found = seals.verify_ledger(seal)
    assert found is not None
    assert found.number == 2


def test_documents_of_an_authorised_kind_need_no_approval(office: Office, seal: Seal) -> None:
    today = timezone.localdate()
    with pytest.raises(Refused, match="no-authorisation"):
        seals.seal_by_standing_authorisation(
            actor=SYSTEM,
            organisation=office.organisation,
            kind="permit",
            pdf=blank_pdf(),
            title="许可证",
            places=[PLACE],
        )
    authorisation = seals.authorise(
        actor=office.keeper,
        seal=seal,
        document_kind="permit",
        valid_from=today,
        valid_until=today + timedelta(days=30),
        daily_ceiling=2,
        total_ceiling=5,
        reason="许可证量大",
    )

    def take(note: str, key: str = "") -> seals.SealedDocument:
        return seals.seal_by_standing_authorisation(
            actor=SYSTEM,
            organisation=office.organisation,
            kind="permit",
            pdf=blank_pdf(1, note),
            title="许可证",
            places=[PLACE],
            idempotency_key=key,
        )

    first = take("甲", "case-1")
    assert take("甲", "case-1") == first
    take("乙")
    with pytest.raises(Refused, match="daily-ceiling"):
        take("丙")
    assert LedgerRow.objects.count() == 2
    seals.revoke_authorisation(actor=office.keeper, authorisation=authorisation, reason="不再需要")
    with pytest.raises(Refused, match="no-authorisation"):
        take("丁")


def start_batch(office: Office, seal: Seal, count: int) -> Batch:
    batch = seals.start_batch(actor=office.applicant, seal=seal, title="一批通知", reason="印发")
    for number in range(count):
        seals.add_document(actor=office.applicant, batch=batch, upload=upload(blank_pdf(1, f"第{number}份")))
    return seals.submit_batch(actor=office.applicant, batch=batch, places=[PLACE], on_last_page=True)


def test_a_batch_goes_on_after_the_signer_was_killed_in_its_middle(
    office: Office, seal: Seal, signer: SignerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = start_batch(office, seal, 4)
    seals.approve_batch(actor=office.keeper, batch=batch)
    sealed = 0

    def seal_and_kill(**given: object) -> SealedCopy:
        nonlocal sealed
        if sealed == 2:
            signer.kill()
        sealed += 1
        return seal_copy(**given)  # type: ignore[arg-type]  # what the real one takes

    monkeypatch.setattr(batches, "seal_copy", seal_and_kill)
    with pytest.raises(SignerUnavailable):
        batches.run_batch(batch.pk)
    monkeypatch.undo()
    assert seals.count_batch(batch)["sealed"] == 2
    signer.start()
    batches.run_batch(batch.pk)
    batches.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done"
    assert LedgerRow.objects.count() == 4
    assert seals.verify_ledger(seal) is None


def test_a_batch_is_cancelled_and_what_is_sealed_stays(
    office: Office, seal: Seal, run_jobs: Callable[[], None]
) -> None:
    batch = start_batch(office, seal, 3)
    seals.approve_batch(actor=office.keeper, batch=batch)
    seal_copy(actor=SYSTEM, copy_id=SealedCopy.objects.filter(use__batch=batch).order_by("id")[0].pk)
    seals.cancel_batch(actor=office.applicant, batch=batch)
    run_jobs()
    assert seals.count_batch(batch) == {"sealed": 1, "cancelled": 2, "waiting": 0, "failed": 0, "total": 3}


def test_a_document_with_five_hundred_pages_is_sealed_on_its_last(office: Office, seal: Seal) -> None:
    file = seals.take_document(actor=office.applicant, upload=upload(blank_pdf(500)))
    use = seals.start_use(actor=office.applicant, seal=seal, file=file, title="五百页", reason="印发")
    seals.submit_use(actor=office.applicant, use=use, places=[Place(500, 100.0, 200.0)])
    use = seals.approve_use(actor=office.keeper, use=use)
    assert seals.seal_use(actor=office.applicant, use=use).state == "sealed"


def test_a_system_is_known_by_its_token_until_it_is_ended(office: Office) -> None:
    system, token = seals.register_system(
        actor=office.keeper, organisation=office.organisation, name="公文系统", daily_quota=2
    )
    assert systems.find_system(token) == system
    assert systems.find_system(token + "x") is None
    systems.end_system(actor=office.keeper, system=system, reason="下线")
    assert systems.find_system(token) is None
