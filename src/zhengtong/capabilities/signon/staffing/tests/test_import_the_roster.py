"""The personnel office's sheet: checked, its differences seen, and applied by identity's services in one go."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, _staff
from zhengtong.capabilities.signon.staffing.models import RosterEntry
from zhengtong.capabilities.signon.staffing.screens import RosterScreens
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import Actor
from zhengtong.screens.sheets.models import SheetRun, State
from zhengtong.screens.sheets.services import apply_run, check_sheet

HEAD = "用户名,姓名,机构全称,主任岗位,手机,执法证号,在岗最后一天"
BUREAU = "澄波区市场监督管理局"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def administrator(cast: Cast) -> Actor:
    hall = identity.Organisation.objects.get(name="澄波区人民政府")
    cast.accounts["hr"] = _staff("hr", "人事员", hall, {"system_administrator": identity.Reach.SUBTREE})
    return identity.get_account_actor(cast.accounts["hr"])


def check(actor: Actor, *lines: str) -> SheetRun:
    text = "\n".join((HEAD, *lines)) + "\n"
    return check_sheet(RosterScreens(), actor, SimpleUploadedFile("名册.csv", text.encode()))


def problems(run: SheetRun) -> dict[int, str]:
    return {row.line: str(row.content) for row in run.rows.filter(verdict="refused")}


def line(username: str, *, post: str = "", **changes: str) -> str:
    entry = RosterEntry.objects.get(username=username)
    values: dict[str, Any] = {
        "username": username,
        "name": entry.name,
        "organ": entry.organisation_name,
        "post": post or entry.post_title,
        "phone": entry.phone,
        "number": entry.enforcement_number,
        "last_day": entry.last_day or "",
    }
    return ",".join(str(value) for value in (values | changes).values())


def test_new_moved_and_leaving_people_in_one_sheet(administrator: Actor, cast: Cast) -> None:
    bureau = identity.Organisation.objects.get(name=BUREAU)
    identity.open_post(actor=administrator, organisation=bureau, title="审查科科员")
    today = timezone.localdate()
    lines = (
        f"new.li,李新来,{BUREAU},审查科科员,13900004321,,",
        line("reviewer", post="审查科科员", name="林国梁"),
        line("inspector", last_day=str(today)),
        line("approver"),
    )
    run = check(administrator, *lines)
    assert (run.state, problems(run)) == (State.CHECKED, {})
    assert (run.new_count, run.changed_count, run.same_count) == (1, 2, 1)
    changes = {row.key: row.content["changes"] for row in run.rows.filter(verdict="changed")}
    assert changes["reviewer"]["post_title"] == ["林国栋", "审查科科员"]
    assert changes["inspector"] == {"last_day": ["", str(today)]}
    assert not identity.Account.objects.filter(username="new.li").exists()
    assert apply_run(run, administrator).state == State.APPLIED
    new = identity.StaffMember.objects.get(account__username="new.li")
    assert (new.name, new.phone, new.organisation) == ("李新来", "13900004321", bureau)
    assert new.appointments.get().post.title == "审查科科员"
    reviewer = identity.StaffMember.objects.get(account__username="reviewer")
    held = reviewer.appointments.order_by("start_date")
    assert [each.end_date for each in held] == [today - timedelta(days=1), None]
    leaving = identity.StaffMember.objects.get(account__username="inspector")
    assert leaving.appointments.get().end_date == today
    acts = set(AuditRecord.objects.filter(account=administrator.account).values_list("action", flat=True))
    assert {"identity.staff_account_created", "identity.appointed", "identity.appointment_ended"} <= acts
    # The same sheet again changes nothing.
    assert check(administrator, lines[0]).same_count == 1


def test_lines_that_could_not_be_applied_say_why(administrator: Actor, cast: Cast) -> None:
    hall = identity.Organisation.objects.get(name="澄波区人民政府")
    security = identity.Post.objects.create(organisation=hall, title="安全保密岗")
    identity.PostRole.objects.create(post=security, role="security_administrator", reach="subtree")
    run = check(
        administrator,
        "a.one,甲一,没有这个局,科员,,,",
        f"a.two,甲二,{BUREAU},没有的岗位,,,",
        f"a.three,甲三,{BUREAU},,,,",
        f"a.four,甲四,{BUREAU},林国栋,123,,",
        f"a.five,甲五,{BUREAU},林国栋,,,2026-01-01",
        "a.six,甲六,澄波区人民政府,安全保密岗,,,",
        "a.seven,甲七,禾溪县市场监督管理局,罗建军,,,",
        line("outsider", name="改名"),
    )
    said = problems(run)
    assert len(said) == 8
    for number, words in enumerate(
        ("没有叫", "没有“没有的岗位”", "要填主任岗位", "手机", "没有这个人", "安全保密管理员任命"), start=2
    ):
        assert words in said[number], said[number]
    assert "out_of_reach" in said[8]
    assert "out_of_reach" in said[9]


def test_links_are_handed_out_and_work_once(administrator: Actor, cast: Cast) -> None:
    run = check(administrator, f"new.li,李新来,{BUREAU},林国栋,,,")
    apply_run(run, administrator)
    browser = Client()
    browser.force_login(cast.accounts["hr"], BACKEND)
    page = browser.get("/desk/signon/activations/").content.decode()
    assert "李新来" in page
    assert "罗建军" not in page
    new = identity.StaffMember.objects.get(account__username="new.li")
    shown = browser.post("/desk/signon/activations/links/", {"staff": str(new.pk)}).content.decode()
    path = "/account/activate/" + shown.partition("/account/activate/")[2].partition("<")[0]
    assert Client().get(path).status_code == 200
    listed = browser.post("/desk/signon/activations/links/").content.decode()
    later = "/account/activate/" + listed.partition("new.li")[2].partition("/account/activate/")[2].partition(",")[0]
    assert Client().get(path).status_code == 404
    typed = {"password": "clear-water-77", "again": "clear-water-77"}
    assert Client().post(later, typed | {"again": "other"}).status_code == 200
    assert Client().post(later, typed).status_code == 302
    assert Client().post(later, typed).status_code == 404
    # Whoever opens accounts can't open an administrator's for herself.
    hall = identity.Organisation.objects.get(name="澄波区人民政府")
    auditor = _staff("auditor2", "审计员", hall, {"audit_administrator": identity.Reach.SUBTREE})
    assert browser.post("/desk/signon/activations/links/", {"staff": str(auditor.staff.pk)}).status_code == 404
    outsider = identity.StaffMember.objects.get(account__username="outsider")
    assert browser.post("/desk/signon/activations/links/", {"staff": str(outsider.pk)}).status_code == 404
    browser.force_login(cast.accounts["reviewer"], BACKEND)
    assert browser.get("/desk/signon/activations/").status_code == 403
