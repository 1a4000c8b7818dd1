"""``case_step``: steps of whole cases per second, one after another, through the services that the desks call."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from time import perf_counter

from django.utils import timezone

from benchmarks.city import City, copy_drafts, get_city, make_template, read_sequences, spread_ids
from benchmarks.figure import Figure, compare, say
from benchmarks.replay import Recording, capture, open_bare, play, write_scripts
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.models import CaseDocument, Decision, TaskNode
from zhengtong.capabilities.licences.public import Licence
from zhengtong.core.identity.public import Appointment
from zhengtong.core.messages.models import Message
from zhengtong.kernel.policy import SYSTEM

CASES = 12  # of each route, in each round
Step = tuple[str, Callable[[], object]]
Route = Callable[[City, int], Iterator[Step]]


def _begin(city: City, case_id: int) -> Iterator[Step]:
    yield "submit", lambda: cases.submit_case(actor=city.owner, case_id=case_id)
    yield "accept", lambda: cases.accept_case(actor=city.counter, case_id=case_id, opinion="材料齐全")
    task = cases.get_open_task(cases.Case.objects.get(pk=case_id), TaskNode.REVIEW)
    assert task is not None
    yield "claim", lambda: cases.claim_task(actor=city.reviewer, task_id=task.pk)


def _recommend(city: City, case_id: int, outcome: str) -> Step:
    return "recommend", lambda: cases.recommend(
        actor=city.reviewer, case_id=case_id, outcome=outcome, opinion="材料齐全，符合条件"
    )


def granted_online(city: City, case_id: int) -> Iterator[Step]:
    """Granted without a visit and delivered by the platform itself."""
    yield from _begin(city, case_id)
    yield _recommend(city, case_id, "grant")
    yield "grant", lambda: cases.grant_case(actor=city.approver, case_id=case_id, reasons="符合法定条件")
    yield "deliver", lambda: cases.deliver_case(actor=SYSTEM, case_id=case_id)


def granted_after_visit(city: City, case_id: int) -> Iterator[Step]:
    """Granted after two officers saw the place, and fetched at the counter."""
    yield from _begin(city, case_id)
    ids = [city.reviewer.held_appointment, city.inspector.held_appointment]
    officers = list(Appointment.objects.filter(pk__in=ids).select_related("staff"))
    yield (
        "arrange_visit",
        lambda: cases.arrange_site_visit(
            actor=city.reviewer,
            case_id=case_id,
            officers=officers,
            planned_at=timezone.now() + timedelta(hours=1),
            place="澄波区滨江路66号",
            allowed_days=5,
        ),
    )
    yield (
        "record_visit",
        lambda: cases.record_site_visit(
            actor=city.reviewer, case_id=case_id, is_passed=True, findings="布局与申请一致"
        ),
    )
    yield _recommend(city, case_id, "grant")
    yield "grant", lambda: cases.grant_case(actor=city.approver, case_id=case_id, reasons="符合法定条件")
    yield "deliver", lambda: cases.deliver_case(actor=city.counter, case_id=case_id, recipient="王晓岚")


def refused(city: City, case_id: int) -> Iterator[Step]:
    """Refused, and the decision delivered by the platform itself."""
    yield from _begin(city, case_id)
    yield _recommend(city, case_id, "refuse")
    yield (
        "refuse",
        lambda: cases.refuse_case(
            actor=city.approver, case_id=case_id, reasons="经营场所与厕所相邻", legal_basis="《食品安全法》第三十三条"
        ),
    )
    yield "deliver", lambda: cases.deliver_case(actor=SYSTEM, case_id=case_id)


ROUTES: tuple[tuple[Route, str], ...] = (
    (granted_online, "只要电子证"),
    (granted_after_visit, "到窗口领取"),
    (refused, "只要电子证"),
)


def record(city: City, route: Route, case_id: int) -> Recording:
    """Walk one case and return what was said to the database."""
    recording = Recording(case_id, read_sequences())
    shown = []
    for name, step in route(city, case_id):
        with capture() as said:
            step()
        recording.steps.append(said)
        shown.append(f"{name} {len(said)}")
    recording.after = read_sequences()
    case = cases.Case.objects.get(pk=case_id)
    papers = [document.paper for document in CaseDocument.objects.filter(case=case).select_related("paper")]
    recording.unique = frozenset(
        [
            case.number,
            *(paper.code for paper in papers),
            *Decision.objects.filter(case=case).values_list("number", flat=True),
            *Licence.objects.filter(case=case).values_list("number", flat=True),
            *Message.objects.filter(link__contains=str(case.public_id)).values_list("public_id", flat=True),
        ]
    )
    say(f"  statements of {route.__name__}: {', '.join(shown)}")
    return recording


def run() -> Figure:
    """Return the figure."""
    city = get_city()
    spread_ids()
    templates = [make_template(city, delivery) for _, delivery in ROUTES]
    drafts = [copy_drafts(template, 2) for template in templates]
    for (route, _), ids in zip(ROUTES, drafts, strict=True):
        for _name, step in route(city, ids[0]):  # so that what a process reads once isn't in the recording
            step()
    recordings = [record(city, route, ids[1]) for (route, _), ids in zip(ROUTES, drafts, strict=True)]
    bare = open_bare()

    def through_services() -> float:
        seconds, count = 0.0, 0
        for (route, _), template in zip(ROUTES, templates, strict=True):
            for case_id in copy_drafts(template, CASES):
                for _name, step in route(city, case_id):
                    began = perf_counter()
                    step()
                    seconds += perf_counter() - began
                    count += 1
        return count / seconds

    def by_psycopg() -> float:
        scripts = write_scripts(recordings, [copy_drafts(template, CASES) for template in templates])
        return sum(len(script.steps) for script in scripts) / play(bare, scripts)

    try:
        return compare(
            "case_step",
            through_services,
            by_psycopg,
            unit="steps/s",
            described="psycopg saying the steps' own statements, a commit a step",
        )
    finally:
        bare.close()
