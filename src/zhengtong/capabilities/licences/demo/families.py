"""Some cases of the other items of the demo city, market entry, building and social affairs, made by the services.

Items whose process has steps of its own are left where the window accepted them: their steps are for whoever tries
the platform to walk.
"""

import random
from dataclasses import dataclass
from datetime import datetime, time

from zhengtong.capabilities.cases.public import (
    Case,
    CaseMaterial,
    ItemOffice,
    TaskNode,
    accept_case,
    claim_task,
    fire_due,
    get_definition,
    get_live_version,
    get_open_task,
    grant_case,
    recommend,
    request_corrections,
    save_draft,
    start_draft,
    submit_case,
)
from zhengtong.capabilities.licences.demo.city.forms import make_form_kind
from zhengtong.capabilities.licences.demo.drawings import draw_sheet
from zhengtong.capabilities.licences.demo.people import APPROVER, CLERK, REVIEWER, Applicant, Bureau, list_bureaus
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import store_bytes
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, stable_uuid
from zhengtong.kernel.policy import Actor

COUNTY = "990102"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is applied for, how many working days ago, and how far it has come."""

    item: str
    ago: int
    goal: str


PLANS = (
    Plan("business-change", 12, "granted"),
    Plan("public-venue-hygiene", 15, "granted"),
    Plan("tobacco-retail", 6, "reviewing"),
    Plan("road-freight", 4, "submitted"),
    Plan("medicine-retail", 5, "accepted"),
    Plan("entertainment-venue", 3, "accepted"),
    Plan("investment-filing", 40, "granted"),
    Plan("land-planning-permit", 30, "granted"),
    Plan("works-planning-permit", 8, "accepted"),
    Plan("construction-stage-joint-approval", 6, "accepted"),
    Plan("construction-permit", 4, "need_materials"),
    Plan("fire-acceptance", 5, "reviewing"),
    Plan("drainage-permit", 2, "submitted"),
    Plan("subsistence-allowance", 6, "accepted"),
    Plan("disability-certificate", 4, "accepted"),
    Plan("elderly-allowance", 20, "granted"),
    Plan("residence-permit", 3, "reviewing"),
    Plan("unemployment-benefit", 9, "granted"),
    Plan("birth-registration", 2, "submitted"),
    Plan("work-injury", 5, "accepted"),
)
_OF_PERSON = "person"


def load_families(context: DemoContext, applicants: list[Applicant]) -> int:
    """Play the plans whose item there is, each until the evening before the demo's day; return how many."""
    rng = context.rng("licences.families")
    related = ("item", "region", "organisation", "window")
    offices = ItemOffice.objects.select_related(*related).filter(region__code=COUNTY)
    by_item = {office.item.code: office for office in offices}
    people = [each for each in applicants if each.county == COUNTY]
    owners = [each for each in people if each.enterprise is not None]
    private = [each for each in people if each.enterprise is None]
    plans = [plan for plan in PLANS if plan.item in by_item]
    for number, plan in enumerate(plans):
        office = by_item[plan.item]
        able = private if office.item.audience == _OF_PERSON else owners
        able = able or people
        _Course(context, plan, office, able[number % len(able)], rng).play()
    return len(plans)


class _Course:
    def __init__(
        self, context: DemoContext, plan: Plan, office: ItemOffice, applicant: Applicant, rng: random.Random
    ) -> None:
        self.context, self.plan, self.office, self.applicant, self.rng = context, plan, office, applicant, rng
        self.calendar = get_calendar()
        self.bureau: Bureau = list_bureaus([office])[office.region.code]
        self.day = self.calendar.subtract_working_days(context.today, plan.ago)

    def moment(self, days: int, hour: int) -> datetime:
        day = self.calendar.add_working_days(self.day, days) if days else self.day
        return datetime.combine(day, time(hour, 5 + len(self.plan.item)), self.calendar.zone)

    def officer(self, role: str) -> Actor:
        return self.bureau.pick(role, self.calendar.local_date(self.moment(0, 9)), self.rng).actor

    def play(self) -> None:
        with as_of(self.moment(0, 10)):
            case = self.submit()
        if self.plan.goal == "submitted":
            return
        with as_of(self.moment(1, 9)):
            if self.plan.goal == "need_materials":
                self.ask(case)
                return
            accept_case(actor=self.officer(CLERK), case_id=case.pk, opinion="材料齐全")
        if self.plan.goal == "accepted":
            return
        with as_of(self.moment(1, 14)):
            task = get_open_task(case, TaskNode.REVIEW)
            assert task is not None  # the item has no process of its own
            reviewer = self.officer(REVIEWER)
            claim_task(actor=reviewer, task_id=task.pk)
        if self.plan.goal == "reviewing":
            return
        with as_of(self.moment(1, 15)):
            recommend(actor=reviewer, case_id=case.pk, outcome="grant", opinion="材料齐全，符合规定条件。")
        with as_of(self.moment(1, 16)):
            grant_case(actor=self.officer(APPROVER), case_id=case.pk, reasons="经审查符合规定条件。")
            while fire_due():
                continue

    def submit(self) -> Case:
        definition = get_definition(get_live_version(self.office.item).pk)
        citizen, own = self.applicant.citizen, self.applicant.enterprise
        known = (
            own.name if own else citizen.name,
            own.credit_code if own else "",
            own.representative_name if own else citizen.name,
            citizen.id_number,
            citizen.phone,
            citizen.address,
        )
        form, _delivery = make_form_kind(definition, self.context.today).fill(known, self.rng.randrange(1000))
        actor = self.applicant.actor
        case = start_draft(actor=actor, office=self.office, form={})
        case.public_id = stable_uuid(self.rng)
        case.save(update_fields=["public_id"])
        save_draft(actor=actor, case_id=case.pk, answers=form)
        for spec in definition.materials:
            if spec.is_required and spec.is_asked(form):
                sheet = draw_sheet(spec.name)
                file = store_bytes(actor=actor, name=sheet.name, data=sheet.data, content_type=sheet.content_type)
                CaseMaterial.objects.create(case=case, key=spec.key, file=file)
                record(actor, "cases.attach_file", case, after={"material": spec.key, "sha256": file.sha256})
        return submit_case(actor=actor, case_id=case.pk)

    def ask(self, case: Case) -> None:
        definition = get_definition(case.item_version_id)
        material = next(spec for spec in definition.materials if spec.is_required and spec.is_asked(case.form))
        mark = (f"material:{material.key}", "照片不清楚，请重新拍照上传。")
        request_corrections(actor=self.officer(CLERK), case_id=case.pk, marks=[mark])
