"""``bundle_step``: what a step costs in a bundle of 3 and of 30 departments that work side by side, beside the same
step of a case of one department.

Every part of every bundle is walked to its end. The dearest step of all is the figure: also what only a bundle has, the
step that starts a part (beside a submission) and the one that closes the whole with its paper (beside a decision with
its own).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.city import City, copy_drafts, get_city
from benchmarks.figure import Figure, say
from tests.cast import answers, photo
from zhengtong.capabilities.bundles import public as bundles
from zhengtong.capabilities.bundles.services.following import complete
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import Case, TaskNode
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM, Actor, Grant

ROUNDS = 7
SIZES = (3, 30)
Taken = dict[str, list[float]]
# What a step that only a bundle has is measured against.
BESIDE = {"start": "submit", "close": "grant"}


@dataclass(frozen=True)
class BundleFigure(Figure):
    """``value`` is the dearest step's median in milliseconds, ``reference_value`` the same step's alone."""

    worst: str
    departments: int


@dataclass(frozen=True)
class Departments:
    """Thirty bureaus, each with an item of its own, and people who may act in all of them."""

    applicant: Actor
    counter: Actor
    reviewer: Actor
    approver: Actor
    alone: cases.ItemOffice
    bundles: dict[int, cases.ItemOffice]


def _text() -> dict[str, Any]:
    """Return the text of the food licence so that every question and paper is shared, and no licence is made."""
    item = cases.get_item("food-business-licence")
    assert item is not None
    text: dict[str, Any] = deepcopy(cases.get_live_version(item).definition)
    for section in text["form"]:
        for field in section["fields"]:
            field["element"] = field["key"]
    for material in text["materials"]:
        material["document"] = material["key"]
    text |= {"licence_kind": "", "audience": "person", "outputs": []}
    return text


def prepare(city: City) -> Departments:
    """Return the departments, made at the first run."""
    text, county = _text(), city.office.region
    bureau, centre = city.office.organisation, city.office.window
    offices = []
    for number in range(1, max(SIZES) + 1):
        organ, _new = identity.Organisation.objects.get_or_create(
            name=f"第{number}局",
            defaults={"short_name": f"{number}局", "kind": bureau.kind, "region": county, "parent": bureau.parent},
        )
        code = f"department-{number}"
        cases.publish_item(actor=SYSTEM, raw=text | {"code": code, "name": f"第{number}局的许可"})
        offices.append(_open(cases.ServiceItem.objects.get(code=code), organ, centre))
    made = {}
    for size in SIZES:
        code = f"bundle-{size}"
        raw = {
            "code": code,
            "name": f"{size} 个部门的一件事",
            "audience": "person",
            "statutory": "licensing.joint_decision",
            "promised_days": 20,
            "questions": [{"key": "wants", "label": "要办吗", "type": "choice", "options": ["要"]}],
            "items": [{"code": office.item.code} for office in offices[:size]],
            "legal_basis": text["legal_basis"],
        }
        bundles.publish_bundle(actor=SYSTEM, raw=raw)
        made[size] = _open(cases.ServiceItem.objects.get(code=code), centre, centre)
    reached = frozenset([centre.pk, *(office.organisation_id for office in offices)])
    account = identity.Account.objects.get(username="owner")
    return Departments(
        applicant=identity.get_citizen_actor(account),
        counter=_widen(city.counter, reached),
        reviewer=_widen(city.reviewer, reached),
        approver=_widen(city.approver, reached),
        alone=offices[0],
        bundles=made,
    )


def _open(item: Any, organ: identity.Organisation, centre: identity.Organisation) -> cases.ItemOffice:
    return cases.open_office(
        actor=SYSTEM,
        item=item,
        organisation=organ,
        window=centre,
        address="滨江路1号",
        hours="工作日",
        phone="0990-1",
        supervision_phone="0990-2",
    )


def _widen(actor: Actor, organisations: frozenset[int]) -> Actor:
    grants = (Grant(grant.role, grant.permissions, organisations) for grant in actor.grants)
    return replace(actor, grants=tuple(grants))


def _template(departments: Departments, office: cases.ItemOffice) -> Case:
    actor = departments.applicant
    case = cases.start_draft(actor=actor, office=office, form={}, reused=[("business_licence", "法人库")])
    cases.save_draft(actor=actor, case_id=case.pk, answers=answers(wants="要"))
    given = {material.key for material in cases.list_materials(case)}
    for key in {"premises_plan", "safety_rules", "health_certificates"} - given:
        cases.attach_file(actor=actor, case_id=case.pk, key=key, upload=photo(f"{key}.jpg"))
    return Case.objects.get(pk=case.pk)


def _timed(taken: Taken, name: str, step: Callable[[], object]) -> object:
    began = perf_counter()
    result = step()
    taken[name].append((perf_counter() - began) * 1000)
    return result


def _walk(departments: Departments, taken: Taken, case_id: int) -> None:
    """Bring a received case to its end."""
    _timed(taken, "accept", lambda: cases.accept_case(actor=departments.counter, case_id=case_id))
    _finish(departments, taken, case_id)


def _finish(departments: Departments, taken: Taken, case_id: int) -> None:
    task = cases.get_open_task(Case.objects.get(pk=case_id), TaskNode.REVIEW)
    assert task is not None
    reviewer, approver = departments.reviewer, departments.approver
    _timed(taken, "claim", lambda: cases.claim_task(actor=reviewer, task_id=task.pk))
    _timed(
        taken,
        "recommend",
        lambda: cases.recommend(actor=reviewer, case_id=case_id, outcome="grant", opinion="材料齐全，符合条件"),
    )
    _timed(taken, "grant", lambda: cases.grant_case(actor=approver, case_id=case_id, reasons="符合法定条件"))
    _timed(taken, "deliver", lambda: cases.deliver_case(actor=SYSTEM, case_id=case_id))


def _walk_alone(departments: Departments, template: Case) -> Taken:
    taken: Taken = defaultdict(list)
    for case_id in copy_drafts(template, 10):
        _timed(taken, "submit", partial(cases.submit_case, actor=departments.applicant, case_id=case_id))
        _walk(departments, taken, case_id)
    return taken


def _walk_bundle(departments: Departments, template: Case) -> Taken:
    taken: Taken = defaultdict(list)
    (parent_id,) = copy_drafts(template, 1)
    _timed(
        taken,
        "submit",
        lambda: bundles.submit_application(actor=departments.applicant, case_id=parent_id),
    )
    while _timed(taken, "start", lambda: bundles.start_next_part(parent_id=parent_id)):
        continue
    taken["start"].pop()  # the one that found nothing left
    parts = list(Case.objects.filter(parent_id=parent_id).order_by("id").values_list("pk", flat=True))
    for case_id in parts:  # all are accepted before the first is decided: they work side by side
        _timed(taken, "accept", partial(cases.accept_case, actor=departments.counter, case_id=case_id))
    for case_id in parts:
        _finish(departments, taken, case_id)
    _timed(taken, "close", lambda: complete(parent_id=parent_id))
    assert Case.objects.get(pk=parent_id).state == "completed"
    return taken


def run() -> list[Figure]:
    """Return a figure for each size."""
    departments = prepare(get_city())
    alone = _template(departments, departments.alone)
    drafts = {size: _template(departments, office) for size, office in departments.bundles.items()}
    _walk_alone(departments, alone), _walk_bundle(departments, drafts[SIZES[0]])
    by_itself: Taken = defaultdict(list)
    in_bundles: dict[int, Taken] = {size: defaultdict(list) for size in SIZES}
    for _round in range(ROUNDS):
        _keep(by_itself, _walk_alone(departments, alone))
        for size in SIZES:
            _keep(in_bundles[size], _walk_bundle(departments, drafts[size]))
    return list(_figures(by_itself, in_bundles))


def _keep(kept: Taken, taken: Taken) -> None:
    for name, values in taken.items():
        kept[name] += values


def _figures(by_itself: Taken, in_bundles: dict[int, Taken]) -> Iterator[Figure]:
    for size, taken in in_bundles.items():
        beside = {name: median(by_itself[BESIDE.get(name, name)]) for name in taken}
        dearer = {name: median(values) / beside[name] for name, values in taken.items()}
        shown = {name: f"{median(values):.1f} ms, {dearer[name]:.2f} ×" for name, values in taken.items()}
        say(f"  {size} departments: {json.dumps(shown)}")
        worst = max(dearer, key=lambda name: dearer[name])
        yield BundleFigure(
            name=f"bundle_step_{size}",
            value=round(median(taken[worst]), 2),
            unit="ms p50",
            reference="the same step of a case of one department",
            reference_value=round(beside[worst], 2),
            ratio=round(1 / dearer[worst], 3),
            rounds=ROUNDS,
            peak_rss_mb=getrusage(RUSAGE_SELF).ru_maxrss // 1024,
            worst=worst,
            departments=size,
        )
