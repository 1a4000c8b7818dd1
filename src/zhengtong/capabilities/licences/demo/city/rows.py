"""The rows of one case of a real city, from what happened to it: as the services would have left them. No database."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zhengtong.capabilities.licences.demo.city import words
from zhengtong.capabilities.licences.demo.city.course import VISIT_DAYS, Course, Step
from zhengtong.capabilities.licences.demo.city.days import Due, Pause
from zhengtong.capabilities.licences.demo.city.setting import Applicant, Office, Officer, Rule, Setting
from zhengtong.capabilities.licences.demo.city.tables import (
    CLOCKS,
    CODE_SIGNS,
    LEADS_TO,
    PAPERS,
    PERMISSIONS,
    STEPS,
    TASKS,
)
from zhengtong.core.audit.public import sm3
from zhengtong.core.crypto.public import EncryptedJSONField, EncryptedTextField
from zhengtong.core.identity.public import mask_name

N = r"\N"
Lines = dict[str, list[str]]
_seal_text: Callable[[str], bytes] = EncryptedTextField().get_prep_value
_seal_json: Callable[[Any], bytes] = EncryptedJSONField().get_prep_value


@dataclass(slots=True)
class RunningClock:
    """A clock while its case goes on."""

    pk: int
    purpose: str
    basis: str
    rule: Rule
    budget: int
    start: int
    stop: int = 0
    pause: Pause | None = None


@dataclass(slots=True)
class RunningTask:
    """A task while its case goes on."""

    pk: int
    node: str
    organisation: int
    opened: int
    clock: RunningClock
    assignee: Officer | None = None
    done: int = 0
    status: str = "open"
    outcome: str = ""
    opinion: str = ""


class CaseRows:
    """What there is of one case while its acts are followed; they write rows, and at the end it writes its own."""

    def __init__(
        self,
        setting: Setting,
        lines: Lines,
        place: int,
        number: str,
        office: Office,
        applicant: Applicant,
        answers: dict[str, Any],
        delivery: str,
        course: Course,
        rng: random.Random,
    ) -> None:
        self.setting, self.days, self.lines = setting, setting.days, lines
        self.number, self.office, self.applicant, self.answers = number, office, applicant, answers
        self.delivery, self.course, self.rng = delivery, course, rng
        ids = self.setting.first_ids
        self.pk = ids["cases.Case"] + place
        self.next_task = ids["cases.Task"] + place * TASKS
        self.next_clock = ids["cases.Clock"] + place * CLOCKS
        self.next_paper = ids["papers.Paper"] + place * PAPERS
        # A case has one of each at most, so it shares its place with them.
        self.notice = ids["cases.CorrectionNotice"] + place
        self.visit = ids["cases.SiteVisit"] + place
        self.party = office.form.name(answers)
        self.clocks: dict[tuple[str, str], RunningClock] = {}
        self.tasks: list[RunningTask] = []
        self.state, self.version = "draft", 0
        self.due: Due | None = None
        self.accepted = self.decided = self.delivered = self.closed = self.received = 0
        self.submitted = self.resubmitted = self.notice_at = self.notice_paper = 0
        self.visit_start = self.visit_planned = self.visit_end = self.visit_paper = 0

    def _note(self, step: Step, said: str = "", note: str = "", act: str = "") -> None:
        """Write the timeline and the journal, and move the state, as ``steps.note_act`` does."""
        act = act or step.act
        before = self.state
        after = LEADS_TO.get(act)
        officer, applicant, days = step.officer, self.applicant, self.days
        if after is not None:
            self.state = after
        if officer is not None:
            name, office_name, kind, account = officer.name, self.office.organisation_name, "staff", officer.account
            appointment, organisation = str(officer.appointment), str(officer.organisation)
        elif act == "deliver":
            name, office_name, kind, account, appointment, organisation = "系统", "", "system", "", "", ""
        else:
            name, office_name, kind, account, appointment, organisation = (
                applicant.representative, "", "citizen", applicant.account_id, "", ""
            )  # fmt: skip
        self.lines["cases.CaseEvent"].append(
            f"{self.pk}\t{days.text(step.at)}\t{act}\t{before if after else ''}\t{after or ''}\t{name}\t{office_name}\t"
            f"{said}\t{note}\n"
        )
        was = f'{{"state":"{before}","version":{self.version}}}'
        self.version += 1
        now = f'{{"state":"{self.state}","version":{self.version}}}'
        at = days.utc_text(step.at)
        quoted = f'"{account}"' if account else "null"
        # The canonical form of the journal (``audit.canonical``): sorted keys, no spaces.
        canonical = (
            f'{{"account":{quoted},"action":"cases.{act}","actor_kind":"{kind}","actor_name":"{name}","address":"",'
            f'"after":{now},"appointment":{appointment or "null"},"at":"{at}","before":{was},'
            f'"object_id":"{self.pk}","object_kind":"cases.case","organisation":{organisation or "null"},'
            f'"principal":null,"purpose":"","request_id":""}}'
        )
        self.lines["audit.AuditRecord"].append(
            f"{at}\t{kind}\t{account or N}\t{name}\t{appointment or N}\t{organisation or N}\tcases.{act}\tcases.case\t"
            f"{self.pk}\t{was}\t{now}\t\t\t\t{sm3(canonical.encode())}\n"
        )

    @property
    def _is_passed(self) -> bool:
        return not self.course.is_refused

    @property
    def _findings(self) -> str:
        found = words.PASSED if self._is_passed else words.FAILED
        return found[self.pk % len(found)]

    # Clocks and tasks

    def _start(self, purpose: str, basis: str, rule: Rule, budget: int, at: int) -> RunningClock:
        earlier = self.clocks.get((purpose, basis))  # of completeness, before a correction: its row starts again
        pk = earlier.pk if earlier else self.next_clock
        self.next_clock += earlier is None
        clock = RunningClock(pk, purpose, basis, rule, budget or rule.budget, at)
        self.clocks[purpose, basis] = clock
        return clock

    def _running(self, purpose: str) -> list[RunningClock]:
        return [clock for clock in self.clocks.values() if clock.purpose == purpose and not clock.stop]

    def _stop(self, purpose: str, at: int) -> None:
        for clock in self._running(purpose):
            clock.stop = at
            if clock.pause and not clock.pause.end:
                clock.pause = clock.pause._replace(end=at)

    def _due_of(self, clock: RunningClock) -> Due:
        allowed = clock.budget + (self.days.excluded(clock.pause) if clock.pause else 0)
        return self.days.due(clock.start, allowed, clock.rule.unit)

    def _open(self, node: str, at: int, clock: RunningClock) -> None:
        task = RunningTask(self.next_task, node, self.office.organisation, at, clock)
        self.next_task += 1
        self.tasks.append(task)

    def _finish(self, step: Step, outcome: str, opinion: str = "") -> None:
        task = self.tasks[-1]
        task.assignee, task.done, task.status, task.outcome = step.officer, step.at, "done", outcome
        task.opinion = opinion

    # What is written at the end

    def write_rows(self) -> None:
        self._write_case()
        for task in self.tasks:
            self._write_task(task)
        for clock in self.clocks.values():
            self._write_clock(clock)

    def _iso_day(self, moment: int) -> str:
        return self.days.text(moment)[:10]

    def _at(self, moment: int) -> str:
        return self.days.text(moment) if moment else N

    def _write_case(self) -> None:
        office, applicant = self.office, self.applicant
        first = self.course.steps[0]
        at_counter = first.officer is not None
        created = self.submitted - 240 - int(self.rng.random() * (600 if at_counter else 3000))
        account = N if at_counter else applicant.account
        entity = applicant.entity if office.is_of_enterprise and not at_counter else N
        filer = first.officer.appointment if first.officer else N
        self.lines["cases.Case"].append(
            f"{self.pk}\t{UUID(int=self.rng.getrandbits(128), version=4).hex}\t{self.number}\t{office.version}\t"
            f"{office.item_name}\t{office.pk}\t{office.organisation}\t{self.state}\t{self.version}\t"
            f"{'counter' if at_counter else 'online'}\t{self.delivery}\t{account}\t{entity}\t{filer}\t{self.party}\t"
            f"\\\\x{_seal_text(office.form.number(self.answers)).hex()}\t\\\\x{_seal_text(applicant.phone).hex()}\t"
            f"{'t' if at_counter else 'f'}\t\\\\x{_seal_json(self.answers).hex()}\t[]\t"
            f"{self.days.text(created)}\t{self.days.text(self.submitted)}\t{self.days.text(self.submitted)}\t"
            f"{self._at(self.received)}\t{self._at(self.accepted)}\tf\t{self._at(self.decided)}\t"
            f"{self._at(self.delivered)}\t{self._at(self.closed)}\t{self.due.text if self.due else N}\n"
        )
        if self.notice_paper:
            self.lines["cases.CorrectionNotice"].append(
                f"{self.notice}\t{self.pk}\t{self.days.text(self.notice_at)}\t{self.notice_paper}\t"
                f"{self._at(self.resubmitted)}\n"
            )
        if self.visit_paper:
            self._write_visit()

    def _write_visit(self) -> None:
        text = self.days.text
        is_over = bool(self.visit_end)
        self.lines["cases.SiteVisit"].append(
            f"{self.visit}\t{self.pk}\t{text(self.visit_planned)}\t{self.applicant.address}\t{VISIT_DAYS}\t"
            f"{self.visit_paper}\t{text(self.visit_start)}\t{('t' if self._is_passed else 'f') if is_over else N}\t"
            f"{self._findings if is_over else ''}\t{self._at(self.visit_end)}\n"
        )
        self.lines["cases.SiteVisit_officers"].extend(
            f"{self.visit}\t{each.appointment}\n" for each in self.course.visitors
        )
        for basis in ("statutory", "promised"):
            clock = self.clocks["decision", basis]
            assert clock.pause is not None  # a visit paused both
            self.lines["cases.ClockInterval"].append(
                f"{clock.pk}\t{text(clock.pause.start)}\t{self._at(clock.pause.end)}\t{VISIT_DAYS}\t"
                f"{self.setting.visit_reason}\t{self.setting.visit_article}\t{self.visit_paper}\n"
            )

    def _write_task(self, task: RunningTask) -> None:
        permission = PERMISSIONS[task.node]
        assignee = task.assignee.appointment if task.assignee else N
        done, done_by = self._at(task.done), assignee if task.status == "done" else N
        opened = self.days.text(task.opened)
        self.lines["cases.Task"].append(
            f"{task.pk}\t{self.pk}\t{task.node}\t{task.organisation}\t{permission}\t{assignee}\t{task.status}\t{opened}\t"
            f"{done}\t{done_by}\t{task.outcome}\t{task.opinion}\n"
        )
        clock = task.clock
        due = self._due_of(clock)
        level, alert = self._lamp(clock, due, task.done or self.setting.end, is_running=not task.done)
        self.lines["worklist.WorkItem"].append(
            f"cases.task\t{task.pk}\tto_do\t{task.organisation}\t{permission}\t{assignee}\t{self.number}\t"
            f"{self.office.item_name}\t{self.party}\t{STEPS[task.node]}\t{self.setting.addresses[task.node]}{self.number}/\t"
            f"{due.text}\t{alert or N}\t{level}\t{task.status}\t{opened}\t{done}\n"
        )

    def _lamp(self, clock: RunningClock, due: Due, at: int, *, is_running: bool) -> tuple[str, str | None]:
        warning = self.days.warning(clock.start, due, self.setting.percent, clock.pause)
        level = self.days.level(at, due, warning)
        return level, self.days.alert(at, due, warning) if is_running else None

    def _write_clock(self, clock: RunningClock) -> None:
        due, days = self._due_of(clock), self.days
        is_running = not clock.stop
        level, alert = self._lamp(clock, due, clock.stop or self.setting.end, is_running=is_running)
        is_paused = is_running and clock.pause is not None and not clock.pause.end
        rule = clock.rule
        self.lines["cases.Clock"].append(
            f"{clock.pk}\t{self.pk}\t{clock.purpose}\t{clock.basis}\t{rule.code}\t{rule.article}\t{rule.unit}\t"
            f"{clock.budget}\t0\t{days.text(clock.start)}\t{self._at(clock.stop)}\t{'t' if is_paused else 'f'}\t"
            f"{level}\t{due.text}\t{alert or N}\t{'t' if due.is_provisional else 'f'}\t{days.calendar.version}\n"
        )

    def _issue(self, kind: str, title: str, word: str, at: int, content: dict[str, Any], facts: list[list[str]]) -> int:
        """Write a paper without its number, and that it is one of the case's."""
        pk = self.next_paper
        self.next_paper += 1
        office, rng = self.office, self.rng
        places = [int(rng.random() * 31) for _ in range(15)]
        check = sum(weight * value for weight, value in enumerate(places, start=2)) % 31
        code = "".join(CODE_SIGNS[value] for value in (*places, check))
        shared = {
            "applicant_name": self.party,
            "item_name": office.item_name,
            "case_number": self.number,
            "contact_name": office.window_name,
            "contact_phone": office.phone,
            "contact_address": office.address,
        }
        # Enterprises are told by name, natural persons aren't (``cases.shown_applicant``).
        is_unit = office.form.number(self.answers).startswith("9") or (
            office.is_of_enterprise and self.course.steps[0].officer is None
        )
        shown = self.party if is_unit else mask_name(self.party)
        told = [["办件编号", self.number], ["事项", office.item_name], ["申请人", shown], *facts]
        self.lines["papers.Paper"].append(
            f"{pk}\t{office.organisation}\t{code}\tcases.{kind}\t{title}\t{word}\t{self.days.text(at)}\t"
            f"\\\\x{_seal_json({**shared, **content}).hex()}\t{json.dumps(told, ensure_ascii=False)}\n"
        )
        self.lines["cases.CaseDocument"].append(f"{self.pk}\t{pk}\n")
        return pk
