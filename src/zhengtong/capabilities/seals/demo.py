"""Seals of the demo city: made by the services, step by step, with documents sealed and waiting; needs the signer."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import typst

from zhengtong.capabilities.seals.documents import Place
from zhengtong.capabilities.seals.models import Seal, SealApplication, SealUse
from zhengtong.capabilities.seals.permissions import APPLY, KEEP, VIEW
from zhengtong.capabilities.seals.services.applying import apply_for_seal
from zhengtong.capabilities.seals.services.deciding import approve_application, review_application
from zhengtong.capabilities.seals.services.making import enable_seal, file_seal, make_seal
from zhengtong.capabilities.seals.services.sealing import seal_use
from zhengtong.capabilities.seals.services.standing import authorise
from zhengtong.capabilities.seals.services.using import approve_use, start_use, submit_use
from zhengtong.core.audit.public import record
from zhengtong.core.files.public import store_bytes
from zhengtong.core.identity.public import (
    Account,
    Appointment,
    Organisation,
    get_account_actor,
    list_colleagues,
)
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor, Grant

title = "电子印章"
COUNTY = "990102"
# Their decisions are printed in the demo, so their seals exist.
OTHERS = (
    "消防救援局",
    "城市管理局",
    "住房和城乡建设局",
    "自然资源和规划局",
    "民政局",
    "人力资源和社会保障局",
    "卫生健康委员会",
)
# Over the office's name and the day, as 用印 wants it: 骑年盖月.
PLACE = Place(1, 118.0, 128.0)
NOTICES = (
    (
        "关于开展校园周边食品安全检查的通知",
        "各市场监督管理所：为保障学生饮食安全，决定自即日起在全区开展校园周边食品安全检查。请各所对辖区学校周边二百米范围内的"
        "食品经营者逐户检查，重点查看许可证、进货查验记录和从业人员健康证明，发现问题依法处理，并于月底前报送检查情况。",
    ),
    (
        "关于公布十月份食品抽检结果的通告",
        "根据年度抽检计划，我局对全区食用农产品、糕点、餐饮食品等进行了监督抽检，结果现予公布。对抽检不合格的产品，已依法"
        "责令经营者下架、召回并立案调查。消费者发现仍在销售的，请拨打12345举报。",
    ),
)


def load(context: DemoContext) -> None:
    """Give the district's organs their seals; in the market bureau a document is sealed and one waits."""
    people = {name: _actor(f"seal_{name}") for name in ("applicant", "keeper", "reviewer", "approver", "maker")}
    bureau = Organisation.objects.select_related("region").get(pk=people["applicant"].organisation or 0)
    keeper = Appointment.objects.select_related("staff", "post").get(pk=people["keeper"].held_appointment)
    with held_jobs():
        statutory = _issue(context, people, bureau, keeper, kind="statutory", days=60)
        special = _issue(context, people, bureau, keeper, kind="special", line="行政审批专用章", days=50)
        _issue(context, people, bureau, keeper, kind="representative", text=keeper.staff.name, days=45)
        for organ in OTHERS:
            _issue_elsewhere(context, people, organ)
        _wait(context, people, bureau, keeper)
        _use(context, people, statutory)
        _authorise(context, people, special)
    record(SYSTEM, "demo.load", ("seals", context.seed), after={"seals": Seal.objects.count()})


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _moment(context: DemoContext, days_ago: int, hour: int) -> datetime:
    calendar = get_calendar()
    return datetime.combine(calendar.subtract_working_days(context.today, days_ago), time(hour, 12), calendar.zone)


