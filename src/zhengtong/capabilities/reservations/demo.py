"""Two halls of the demo's district: the service centre with its hours, and one that is open round the clock, so that
booking and calling can be tried at any time. Two weeks of numbers, today's queue and appointments, by the services."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from heapq import heapify, heappop, heappush

from django.utils import timezone

from zhengtong.capabilities.cases.public import ServiceItem
from zhengtong.capabilities.reservations import starting_rows
from zhengtong.capabilities.reservations.errors import LobbyRefused
from zhengtong.capabilities.reservations.models import Care, Hall, HallWindow, ServiceGroup
from zhengtong.capabilities.reservations.opening import moment, read_opening
from zhengtong.capabilities.reservations.services import booking, calling, halls, queueing
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import (
    Account,
    Organisation,
    Post,
    PostRole,
    Reach,
    appoint,
    create_staff_account,
    get_account_actor,
    get_citizen_actor,
    grant_role,
    open_post,
)
from zhengtong.kernel.demo import DemoAccount, DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "大厅预约和排队"
PASSWORD = "anlan-demo-2026"
COUNTY = "990102"
CENTRE = "政务服务中心"
COUNTER = "综合窗口受理员"
_PEOPLE = (
    ("hall_guide", "夏雨荷", "大厅导办员", "hall_guide"),
    ("hall_manager", "梁启明", "大厅管理科科长", "hall_manager"),
    ("window1", "苗雨", "一号窗口受理员", "hall_window_officer"),
    ("window2", "石磊", "二号窗口受理员", "hall_window_officer"),
    ("window3", "温馨", "三号窗口受理员", "hall_window_officer"),
    ("window4", "花青", "四号窗口受理员", "hall_window_officer"),
)
ACCOUNTS = tuple(DemoAccount(user, PASSWORD, name, post, "澄波区政务服务中心") for user, name, post, _role in _PEOPLE)
# Letter, name, what for, places of a slot, minutes that one takes, whether what isn't named comes here.
_GROUPS = (
    ("A", "企业开办和经营许可", "营业执照、食品经营、消防检查、店招", 4, 12, False),
    ("B", "工程建设", "规划、施工、竣工验收", 2, 18, False),
    ("C", "社保民政卫健", "社保、救助、残疾人服务", 4, 9, False),
    ("D", "综合业务", "其他事项、咨询、取件", 6, 6, True),
)
_WINDOWS = ((1, "A"), (2, "A"), (3, "B"), (4, "C"), (5, "CD"), (6, "D"))
_NAMES = ("赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈")
_HOURS = ((time(9), time(12)), (time(13, 30), time(17, 30)))


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    address: str
    windows: tuple[tuple[int, str], ...]
    is_always_open: bool = False


_PLACES = (
    Place("chengbo", "澄波区政务服务大厅", "澄波区滨江路1号政务服务中心一楼", _WINDOWS),
    Place("chengbo-24", "澄波区24小时政务服务厅", "澄波区人民路88号", ((1, "AD"), (2, "CD")), is_always_open=True),
)


def load(context: DemoContext) -> None:
    """Open the halls, give people their roles, and let two weeks and today happen."""
    starting_rows.load(actor=SYSTEM)
    centre = Organisation.objects.get(region__code=COUNTY, name__endswith=CENTRE)
    _staff(context, centre)
    with held_jobs():
        for place in _PLACES:
            _open(context, place, centre)
        main = Hall.objects.get(code="chengbo")
        officers = _officers(centre)
        for ago in range(6, 0, -1):
            day = context.today - timedelta(days=ago)
            if read_opening(main).sessions(day):
                _work(context, main, officers[1:6], moment(day, time(9, 1)), 28 + ago % 5, is_over=True)
        _today(context, officers)
    record(SYSTEM, "demo.load", ("reservations", context.seed), after={"halls": len(_PLACES)})


def _staff(context: DemoContext, centre: Organisation) -> None:
    for username, name, post_title, role in _PEOPLE:
        post = open_post(actor=SYSTEM, organisation=centre, title=post_title)
        grant_role(actor=SYSTEM, post=post, role=role, reach=Reach.OWN)
        if role == "hall_window_officer":
            grant_role(actor=SYSTEM, post=post, role="window_clerk", reach=Reach.REGION)
        staff = create_staff_account(actor=SYSTEM, username=username, password=PASSWORD, name=name)
        appoint(actor=SYSTEM, staff=staff, post=post, start_date=context.today - timedelta(days=400))
    counters = Post.objects.filter(title=COUNTER, organisation=centre)
    context.insert([PostRole(post=post, role="hall_window_officer", reach=Reach.OWN) for post in counters], "窗口岗位")
    watching = Post.objects.filter(title="效能监察员", organisation__is_active=True)
    context.insert([PostRole(post=post, role="hall_leader", reach=Reach.REGION) for post in watching], "监察岗位")


def _open(context: DemoContext, place: Place, centre: Organisation) -> Hall:
    hall = halls.create_hall(
        actor=SYSTEM,
        code=place.code,
        name=place.name,
        organisation=centre,
        address=place.address,
        phone="0990-2100001",
    )
    spans = ((time(0), time(23, 59)),) if place.is_always_open else _HOURS
    for weekday in range(7 if place.is_always_open else 5):
        for opens_at, closes_at in spans:
            halls.add_hours(
                actor=SYSTEM,
                hall=hall,
                weekday=weekday,
                opens_at=opens_at,
                closes_at=closes_at,
                is_on_days_off=place.is_always_open,
            )
    for letter, name, words, capacity, minutes, is_for_others in _GROUPS:
        if place.is_always_open and letter == "B":
            continue
        halls.add_group(
            actor=SYSTEM,
            hall=hall,
            letter=letter,
            name=name,
            help=words,
            capacity=capacity,
            usual_minutes=minutes,
            takes_others=is_for_others,
        )
    for number, letters in place.windows:
        halls.add_window(actor=SYSTEM, hall=hall, number=number, letters=letters)
    _sort_items(hall)
    return hall


def _sort_items(hall: Hall) -> None:
    """Put the items where their life events belong; the rest go where everything goes."""
    groups = {group.letter: group for group in ServiceGroup.objects.filter(hall=hall)}
    events = {
        "A": {"start-business", "open-shop", "change-business", "close-business"},
        "B": {"build"},
        "C": {"hardship", "disability", "pension", "health", "birth"},
    }
    for item in ServiceItem.objects.filter(is_published=True).order_by("code"):
        letter = next((each for each, wanted in events.items() if wanted & set(item.life_events)), "")
        if letter in groups:
            halls.add_item(actor=SYSTEM, group=groups[letter], item=item)


def _officers(centre: Organisation) -> list[Actor]:
    posts = Post.objects.filter(roles__role="hall_window_officer", organisation=centre)
    accounts = Account.objects.filter(staff__appointments__post__in=posts, is_active=True).order_by("username")
    # The account that people try the counter with sits at no window: it opens one itself.
    return [get_account_actor(each) for each in accounts if each.username != "counter"]


def _work(
    context: DemoContext, hall: Hall, officers: list[Actor], start: datetime, people: int, *, is_over: bool
) -> None:
    """Let ``people`` take numbers from ``start`` on, and the windows serve them as they come, in the order of time.

    A day that isn't over leaves the last of them waiting or at the windows.
    """
    rng = context.rng(f"reservations:{hall.code}:{start.date()}")
    groups = list(ServiceGroup.objects.filter(hall=hall).select_related("hall__organisation__region"))
    windows = HallWindow.objects.filter(hall=hall).order_by("number")
    staffed = dict(zip((window.pk for window in windows), officers, strict=False))
    with as_of(start):
        for window_id, officer in staffed.items():
            calling.open_window(actor=officer, window_id=window_id)
    end = start + timedelta(hours=8) if is_over else timezone.now()
    longest = min(int((end - start).total_seconds()), 7 * 3600)
    # What comes next: somebody who takes a number (no window), or a window that is free.
    coming = [(start + timedelta(seconds=rng.randint(0, longest)), 0) for _person in range(people)]
    coming += [(start + timedelta(seconds=1), window_id) for window_id in staffed]
    heapify(coming)
    idle: set[int] = set()
    while coming and coming[0][0] < end:
        at, window_id = heappop(coming)
        if window_id:
            free_at = _serve(window_id, staffed[window_id], at, end, rng.randint(4, 16), rng.random() < 0.04)
            if free_at is None:
                idle.add(window_id)
            else:
                heappush(coming, (free_at, window_id))
            continue
        with as_of(at):
            care = Care.ELDERLY if rng.random() < 0.08 else Care.NONE
            group = rng.choice([*groups, groups[0], groups[-1]])
            queueing.take_number(actor=SYSTEM, group=group, care=care, name=f"{rng.choice(_NAMES)}某")
        # Whoever found nobody waiting looks again.
        for each in sorted(idle):
            heappush(coming, (at + timedelta(seconds=20), each))
        idle.clear()
    if is_over:
        for window_id, officer in staffed.items():
            with as_of(end):
                calling.close_window(actor=officer, window_id=window_id)
        with as_of(start + timedelta(days=1)):
            calling.end_day(actor=SYSTEM)


def _serve(
    window_id: int, officer: Actor, at: datetime, end: datetime, minutes: int, is_absent: bool
) -> datetime | None:
    """Serve the next one from ``at`` on; return when the window is free again, ``end`` when it isn't; None when
    nobody waits."""
    try:
        with as_of(at):
            calling.call_next(actor=officer, window_id=window_id)
    except LobbyRefused:
        return None
    come, gone = at + timedelta(seconds=40), at + timedelta(minutes=minutes)
    if come >= end:
        return end
    if is_absent:
        with as_of(come):
            calling.pass_over(actor=officer, window_id=window_id)
        return come
    with as_of(come):
        calling.start_serving(actor=officer, window_id=window_id)
    if gone >= end:
        return end
    with as_of(gone):
        calling.finish_serving(actor=officer, window_id=window_id)
    return gone + timedelta(seconds=20)


def _today(context: DemoContext, officers: list[Actor]) -> None:
    """Today's numbers so far, and appointments for the next days."""
    now = timezone.now()
    if timezone.localdate(now) != context.today:
        return
    main, always = (Hall.objects.get(code=place.code) for place in _PLACES)
    opening = moment(context.today, time(9, 1))
    if read_opening(main).sessions(context.today) and opening < now < moment(context.today, time(17, 30)):
        _work(context, main, officers[1:6], max(opening, now - timedelta(hours=3)), 60, is_over=False)
    start = max(moment(context.today, time(0, 1)), now - timedelta(hours=2))
    if start < now:
        _work(context, always, officers[:1], start, 16, is_over=False)
    _book(context, main)


def _book(context: DemoContext, main: Hall) -> None:
    """Appointments of the fixed applicant and of some others, for the next open days."""
    others = Account.objects.filter(username__startswith="citizen", citizen__isnull=False).order_by("username")
    usernames = ["applicant", *others.values_list("username", flat=True)[:14]]
    rng = context.rng("reservations:booking")
    items = {group.letter: group for group in ServiceGroup.objects.filter(hall=main)}
    for number, username in enumerate(usernames):
        account = Account.objects.filter(username=username).first()
        if account is None:
            continue
        group = items[rng.choice("AACD")]
        days = [each.day for each in booking.list_days(group) if each.left and each.day > context.today][:4]
        if not days:
            return
        slots = [each for each in booking.list_slots(group, days[number % len(days)]) if each.left]
        booking.book_slot(actor=get_citizen_actor(account), group=group, starts_at=rng.choice(slots).starts_at)
