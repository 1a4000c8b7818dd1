"""Rows of the administration's screens for the conformance tests."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.conformance.samples import Sample
from zhengtong.capabilities.cases.public import LegalRule, RuleKind
from zhengtong.core.audit.public import AuditRecord, record
from zhengtong.core.identity.public import (
    Account,
    Appointment,
    ChangeKind,
    Organisation,
    Post,
    Region,
    Reorganisation,
    StaffMember,
    found_organisation,
    set_active,
)
from zhengtong.core.messages.public import Message
from zhengtong.kernel.models import CalendarNotice
from zhengtong.kernel.policy import SYSTEM, Actor, ActorKind

TODAY, LATER = timezone.localdate(), timezone.localdate() + timedelta(days=30)
STAFF_ACTOR = ActorKind.STAFF


def make_region(organisation: Organisation, number: int) -> Region:
    above = organisation.region
    code = f"{above.code}{number:03d}"
    return Region.objects.create(
        code=code, name=f"第{number}镇", level="town", parent=above, path=f"{above.path}.{code}"
    )


def make_organisation(organisation: Organisation, number: int) -> Organisation:
    return found_organisation(
        actor=SYSTEM,
        name=f"{organisation.name}第{number}局",
        short_name=f"第{number}局",
        kind="department",
        region=organisation.region,
        parent=organisation,
    )


def make_reorganisation(organisation: Organisation, number: int) -> Reorganisation:
    made = Reorganisation.objects.create(change=ChangeKind.RENAMED, on_date=LATER, basis=f"{number}号")
    made.organisations.add(organisation)
    return made


def make_post(organisation: Organisation, number: int) -> Post:
    return Post.objects.create(organisation=organisation, title=f"第{number}岗位")


def make_staff(organisation: Organisation, number: int) -> StaffMember:
    account = Account.objects.create(username=f"sample-{organisation.pk}-{number}", kind="staff")
    return StaffMember.objects.create(
        account=account, name=f"王{number}", organisation=organisation, phone=f"1390000{number:04d}"
    )


def make_appointment(organisation: Organisation, number: int) -> Appointment:
    return Appointment.objects.create(
        staff=make_staff(organisation, number), post=make_post(organisation, number), start_date=date(2020, 1, 1)
    )


def make_notice(organisation: Organisation, number: int) -> CalendarNotice:
    made = CalendarNotice.objects.create(year=2100 - number, title=f"第{number}号通知", version=1, region="99")
    made.days.create(date=date(2100 - number, 1, 1), is_working=date(2100 - number, 1, 1).weekday() >= 5, name="元旦")
    return made


def make_rule(organisation: Organisation, number: int, kind: str = RuleKind.LIMIT, **values: Any) -> LegalRule:
    return LegalRule.objects.create(
        kind=kind,
        code=f"sample.{kind}.{number}",
        title=f"第{number}项期限",
        law="中华人民共和国行政许可法",
        article="第四十二条",
        effective_from=date(2004, 7, 1),
        is_unverified=True,
        values=values or {"unit": "working_days", "budget": 20, "extension": 0, "extension_approver": ""},
    )


def make_job(organisation: Organisation, number: int) -> ProcrastinateJob:
    with connection.cursor() as cursor:
        # What others left to do would turn the page of the list.
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
            "VALUES ('default', 'papers.render', %s, 'failed', 1) RETURNING id",
            [f'{{"n": {number}}}'],
        )
        made: ProcrastinateJob = ProcrastinateJob.objects.get(pk=cursor.fetchone()[0])
        return made


def make_message(organisation: Organisation, number: int) -> Message:
    return Message.objects.create(
        address=f"1390000{number:04d}",
        channel="sms",
        template="letters.closed",
        subject=f"第{number}条",
        body="您的来信已办结",
        is_listed=False,
        state="failed",
        attempts=5,
        error="http-503",
    )


def make_record(organisation: Organisation, number: int) -> AuditRecord:
    record(Actor(kind=STAFF_ACTOR, name="王小明", organisation=organisation.pk), "cases.accept", ("cases.case", number))
    return AuditRecord.objects.latest("id")


def make_public_record(organisation: Organisation, number: int) -> AuditRecord:
    record(SYSTEM, "cases.clock_alert", ("cases.case", number))
    return AuditRecord.objects.latest("id")


def change_kind(kind: str, **values: Any) -> Any:
    return lambda rule: LegalRule.objects.filter(pk=rule.pk).update(kind=kind, values=values)


def close(staff: StaffMember) -> None:
    set_active(actor=SYSTEM, staff=staff, is_active=False)


def give_role(post: Post) -> None:
    post.roles.create(role="reviewer", reach="own")


def employ(staff: StaffMember) -> None:
    assert staff.organisation is not None
    post = make_post(staff.organisation, 900)
    Appointment.objects.create(staff=staff, post=post, start_date=date(2020, 1, 1))


def make_administrators(post: Post) -> None:
    post.roles.create(role="audit_administrator", reach="subtree")


def _other(organisation: Organisation) -> Organisation:
    """Another organ under the same government."""
    return make_organisation(organisation.parent or organisation, 800 + organisation.pk)


def _split(row: Organisation) -> dict[str, Any]:
    assert row.parent
    first, second = (make_organisation(row.parent, number + row.pk) for number in (500, 600))
    return {"first": first.pk, "second": second.pk, "heir": "first"}


def _person(post: Post) -> StaffMember:
    return make_staff(post.organisation, 700 + post.pk)


SOURCE = {"effective_from": "2027-01-01", "law": "新法", "article": "第一条"}

SAMPLES = {
    "administration.regions": Sample(make=make_region),
    "administration.organisations": Sample(
        make=make_organisation,
        create=lambda organisation: {
            "name": "新设局",
            "short_name": "新局",
            "kind": "department",
            "region": organisation.region.code,
            "parent": organisation,
        },
        acts={
            "rename-organisation": lambda row: {"name": "改名局", "short_name": "改名"},
            "move-organisation": lambda row: {"parent": _other(row)},
            "merge-into": lambda row: {"into": _other(row)},
            "abolish-organisation": lambda row: {},
            "split-organisation": _split,
        },
    ),
    "administration.reorganisations": Sample(make=make_reorganisation, acts={"cancel-reorganisation": lambda row: {}}),
    "administration.posts": Sample(
        make=make_post,
        create=lambda organisation: {"title": "新岗位", "organisation": organisation},
        amend=lambda row: {"title": "改名岗位"},
        acts={
            "appoint": lambda row: {"staff": _person(row), "start_date": str(TODAY), "kind": "main"},
            "close-post": lambda row: {},
        },
    ),
    "administration.staff": Sample(
        make=make_staff,
        create=lambda organisation: {"username": "newcomer", "password": "an-lan-7-qiao", "name": "新人"},
        acts={
            "leave-service": lambda row: {"last_day": str(LATER), "reason": "退休"},
            "close-account": lambda row: {},
            "open-account": lambda row: {},
        },
        before={"leave-service": employ, "open-account": close},
    ),
    "administration.clearances": Sample(
        make=make_staff,
        acts={"set-clearance": lambda row: {"clearance": "20"}, "unlock-account": lambda row: {}},
    ),
    "administration.post-roles": Sample(
        make=make_post,
        acts={
            "grant-role": lambda row: {"role": "reviewer", "reach": "own"},
            "withdraw-role": lambda row: {"role": "reviewer"},
            "appoint": lambda row: {"staff": _person(row), "start_date": str(TODAY), "kind": "main"},
        },
        before={"withdraw-role": give_role, "appoint": make_administrators},
    ),
    "administration.appointments": Sample(
        make=make_appointment,
        acts={"end-appointment": lambda row: {"end_date": str(LATER), "reason": "调动"}},
    ),
    "administration.holidays": Sample(
        make=make_notice,
        create=lambda organisation: {"year": "2031", "title": "2031年安排", "days": "2031-01-01 休 元旦"},
        amend=lambda row: {"title": "修改后的安排"},
    ),
    "administration.rules": Sample(
        make=make_rule,
        acts={
            "revise-limit": lambda row: {**SOURCE, "budget": "15", "extension": "0"},
            "revise-term": lambda row: {**SOURCE, "years": "3"},
            "revise-warning": lambda row: {**SOURCE, "percent": "80"},
            "revise-remedy": lambda row: {**SOURCE, "text": "可以申请行政复议"},
            "revise-exclusion": lambda row: SOURCE,
            "verify-rule": lambda row: {},
        },
        before={
            "revise-term": change_kind(RuleKind.TERM, years=5),
            "revise-warning": change_kind(RuleKind.WARNING, percent=90),
            "revise-remedy": change_kind(RuleKind.REMEDY, text="原告知"),
            "revise-exclusion": change_kind(RuleKind.EXCLUSION),
        },
    ),
    "administration.jobs": Sample(
        make=make_job, acts={"retry-job": lambda row: {}, "discard-job": lambda row: {"reason": "不再需要"}}
    ),
    "administration.messages": Sample(
        make=make_message,
        acts={"resend-message": lambda row: {}},
        before={"resend-message": lambda row: Message.objects.filter(pk=row.pk).update(state="failed")},
    ),
    "administration.journal": Sample(make=make_record),
    "administration.public-journal": Sample(make=make_public_record),
}
