"""A real city's cases as lines for COPY: the services' acts, without their questions. No database."""

import random
from collections import defaultdict

from zhengtong.capabilities.licences.demo.city import words
from zhengtong.capabilities.licences.demo.city.course import VISIT_DAYS, Step, draw_course, pick
from zhengtong.capabilities.licences.demo.city.days import DAY, Pause, last_day, show_day
from zhengtong.capabilities.licences.demo.city.rows import CaseRows, Lines
from zhengtong.capabilities.licences.demo.city.setting import Office, Setting


class CaseWriter:
    """Writes cases; ``lines`` holds what is written and not yet taken."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.days = setting, setting.days
        self.lines: Lines = defaultdict(list)

    def take(self) -> dict[str, bytes]:
        """Return what was written since, by table."""
        taken = {name: "".join(rows).encode() for name, rows in self.lines.items()}
        self.lines.clear()
        return taken

    def write(self, place: int, number: str, office: Office, submitted: int, rng: random.Random) -> None:
        """Write the case that is the ``place``-th of all."""
        second = submitted % DAY
        is_open = self.days.works(submitted // DAY) and self.days.opens <= second < self.days.closes
        at_counter = is_open and rng.random() < 0.42
        people = (self.setting.applicants if at_counter else self.setting.account_holders)[office.county]
        applicant = people[int(rng.random() * len(people))]
        answers, delivery = office.form.fill(applicant, int(rng.random() * 1000))
        filer = pick(office.clerks, submitted, rng) if at_counter else None
        course = draw_course(office, submitted, filer, delivery == "counter", self.setting.end, self.days, rng)
        _Case(self.setting, self.lines, place, number, office, applicant, answers, delivery, course, rng).write()


class _Case(CaseRows):
    """One case: each act that there is has a method of its name."""

    def write(self) -> None:
        for step in self.course.steps:
            getattr(self, f"_{step.act}")(step)
        self.write_rows()

    def _submit(self, step: Step) -> None:
        self.submitted = step.at
        self._receive(step, "您提交了申请，我们已经收到。")

    def _resubmit(self, step: Step) -> None:
        self.resubmitted = step.at
        self._receive(step, "您提交了补正材料，等待受理。")

    def _receive(self, step: Step, said: str) -> None:
        self.received = step.at
        clock = self._start("completeness", "statutory", self.office.completeness, 0, step.at)
        self.due = self._due_of(clock)
        self._note(step, said)
        self._open("acceptance", step.at, clock)

    def _request_materials(self, step: Step) -> None:
        self._finish(step, "request_materials")
        self._stop("completeness", step.at)
        targets = self.rng.sample(
            self.office.form.targets, min(len(self.office.form.targets), self.rng.choice((1, 1, 2, 3)))
        )
        self._note(step, f"申请材料需要补正，共 {len(targets)} 处，请按补正通知逐项修改后提交。")
        self.due = None
        marks = [(target, label, self.rng.choice(words.MARKS)) for target, label in targets]
        self.lines["cases.CorrectionMark"].extend(f"{self.notice}\t{a}\t{b}\t{c}\n" for a, b, c in marks)
        self.notice_paper = self._issue(
            "correction",
            "补正材料通知书",
            "补",
            step.at,
            {
                "received_on": self._iso_day(self.received),
                "marks": [
                    {
                        "where": label,
                        "problem": message,
                        "requirement": "请修改后重新填写" if target.startswith("field:") else "请重新上传",
                    }
                    for target, label, message in marks
                ],
                "how": "登录政务服务大厅，在“我的办件”中打开本件，逐项修改后提交；也可以到受理窗口办理。",
            },
            [["补正事项", f"{len(marks)} 处"]],
        )
        self.notice_at = step.at

    def _accept(self, step: Step) -> None:
        self._finish(step, "accept")
        self._stop("completeness", step.at)
        self.accepted = step.at
        rule = self.office.decision
        self._start("decision", "statutory", rule, 0, step.at)
        promised = self._start("decision", "promised", rule, self.office.promised, step.at)
        self.due = self._due_of(promised)
        self._note(step, f"您的申请已受理，承诺 {show_day(last_day(self.due))} 前作出决定。")
        self._open("review", step.at, promised)

    def _declare_not_required(self, step: Step) -> None:
        self._turn_away(step, self.rng.choice(words.NOT_REQUIRED))

    def _declare_not_competent(self, step: Step) -> None:
        self._turn_away(step, self.rng.choice(words.NOT_COMPETENT))

    def _turn_away(self, step: Step, reason: str) -> None:
        self._finish(step, step.act, reason)
        self._stop("completeness", step.at)
        self.closed, self.due = step.at, None
        self._note(step, reason)

    def _withdraw(self, step: Step) -> None:
        self._note(step, "您撤回了申请，办理终止。", self.rng.choice(words.WITHDRAWN))
        for task in self.tasks:
            if task.status == "open":
                task.status, task.done = "cancelled", step.at
        for purpose in ("completeness", "decision"):
            self._stop(purpose, step.at)
        self.closed, self.due = step.at, None

    def _begin_review(self, step: Step) -> None:
        self.tasks[-1].assignee = step.officer
        self._note(step, "承办人员已开始审查。")

    def _start_excluded_time(self, step: Step) -> None:
        rng, days = self.rng, self.days
        planned = days.in_office(days.add(step.at // DAY, 2), rng) // 1800 * 1800
        pause = Pause(step.at, 0, VISIT_DAYS)
        for clock in self._running("decision"):
            clock.pause = pause
        self.due = self._due_of(self.clocks["decision", "promised"])
        new_due = self._due_of(self.clocks["decision", "statutory"])
        place = self.applicant.address
        self.visit_paper = self._issue(
            "site_visit",
            "现场核查通知书",
            "核",
            step.at,
            {
                "visit_at": days.text(planned),
                "address": place,
                "officers": [{"name": each.name, "certificate_number": ""} for each in self.course.visitors],
                "subjects": ["场所与申请材料是否一致"],
                "excluded_days": VISIT_DAYS,
                "excluded_from": self._iso_day(step.at),
                "excluded_matter": self.setting.visit_reason,
                "excluded_basis": self.setting.visit_article,
                "new_due_on": self._iso_day(new_due.at - 1),
            },
            [["核查时间", days.text(planned)[:16]]],
        )
        self.visit_start, self.visit_planned = step.at, planned
        names = "、".join(each.name for each in self.course.visitors)
        said = (
            f"将于 {show_day(planned // DAY)} {days.text(planned)[11:16]} 到现场核查，"
            f"所需 {VISIT_DAYS} 个工作日不计入办理期限，请安排人员在场。"
        )
        self._note(step, said, names)

    def _end_excluded_time(self, step: Step) -> None:
        self.visit_end = step.at
        for clock in self._running("decision"):
            if clock.pause:
                clock.pause = clock.pause._replace(end=step.at)
        self.due = self._due_of(self.clocks["decision", "promised"])
        self._note(step, "现场核查已完成，继续审查。", f"{'符合' if self._is_passed else '不符合'}：{self._findings}")

    def _recommend(self, step: Step) -> None:
        opinion = self.rng.choice(words.PROPOSED_GRANT if self._is_passed else words.PROPOSED_REFUSAL)
        self._finish(step, "grant" if self._is_passed else "refuse", opinion)
        self._note(step, "审查完成，等待作出决定。", opinion)
        self._open("decision", step.at, self.clocks["decision", "promised"])
        self.tasks[-1].assignee = self.course.claimed_decision

    def _decide_grant(self, step: Step) -> None:
        self._decide(step, "grant", self.rng.choice(words.GRANTED), "", "已作出准予许可的决定。")

    def _decide_refuse(self, step: Step) -> None:
        reasons, basis = self.rng.choice(words.REFUSED), self.office.refusal_basis
        self._decide(step, "refuse", reasons, basis, "已作出不予许可的决定，理由和救济途径见决定书。")

    def _decide(self, step: Step, outcome: str, reasons: str, basis: str, said: str) -> None:
        assert step.officer is not None  # an organ decides
        self._finish(step, outcome, reasons)
        self._stop("decision", step.at)
        delivery = self._start("delivery", "statutory", self.office.delivery, 0, step.at)
        self.decided, self.due = step.at, self._due_of(delivery)
        self._note(step, said, reasons)
        self.lines["cases.Decision"].append(
            f"{self.pk}\t{self.office.organisation}\t{outcome}\t{reasons}\t{basis}\t{step.officer.appointment}\t"
            f"{self.days.text(step.at)}\n"
        )
        if self.delivery == "counter":
            self._open("delivery", step.at, delivery)

    def _deliver(self, step: Step) -> None:
        at_counter = step.officer is not None
        if at_counter:
            self._finish(step, "deliver", self.applicant.representative)
        self._stop("delivery", step.at)
        self.delivered = self.closed = step.at
        self.due = None
        said = "决定书和证照已在窗口领取。" if at_counter else "电子文书已经送达，可在本页下载。"
        self._note(step, said, f"领取人：{self.applicant.representative}" if at_counter else "")

    def _archive(self, step: Step) -> None:
        self._note(step, note="归档")

    def _appraise(self, step: Step) -> None:
        clock = self.clocks["decision", "promised"]
        is_late = clock.stop >= self._due_of(clock).at
        score = self.rng.choice((1, 2, 3)) if is_late else self.rng.choices((5, 4, 3, 2, 1), (66, 21, 8, 3, 2))[0]
        comment = self.rng.choice(words.COMMENTS[score])
        self.lines["cases.Appraisal"].append(f"{self.pk}\t{score}\t{comment}\t{self.days.text(step.at)}\n")
