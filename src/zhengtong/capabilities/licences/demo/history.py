"""One case of the demo: its acts one after another, each done by the services at the moment that it is its turn."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from zhengtong.capabilities.cases.public import (
    Case,
    CaseMaterial,
    SiteVisit,
    Task,
    TaskNode,
    TaskStatus,
    accept_case,
    appraise_case,
    archive_case,
    arrange_site_visit,
    claim_task,
    correct_on_spot,
    decide_extension,
    declare_not_competent,
    declare_not_required,
    delegate_task,
    deliver_case,
    get_definition,
    get_open_notice,
    grant_case,
    list_delegates,
    list_materials,
    recommend,
    record_site_visit,
    refuse_case,
    remove_file,
    request_corrections,
    request_extension,
    resubmit_case,
    return_to_review,
    save_draft,
    start_at_counter,
    start_draft,
    submit_at_counter,
    submit_case,
    withdraw_case,
)
from zhengtong.capabilities.licences.demo import answers
from zhengtong.capabilities.licences.demo.drawings import list_drawings
from zhengtong.capabilities.licences.demo.people import APPROVER, CLERK, HEAD, REVIEWER, Applicant, Bureau, Officer
from zhengtong.capabilities.registers.public import Enterprise, Resident
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import StoredFile, store_bytes
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.demo import stable_uuid
from zhengtong.kernel.policy import SYSTEM, Actor

VISIT_DAYS = 5


@dataclass
class History:
    """A case on its way. ``at`` is the moment of its latest act; an act is a method that takes no arguments."""

    bureau: Bureau
    elsewhere: Bureau
    calendar: WorkingCalendar
    rng: random.Random
    enterprise: Enterprise
    representative: Resident
    applicant: Applicant | None
    takes_paper: bool
    is_new_place: bool
    is_submitted: bool
    day: date
    acts: Sequence[tuple[int, "Act"]]
    # The files that an account has given before, by account and name.
    kept_files: dict[tuple[int | None, str], StoredFile]
    at: datetime = field(init=False)
    case_id: int = 0
    clerk: Officer | None = None
    reviewer: Officer | None = None

    @property
    def length(self) -> int:
        """How many moments :meth:`run` yields."""
        return 3 + self.is_submitted + len(self.acts)

    def run(self) -> Iterator[datetime]:
        """Yield the moment of each act before doing it. The caller sets the clock to it."""
        self.at = self._opening()
        yield from self._apply()
        for gap, act in self.acts:
            self.at = self._later(gap)
            yield self.at
            act(self)

    # Moments

    def _opening(self) -> datetime:
        rng, zone = self.rng, self.calendar.zone
        if self.applicant is None:
            return self._in_office(self.day)
        before = self.day - timedelta(days=1)
        is_patient = bool(self.acts) and self.acts[0][0] > 0
        if is_patient and not self.calendar.is_working(before) and rng.random() < 0.4:
            return datetime.combine(before, time(rng.randint(9, 20), rng.randrange(60)), zone)
        if is_patient and rng.random() < 0.25:
            return datetime.combine(self.day, time(rng.randint(18, 21), rng.randrange(60)), zone)
        return self._in_office(self.day)

    def _in_office(self, day: date) -> datetime:
        start = self.calendar.working_seconds(datetime.combine(day, time(), self.calendar.zone))
        # Not in the last hours of the day, so that what follows at once is still done on it.
        return self.calendar.moment_of(start + self.rng.randint(300, 18_000))

    def _later(self, gap: int) -> datetime:
        if gap == 0:
            worked = self.calendar.working_seconds(self.at)
            return max(self.calendar.moment_of(worked + self.rng.randint(180, 1500)), self.at + timedelta(seconds=90))
        return self._in_office(self.calendar.add_working_days(self.calendar.local_date(self.at), gap))

    def _soon(self) -> datetime:
        self.at += timedelta(seconds=self.rng.randint(60, 420))
        return self.at

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.at)

    # Applying

    def _apply(self) -> Iterator[datetime]:
        yield self.at
        case = self._start()
        yield self._soon()
        phone = self.representative.phone or self._contact()[1]
        typed = answers.typed_answers(
            self.enterprise,
            self.representative,
            phone,
            self.rng,
            at_counter=self.takes_paper,
            is_new=self.is_new_place,
        )
        actor = self._filer()
        if self.applicant is None:
            typed |= answers.known_answers(self.enterprise, self._contact())
        save_draft(actor=actor, case_id=self.case_id, answers=typed)
        yield self._soon()
        reused = {key for key, _source in case.reused}
        for spec in get_definition(case.item_version_id).materials:
            is_agent = spec.key == "agent_authority" and self.applicant is not None and not self.applicant.enterprise
            if spec.key not in reused and (is_agent or (spec.is_required and spec.is_asked(typed))):
                self._attach(spec.key, actor)
        if self.is_submitted:
            yield self._soon()
            self._submit()

    def _start(self) -> Case:
        office = self.bureau.office
        if self.applicant is None:
            self.clerk = self.bureau.pick(CLERK, self.today, self.rng)
            case = start_at_counter(actor=self.clerk.actor, office=office)
        else:
            is_own = self.applicant.enterprise is not None
            case = start_draft(
                actor=self.applicant.actor,
                office=office,
                form=answers.known_answers(self.enterprise, self._contact()),
                reused=[("business_licence", "市场主体登记")] if is_own else [],
            )
        if case.number is not None or case.form.get("premises"):
            raise RuntimeError(f"{self.applicant} has a draft already")
        # Nothing refers to it yet, and addresses of the demo are then the same in every load.
        case.public_id = stable_uuid(self.rng)
        case.save(update_fields=["public_id"])
        self.case_id = case.pk
        return case

    def _contact(self) -> tuple[str, str]:
        if self.applicant is not None:
            return self.applicant.citizen.name, self.applicant.citizen.phone
        number = int(self.enterprise.credit_code[10:15], 36) % 10_000_000
        return self.representative.name, self.representative.phone or f"1694{number:07d}"

    def _filer(self) -> Actor:
        if self.applicant is not None:
            return self.applicant.actor
        assert self.clerk is not None  # _start picked one
        return self.clerk.actor

    def _attach(self, key: str, actor: Actor) -> None:
        """Give a file as ``attach_file`` does, but without its probe, a process for each of a thousand files.

        The few drawings that there are pass the probe: a test uploads each.
        """
        drawing = self.rng.choice(list_drawings(key))
        known = (actor.account_id, drawing.name)
        if known not in self.kept_files:
            self.kept_files[known] = store_bytes(
                actor=actor, name=drawing.name, data=drawing.data, content_type=drawing.content_type
            )
        file = self.kept_files[known]
        CaseMaterial.objects.create(case_id=self.case_id, key=key, file=file)
        after = {"material": key, "sha256": file.sha256, "size": file.size}
        record(actor, "cases.attach_file", ("cases.case", self.case_id), after=after)

    def _submit(self) -> None:
        if self.applicant is None:
            submit_at_counter(actor=self._filer(), case_id=self.case_id, identity_checked=True)
        else:
            submit_case(actor=self.applicant.actor, case_id=self.case_id)

    def resubmit(self) -> None:
        actor, case = self._filer(), self._case()
        notice = get_open_notice(case)
        assert notice is not None  # the case waits for corrections
        targets = [mark.target for mark in notice.marks.all()]
        keys = {target.partition(":")[2] for target in targets if target.startswith("material:")}
        for material in list_materials(case):
            if material.key in keys:
                remove_file(actor=actor, case_id=case.pk, material_id=material.pk)
        for key in sorted(keys):
            self._attach(key, actor)
        fields = [target.partition(":")[2] for target in targets if target.startswith("field:")]
        changed = {key: answers.corrected_value(key, case.form[key]) for key in fields}
        if changed:
            save_draft(actor=actor, case_id=case.pk, answers=changed)
        resubmit_case(actor=actor, case_id=case.pk)

    def withdraw(self) -> None:
        withdraw_case(actor=self._filer(), case_id=self.case_id, reason=self.rng.choice(answers.WITHDRAWN))

    def appraise(self) -> None:
        if self.applicant is None:  # without an account there is nobody to ask
            return
        case = self._case()
        is_late = case.clocks.filter(level="red", purpose="decision", basis="promised").exists()
        score, comment = answers.give_appraisal(self.rng, is_late=is_late)
        appraise_case(actor=self.applicant.actor, case_id=case.pk, score=score, comment=comment)

    # The window

    def _clerk(self) -> Actor:
        self.clerk = self.bureau.pick(CLERK, self.today, self.rng)
        return self.clerk.actor

    def _case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    def accept(self) -> None:
        accept_case(actor=self._clerk(), case_id=self.case_id)

    def correct(self) -> None:
        form = self._case().form
        changed = {
            "premises": f"{form['premises']}（一层）",
            "staff_count": answers.corrected_value("staff_count", form["staff_count"]),
        }
        correct_on_spot(actor=self._clerk(), case_id=self.case_id, answers=changed, consent=True)

    def ask_corrections(self) -> None:
        marks = list(answers.MARKS)
        if self._case().form.get("business_form") == answers.CATERING:
            marks.append(answers.HEALTH_MARK)
        chosen = sorted(self.rng.sample(marks, self.rng.randint(1, 3)))
        request_corrections(actor=self._clerk(), case_id=self.case_id, marks=chosen)

    def turn_away_not_required(self) -> None:
        declare_not_required(actor=self._clerk(), case_id=self.case_id, reasons=answers.NOT_REQUIRED)

    def turn_away_not_competent(self) -> None:
        office = self.elsewhere.office
        declare_not_competent(
            actor=self._clerk(),
            case_id=self.case_id,
            reasons=answers.NOT_COMPETENT,
            competent=office.organisation.name,
            address=office.address,
            phone=office.phone,
        )

    def hand_over(self) -> None:
        deliver_case(actor=self._clerk(), case_id=self.case_id, recipient=self._contact()[0])

    # The bureau

    def _reviewer(self) -> Officer:
        assert self.reviewer is not None  # claim came first
        return self.reviewer

    def claim(self) -> None:
        self.reviewer = self.bureau.pick(REVIEWER, self.today, self.rng)
        self._claim(TaskNode.REVIEW, self.reviewer)

    def _claim(self, node: TaskNode, officer: Officer) -> None:
        claim_task(actor=officer.actor, task_id=self._open_task(node).pk)

    def _open_task(self, node: TaskNode) -> Task:
        return Task.objects.get(case_id=self.case_id, node=node, status=TaskStatus.OPEN)

    def delegate(self) -> None:
        case, task = self._case(), self._open_task(TaskNode.REVIEW)
        able = {appointment.pk for appointment in list_delegates(case, task)}
        reviewers = [o for o in self.bureau.officers if REVIEWER in o.roles and o.appointment.pk in able]
        others = [officer for officer in reviewers if officer is not self.reviewer]
        if others:
            to = self.rng.choice(others)
            reason = self.rng.choice(answers.DELEGATED)
            delegate_task(actor=self._reviewer().actor, task_id=task.pk, to=to.appointment, reason=reason)
            self.reviewer = to

    def arrange_visit(self) -> None:
        officers = self.bureau.inspectors(self.today, self.rng)
        if len(officers) < 2:
            return
        day = self.calendar.add_working_days(self.today, 2)
        arrange_site_visit(
            actor=self._reviewer().actor,
            case_id=self.case_id,
            officers=officers,
            planned_at=datetime.combine(day, time(9), self.calendar.zone),
            place=str(self._case().form["premises"]),
            allowed_days=VISIT_DAYS,
        )

    def _record_visit(self, findings: str, *, is_passed: bool) -> None:
        if SiteVisit.objects.filter(case_id=self.case_id, finished_at=None).exists():
            actor = self._reviewer().actor
            record_site_visit(actor=actor, case_id=self.case_id, is_passed=is_passed, findings=findings)

    def pass_visit(self) -> None:
        self._record_visit(self.rng.choice(answers.PASSED), is_passed=True)

    def fail_visit(self) -> None:
        self._record_visit(answers.FAILED, is_passed=False)

    def ask_time(self) -> None:
        actor, reason = self._reviewer().actor, self.rng.choice(answers.EXTENSION)
        request_extension(actor=actor, case_id=self.case_id, days=5, reason=reason)

    def give_time(self) -> None:
        head = self.bureau.pick(HEAD, self.today, self.rng)
        opinion = answers.EXTENSION_OPINION
        decide_extension(actor=head.actor, case_id=self.case_id, is_approved=True, opinion=opinion)

    def propose_grant(self) -> None:
        opinion = self.rng.choice(answers.PROPOSE_GRANT)
        recommend(actor=self._reviewer().actor, case_id=self.case_id, outcome="grant", opinion=opinion)

    def propose_refusal(self) -> None:
        opinion = answers.PROPOSE_REFUSE
        recommend(actor=self._reviewer().actor, case_id=self.case_id, outcome="refuse", opinion=opinion)

    def _decider(self) -> Officer:
        assignee = self._open_task(TaskNode.DECISION).assignee_id
        claimed = [o for o in self.bureau.officers if assignee == o.appointment.pk]
        role = HEAD if self.rng.random() < 0.2 else APPROVER
        return claimed[0] if claimed else self.bureau.pick(role, self.today, self.rng, apart_from=self.reviewer)

    def claim_decision(self) -> None:
        officer = self.bureau.pick(APPROVER, self.today, self.rng, apart_from=self.reviewer)
        self._claim(TaskNode.DECISION, officer)

    def send_back(self) -> None:
        actor, reason = self._decider().actor, self.rng.choice(answers.RETURNED)
        return_to_review(actor=actor, case_id=self.case_id, reason=reason)

    def grant(self) -> None:
        actor, reasons = self._decider().actor, self.rng.choice(answers.GRANTED)
        grant_case(actor=actor, case_id=self.case_id, reasons=reasons)

    def refuse(self) -> None:
        actor, reasons = self._decider().actor, self.rng.choice(answers.REFUSED)
        refuse_case(actor=actor, case_id=self.case_id, reasons=reasons, legal_basis=answers.REFUSAL_BASIS)

    def deliver(self) -> None:
        """Deliver as the job does, but leave the files to whoever opens a paper first: a load makes two thousand."""
        deliver_case(actor=SYSTEM, case_id=self.case_id)

    def archive(self) -> None:
        officer = self.reviewer or self.bureau.pick(REVIEWER, self.today, self.rng)
        archive_case(actor=officer.actor, case_id=self.case_id)


Act = Callable[[History], None]