def _issue(
    context: DemoContext,
    people: dict[str, Actor],
    organisation: Organisation,
    keeper: Appointment,
    *,
    kind: str,
    days: int,
    line: str = "",
    text: str = "",
) -> Seal:
    """Bring a seal from its application into use. What the signer makes and certifies is made today."""
    with as_of(_moment(context, days, 9)):
        application = apply_for_seal(
            actor=people["applicant"],
            organisation=organisation,
            kind=kind,
            text=text or organisation.name,
            line=line,
            keeper=keeper,
            reason="启用电子印章，推行全程网办",
        )
    with as_of(_moment(context, days - 1, 10)):
        review_application(actor=people["reviewer"], application=application, opinion="名称与机构登记一致")
    with as_of(_moment(context, days - 2, 15)):
        approve_application(actor=people["approver"], application=application, opinion="同意制发")
    # Keys and certificates begin when they are really made: a certificate can't say another day.
    make_seal(actor=people["maker"], application=application)
    file_seal(
        actor=people["reviewer"],
        application=application,
        filing_number=f"澜印备〔{context.today.year}〕{application.pk}号",
    )
    enable_seal(actor=people["keeper"], application=application)
    return Seal.objects.get(pk=application.seal_id)


def _issue_elsewhere(context: DemoContext, people: dict[str, Actor], organ: str) -> None:
    organisation = (
        Organisation.objects.select_related("region")
        .filter(region__code__startswith=COUNTY, name__endswith=organ)
        .first()
    )
    keeper = list_colleagues(organisation.pk).first() if organisation else None
    if organisation is None or keeper is None:
        return
    own = get_account_actor(Account.objects.get(pk=keeper.staff.account_id))
    holds = Grant("seal_keeper", frozenset({VIEW, APPLY, KEEP}), frozenset({organisation.pk}))
    there = replace(own, appointment=keeper.pk, organisation=organisation.pk, grants=(holds,))
    cast = {**people, "applicant": there, "keeper": there}
    _issue(context, cast, organisation, keeper, kind="special", line="行政审批专用章", days=30)


def _wait(context: DemoContext, people: dict[str, Actor], bureau: Organisation, keeper: Appointment) -> SealApplication:
    with as_of(_moment(context, 1, 16)):
        return apply_for_seal(
            actor=people["applicant"],
            organisation=bureau,
            kind="special",
            text=bureau.name,
            line="办件受理专用章",
            shape="oval",
            keeper=keeper,
            reason="政务服务中心窗口出具受理通知书使用",
        )


_NOTICE = """
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, x: 27mm))
#set text(font: ("Noto Serif CJK SC", "Noto Serif SC", "SimSun"), size: 16pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), leading: 0.9em, justify: true)
#align(center, text(22pt, weight: "bold", "%(title)s"))
#v(1em)
%(body)s
#v(4em)
#align(right, block(width: 60%%, align(center)[%(office)s \\ %(day)s]))
"""


def _document(title: str, body: str, office: str, context: DemoContext) -> bytes:
    """Return a notice as an office would send one."""
    day = f"{context.today.year}年{context.today.month}月{context.today.day}日"
    source = _NOTICE % {"title": title, "body": body, "office": office, "day": day}
    made = typst.compile(source.encode(), format="pdf")
    assert isinstance(made, bytes)  # one file, because it is a PDF
    return made


def _use(context: DemoContext, people: dict[str, Actor], seal: Seal) -> None:
    for number, (name, body) in enumerate(NOTICES):
        file = store_bytes(
            actor=people["applicant"],
            name=f"{name}.pdf",
            data=_document(name, body, str(seal.organisation), context),
            content_type="application/pdf",
        )
        use = start_use(
            actor=people["applicant"],
            seal=seal,
            file=file,
            title=name,
            reason="经主要负责人签发，印发各所",
            with_ofd=number == 0,
        )
        submit_use(actor=people["applicant"], use=use, places=[PLACE])
        if number == 0:
            approve_use(actor=people["keeper"], use=use, opinion="已核签发单")
            seal_use(actor=people["applicant"], use=SealUse.objects.get(pk=use.pk))


def _authorise(context: DemoContext, people: dict[str, Actor], seal: Seal) -> None:
    authorise(
        actor=people["keeper"],
        seal=seal,
        document_kind="food-business-licence",
        valid_from=context.today,
        valid_until=context.today + timedelta(days=300),
        daily_ceiling=200,
        total_ceiling=20000,
        reason="食品经营许可证由业务系统按审批结果制发",
    )
