"""The tallies of a real city; cards at every stage, cameras, and the last quarter's scores."""

from datetime import datetime, time, timedelta

from zhengtong.capabilities.cases.public import ItemOffice
from zhengtong.capabilities.supervision.announcing import announce_quarter
from zhengtong.capabilities.supervision.cameras import register_camera
from zhengtong.capabilities.supervision.carding import list_supervisors, open_card
from zhengtong.capabilities.supervision.counting import rebuild_tallies
from zhengtong.capabilities.supervision.judging import BATCH, judge_pending
from zhengtong.capabilities.supervision.models import Card, CardStatus
from zhengtong.capabilities.supervision.proceedings import appeal_card, decide_card, explain_card
from zhengtong.capabilities.supervision.scoring import quarter_before, quarter_of
from zhengtong.core.identity.public import Appointment, get_staff_actor
from zhengtong.core.worklist.public import list_leaders
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import Actor

title = "监察计数、亮牌和考评"

_EXPLAINED = "核查人员临时抽调，已经调整人手，本周内办结。"
_APPEALED = "申请人来函要求改期核查，改期的时间不应计入期限，附改期函。"
# What is done with the newest cards, one after the other: each stage of the way.
_STAGES = (
    (),
    ("explain",),
    ("appeal",),
    ("explain", "cancel"),
    ("explain", "uphold"),
    ("explain", "appeal"),
    ("appeal", "cancel"),
    (),
)


def load(context: DemoContext) -> None:
    """Judge all that the small city's services did; of a real city's million cases the lamps' cards are enough."""
    if context.is_city:
        rebuild_tallies()
    calendar = get_calendar()
    end = datetime.combine(context.today, time(), calendar.zone)
    with held_jobs():
        with as_of(end):
            while judge_pending(opens=False) == BATCH:
                continue
        asked = datetime.combine(calendar.subtract_working_days(context.today, 1), time(9, 30), calendar.zone)
        newest = Card.objects.filter(
            status=CardStatus.RECORDED, version__isnull=False, at__lt=asked, level__in=("yellow", "red")
        )
        newest = newest.select_related("case__office__region", "case__organisation", "clock", "version__rule", "rule")
        for card, stages in zip(newest.order_by("-at", "-id")[: len(_STAGES)], _STAGES, strict=False):
            _bring(card, stages, asked)
        supervisor = _supervisor()
        if supervisor is None:
            return
        with as_of(end):
            announce_quarter(actor=supervisor, first=quarter_before(quarter_of(context.today)), is_public=True)
            for number, office in enumerate(_offices(), 1):
                register_camera(
                    actor=supervisor,
                    organisation_id=office.window_id,
                    name="1号窗口",
                    place=office.address[:60],
                    address=f"https://video.example.gov.cn/playback?channel={number}&begin={{from}}&end={{to}}",
                )


def _bring(card: Card, stages: tuple[str, ...], asked: datetime) -> None:
    """Open a card and bring it as far as ``stages`` say, half an hour a step."""
    with as_of(asked):
        open_card(card)
    leaders = list_leaders(card.case.organisation_id, ["cases.review_case"])
    speaker = _acting(card.holder or (leaders[0] if leaders else None))
    supervisors = list_supervisors(card.case.organisation_id)
    if speaker is None or not supervisors or card.status != CardStatus.ISSUED:
        return
    supervisor = get_staff_actor(supervisors[0])
    for number, stage in enumerate(stages, 1):
        with as_of(asked + timedelta(minutes=30 * number)):
            match stage:
                case "explain":
                    explain_card(actor=speaker, card_id=card.pk, words=_EXPLAINED)
                case "appeal":
                    appeal_card(actor=speaker, card_id=card.pk, words=_APPEALED)
                case "cancel":
                    decide_card(actor=supervisor, card_id=card.pk, cancel=True, words="改期函属实，期限应当扣除。")
                case "uphold":
                    decide_card(actor=supervisor, card_id=card.pk, cancel=False, words="人手不足不是超期的理由。")


def _acting(appointment: Appointment | None) -> Actor | None:
    if appointment is None:
        return None
    related = Appointment.objects.select_related("staff__account", "post__organisation__region")
    return get_staff_actor(related.get(pk=appointment.pk))


def _offices() -> list[ItemOffice]:
    """Return an office for each counter, the first of each."""
    seen: dict[int, ItemOffice] = {}
    for office in ItemOffice.objects.order_by("window_id", "id"):
        seen.setdefault(office.window_id, office)
    return list(seen.values())


def _supervisor() -> Actor | None:
    office = ItemOffice.objects.order_by("id").first()
    found = list_supervisors(office.organisation_id) if office else []
    found.sort(key=lambda each: each.staff.account.username != "supervisor")
    return get_staff_actor(found[0]) if found else None
