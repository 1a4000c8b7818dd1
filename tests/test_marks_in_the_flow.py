"""A mark on a case or a file is obeyed wherever it is seen, listed, found, opened or made into something else."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from tests.cast import PASSWORD, Cast, fresh
from tests.together import at_once
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.supervision import public as supervision
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files.public import (
    ALL_KINDS,
    FileKind,
    StoredFile,
    UploadRefused,
    Withheld,
    file_response,
    receive_upload,
    store_bytes,
)
from zhengtong.core.identity.public import Refused, StaffMember
from zhengtong.core.marks import public as marks
from zhengtong.core.messages.public import Message
from zhengtong.core.search.public import SearchAudience, drain, search
from zhengtong.core.worklist.models import WorkItem
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.policy import Actor, Denied, can, visible

pytestmark = pytest.mark.django_db
VIEW = "cases.view_case"


@pytest.fixture
def cleared(cast: Cast) -> Cast:
    """The approver, the head and the outsider may see work secrets; the others may not."""
    names = ("approver", "second_approver", "head", "outsider", "security")
    StaffMember.objects.filter(account__username__in=names).update(clearance=Mark.WORK_SECRET)
    for name in names[:4]:
        setattr(cast, name, replace(getattr(cast, name), clearance=Mark.WORK_SECRET))
    return cast


def terms(**changes: Any) -> marks.Terms:
    return marks.Terms(**({"until": timezone.localdate() + timedelta(days=365)} | changes))


def mark(actor: Actor, row: marks.MarkedRow, level: int = Mark.WORK_SECRET, **changes: Any) -> marks.Marking:
    return marks.mark_row(actor=actor, row=row, level=level, basis="涉及举报人信息", terms=terms(**changes))


def body(response: FileResponse) -> bytes:
    return b"".join(response)


def test_who_is_not_cleared_neither_sees_nor_lists_nor_finds_a_work_secret(cleared: Cast) -> None:
    case = cleared.reviewing()
    drain()
    assert can(cleared.reviewer, VIEW, case)
    mark(cleared.approver, case)
    drain()
    case = fresh(case)
    for actor, sees in ((cleared.approver, True), (cleared.head, True), (cleared.reviewer, False)):
        assert can(actor, VIEW, case) is sees
        assert visible(actor, VIEW, cases.Case.objects.filter(pk=case.pk)).exists() is sees
        hits = search(actor, str(case.number), audience=SearchAudience.STAFF).hits
        assert (case.pk in [hit.object_id for hit in hits]) is sees
    # The applicant wrote it.
    assert can(cleared.owner, VIEW, case)
    assert not can(cleared.outsider, VIEW, case)


def test_the_circle_narrows_to_offices_and_people(cleared: Cast) -> None:
    case = cleared.reviewing()
    mark(cleared.approver, case, readers=[cleared.approver.held_appointment])
    drain()
    case = fresh(case)
    for actor, sees in ((cleared.approver, True), (cleared.head, False), (cleared.second_approver, False)):
        assert can(actor, VIEW, case) is sees
        assert visible(actor, VIEW, cases.Case.objects.filter(pk=case.pk)).exists() is sees
        hits = search(actor, str(case.number), audience=SearchAudience.STAFF).hits
        assert (case.pk in [hit.object_id for hit in hits]) is sees
    mark(cleared.approver, case, circle=[cleared.approver.organisation or 0])
    assert can(cleared.head, VIEW, fresh(case))
    # An agent sees with her own eyes: the circle isn't delegated with the post.
    stood_in = replace(cleared.approver, agent=cleared.head.appointment)
    mark(cleared.approver, case, readers=[cleared.approver.held_appointment])
    assert not can(stood_in, VIEW, fresh(case))


def test_lists_of_work_say_neither_item_nor_applicant(cleared: Cast) -> None:
    case = cleared.reviewing()
    mark(cleared.approver, case)
    item = WorkItem.objects.get(reference=case.number, state="open")
    assert (item.title, item.party) == ("（工作秘密件，知悉范围内可见）", "——")
    # What is opened for it later says no more.
    StaffMember.objects.filter(account__username="reviewer").update(clearance=Mark.WORK_SECRET)
    cases.recommend(
        actor=replace(cleared.reviewer, clearance=Mark.WORK_SECRET), case_id=case.pk, outcome="grant", opinion="符合"
    )
    assert set(WorkItem.objects.filter(reference=case.number).values_list("party", flat=True)) == {"——"}
    marks.mark_row(actor=cleared.approver, row=fresh(case), level=Mark.INTERNAL, basis="举报已经查清")
    item.refresh_from_db()
    assert WorkItem.objects.get(reference=case.number, state="open").party == "澜水面馆"


def test_who_is_urged_is_told_neither_item_nor_applicant(cleared: Cast) -> None:
    case = cleared.reviewing()
    supervisor = replace(cleared.supervisor, clearance=Mark.WORK_SECRET)
    StaffMember.objects.filter(account__username="supervisor").update(clearance=Mark.WORK_SECRET)
    urging = supervision.urge_case(actor=supervisor, case_id=case.pk, words="请抓紧办理")
    mark(cleared.approver, case)
    # What was asked before the mark is said by other words too.
    assert set(WorkItem.objects.filter(reference=case.number).values_list("title", "party")) == {
        ("（工作秘密件，知悉范围内可见）", "——")
    }
    supervision.Urging.objects.filter(pk=urging.pk).update(urged_at=urging.urged_at - timedelta(days=1))
    supervision.urge_case(actor=supervisor, case_id=case.pk, words="请抓紧办理")
    assert set(WorkItem.objects.filter(reference=case.number).values_list("party", flat=True)) == {"——"}
    told = Message.objects.filter(template="supervision.urged").latest("pk").body
    assert str(case.number) in told
    assert case.item_name not in told


def test_only_the_person_responsible_lowers(cleared: Cast) -> None:
    case = cleared.reviewing()
    mark(cleared.approver, case)
    with pytest.raises(Denied):
        marks.mark_row(actor=cleared.head, row=fresh(case), level=Mark.INTERNAL, basis="不需要了")
    with pytest.raises(Denied):
        mark(cleared.head, fresh(case), until=timezone.localdate() + timedelta(days=30))
    assert fresh(case).mark == Mark.WORK_SECRET
    # Another may make it stricter, and is responsible from then on for nothing that she didn't raise.
    mark(cleared.head, fresh(case), circle=[cleared.head.organisation or 0])
    with pytest.raises(Denied):
        mark(cleared.head, fresh(case))
    lowered = marks.mark_row(actor=cleared.approver, row=fresh(case), level=Mark.INTERNAL, basis="举报已经查清")
    assert lowered.act == marks.MarkAct.LOWERED
    assert fresh(case).mark_circle is None
    acts = AuditRecord.objects.filter(object_kind="cases.case", action__startswith="marks.").order_by("id")
    assert list(acts.values_list("action", flat=True)) == ["marks.set", "marks.changed", "marks.lowered"]


@pytest.mark.parametrize("level", [Mark.SECRET, Mark.CONFIDENTIAL, Mark.TOP_SECRET, 25, -1])
def test_state_secrets_and_made_up_levels_are_refused(cleared: Cast, level: int) -> None:
    case = cleared.reviewing()
    with pytest.raises(Refused) as refused:
        mark(replace(cleared.approver, clearance=Mark.TOP_SECRET), case, level)
    assert refused.value.code == "state-secret"
    assert not marks.Marking.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until": date(2020, 1, 1)}, "until"),
        ({"until": None}, "until"),
        ({"circle": [], "readers": []}, "circle"),
        ({"circle": [999_999_999]}, "circle"),
        ({"readers": [999_999_999]}, "readers"),
    ],
)
def test_terms_that_make_no_sense_are_refused(cleared: Cast, changes: dict[str, Any], code: str) -> None:
    case = cleared.reviewing()
    with pytest.raises(Refused) as refused:
        mark(cleared.approver, case, **changes)
    assert refused.value.code == code
    assert fresh(case).mark == Mark.INTERNAL


def test_nobody_marks_above_her_clearance_or_shuts_herself_out(cleared: Cast) -> None:
    case = cleared.reviewing()
    with pytest.raises(Refused, match="clearance"):
        mark(cleared.reviewer, case)
    with pytest.raises(Refused, match="self"):
        mark(cleared.approver, case, readers=[cleared.head.held_appointment])
    with pytest.raises(Denied):
        mark(cleared.outsider, case)


def test_what_holds_a_work_secret_and_what_is_made_from_it_become_one(cleared: Cast) -> None:
    case = cleared.reviewing()
    file = case.materials.all()[0].file
    mark(cleared.approver, file)
    case = fresh(case)
    assert case.mark == Mark.WORK_SECRET
    papers = [document.paper.file for document in case.documents.select_related("paper__file")]
    assert all(paper.mark == Mark.WORK_SECRET for paper in papers if paper)
    made = marks.get_marking(case)
    assert made is not None
    assert (made.act, made.responsible) == (marks.MarkAct.DERIVED, None)
    with pytest.raises(Refused, match="derived"):
        marks.mark_row(actor=cleared.approver, row=case, level=Mark.INTERNAL, basis="不需要了")


def test_a_work_secret_is_read_with_the_readers_name_on_it(cleared: Cast) -> None:
    case = cleared.reviewing()
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(2):
        writer.add_blank_page(595, 842)
    writer.write(out)
    file = store_bytes(actor=cleared.owner, name="举报信.pdf", data=out.getvalue(), content_type="application/pdf")
    cases.CaseMaterial.objects.create(case=case, key="other", file=file)
    before = body(file_response(file, actor=cleared.reviewer, as_attachment=False))
    assert before == out.getvalue()
    mark(cleared.approver, file)
    with pytest.raises(Withheld):
        file_response(file, actor=cleared.reviewer, as_attachment=False)
    read = body(file_response(file, actor=cleared.approver, as_attachment=True))
    pages = PdfReader(io.BytesIO(read)).pages
    assert [len(page.images) for page in pages] == [1, 1]
    assert AuditRecord.objects.filter(action="marks.read_marked", object_id=str(file.pk)).count() == 1
    # Who gave it gets what she gave.
    assert body(file_response(file, actor=cleared.owner, as_attachment=True)) == out.getvalue()
    assert body(file_response(StoredFile.objects.get(pk=file.pk), actor=cleared.owner, as_attachment=True)) == before


def test_a_photo_is_read_with_the_readers_name_on_it(cleared: Cast) -> None:
    case = cleared.reviewing()
    file = case.materials.all()[0].file
    before = body(file_response(file, actor=cleared.approver, as_attachment=False))
    mark(cleared.approver, file)
    read = body(file_response(file, actor=cleared.approver, as_attachment=False))
    assert read != before
    assert read[:3] == b"\xff\xd8\xff"


def test_a_mark_that_was_altered_or_whose_content_changed_does_not_verify(cleared: Cast) -> None:
    case = cleared.reviewing()
    made = mark(cleared.approver, case)
    assert marks.verify_marking(marks.Marking.objects.get(pk=made.pk)) == ""
    marks.Marking.objects.filter(pk=made.pk).update(until=timezone.localdate() + timedelta(days=9))
    assert "签名验证不通过" in marks.verify_marking(marks.Marking.objects.get(pk=made.pk))
    marks.Marking.objects.filter(pk=made.pk).update(until=made.until)
    assert marks.verify_marking(marks.Marking.objects.get(pk=made.pk)) == ""
    cases.Case.objects.filter(pk=case.pk).update(form={"operator_name": "别家"})
    assert "内容在标注以后有变化" in marks.verify_marking(marks.Marking.objects.get(pk=made.pk))


def test_a_mark_ends_with_its_period(cleared: Cast) -> None:
    case = cleared.reviewing()
    made = mark(cleared.approver, case, until=timezone.localdate() + timedelta(days=3))
    assert made.until is not None
    assert marks.expire_marks(made.until) == 0
    assert marks.expire_marks(made.until + timedelta(days=1)) == 1
    assert marks.expire_marks(made.until + timedelta(days=1)) == 0
    assert fresh(case).mark == Mark.INTERNAL
    assert can(cleared.reviewer, VIEW, fresh(case))


@pytest.mark.parametrize("name", ["【机密】会议纪要.pdf", "（绝密）方案.pdf"])
def test_a_file_that_says_it_is_a_state_secret_is_not_taken(cast: Cast, name: str) -> None:
    upload = SimpleUploadedFile(name, b"%PDF-1.7")
    with pytest.raises(UploadRefused) as refused:
        receive_upload(actor=cast.owner, upload=upload, allowed=ALL_KINDS)
    assert refused.value.code == "state_secret"


def test_a_pdf_that_bears_a_state_secrets_mark_is_not_taken(cast: Cast) -> None:
    def upload(line: str) -> StoredFile:
        text = f'#set text(font: "Noto Serif CJK SC")\n{line}\n\n关于有关事项的通知'
        content = typst.compile(text.encode(), format="pdf")
        return receive_upload(
            actor=cast.owner, upload=SimpleUploadedFile("通知.pdf", content), allowed=frozenset({FileKind.PDF})
        )

    with pytest.raises(UploadRefused) as refused:
        upload("机密★10年")
    assert refused.value.code == "state_secret"
    assert upload("工作秘密★3年").mark == Mark.INTERNAL


def test_a_restricted_case_is_not_in_the_public_list_of_grants(cleared: Cast) -> None:
    case = cleared.granted()
    page = Client().get(reverse("hall:publicity"))
    assert "澜水面馆" in page.content.decode()
    mark(cleared.approver, fresh(case))
    assert "澜水面馆" not in Client().get(reverse("hall:publicity")).content.decode()


def test_two_who_mark_at_once_leave_one_mark_in_force(transactional_db: None) -> None:
    from tests.cast import make_cast

    cast = make_cast()
    StaffMember.objects.update(clearance=Mark.WORK_SECRET)
    case = cast.submitted()
    one, two = (replace(actor, clearance=Mark.WORK_SECRET) for actor in (cast.approver, cast.second_approver))
    done = at_once(lambda: mark(one, fresh(case)), lambda: mark(two, fresh(case)))
    assert any(isinstance(each, marks.Marking) for each in done)
    assert marks.list_markings(fresh(case)).filter(ended_at=None).count() == 1
    assert fresh(case).mark == Mark.WORK_SECRET


# The pages ------------------------------------------------------------------------------------------------


def sign_in(username: str) -> Client:
    client = Client()
    assert client.login(username=username, password=PASSWORD)
    return client


def test_an_approver_marks_a_case_on_its_page(cleared: Cast) -> None:
    case = cleared.reviewing()
    client = sign_in("approver")
    url = reverse("marks_desk:row", args=["cases.case", case.pk])
    assert url in client.get(reverse("workbench:case", args=[case.number])).content.decode()
    page = client.get(url).content.decode()
    assert "没有人标注过" in page
    given = {"level": "20", "until": "2099-01-01", "people": "approver\nhead", "basis": "涉及举报人信息"}
    answer = client.post(url, given | {"people": "没有这个人"})
    assert answer.status_code == 422
    assert "没有在任的人员：没有这个人" in answer.content.decode()
    assert client.post(url, given).status_code == 302
    page = client.get(url).content.decode()
    assert "验证通过" in page
    assert "reader-watermark" in client.get(reverse("workbench:case", args=[case.number])).content.decode()
    assert sign_in("reviewer").get(url).status_code == 404
    assert sign_in("reviewer").get(reverse("workbench:case", args=[case.number])).status_code == 404
    assert "只有责任人" in sign_in("head").post(url, given | {"level": "10", "people": ""}).content.decode()
    drawn = client.get(reverse("marks_desk:reader"))
    assert "沈立新" in drawn.content.decode()


def test_the_security_administrator_sees_all_marks_and_registers_paper_by_number(cleared: Cast) -> None:
    case = cleared.reviewing()
    mark(cleared.approver, case)
    client = sign_in("security")
    page = client.get(reverse("marks_desk:list"), {"level": "20"}).content.decode()
    assert str(case.number) in page
    assert str(case.number) in client.get(reverse("marks_desk:export")).content.decode()
    secrets = reverse("marks_desk:secrets")
    given = {"number": "MJ-2026-017", "level": "40", "received_date": "2026-01-05", "copies": "2"}
    assert "不写标题和内容" in client.post(secrets, given | {"number": "关于某事的通知"}).content.decode()
    assert client.post(secrets, given).status_code == 302
    assert "已经登记过了" in client.post(secrets, given).content.decode()
    held = marks.SecretRegistration.objects.get()
    assert client.post(reverse("marks_desk:return", args=[held.pk]), {"day": "2026-02-01"}).status_code == 302
    held.refresh_from_db()
    assert held.returned_date == date(2026, 2, 1)
    assert sign_in("reviewer").get(secrets).status_code == 403
