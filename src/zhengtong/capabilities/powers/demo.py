"""Lists of power in the demo city: who keeps which entries, and drafts at every stage, made by the services."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from zhengtong.capabilities.powers import starting_rows
from zhengtong.capabilities.powers.domain import Basis, PowerText
from zhengtong.capabilities.powers.models import PowerEntry, PowerList, PowerVersion
from zhengtong.capabilities.powers.services.compiling import change_power, compile_power, submit_version
from zhengtong.capabilities.powers.services.reviewing import publish_version, return_version
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, Organisation, get_account_actor
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.demo import DemoContext, as_of, held_jobs
from zhengtong.kernel.policy import SYSTEM, Actor

title = "权力清单"
COUNTY = "990102"


def load(context: DemoContext) -> None:
    """Give the entries to the offices of the district, and let its compiler and its legal office work on some."""
    starting_rows.load(actor=SYSTEM)
    kept = _give_to_offices()
    compiler, legal = (_actor(name) for name in ("compiler", "legal"))
    with held_jobs():
        _review_ahead(context, compiler, legal)
        _wait_for_review(context, compiler)
        _return(context, compiler, legal)
        _begin(context, compiler)
    record(SYSTEM, "demo.load", ("powers", context.seed), after={"entries": kept})


def _give_to_offices() -> int:
    in_district = Organisation.objects.filter(region__code=COUNTY).select_related("region")
    offices = {office.name.removeprefix(office.region.name): office.pk for office in in_district}
    entries = list(PowerEntry.objects.filter(organisation=None))
    for entry in entries:
        entry.organisation_id = offices.get(entry.organ)
    PowerEntry.objects.bulk_update(entries, ["organisation"])
    return sum(entry.organisation_id is not None for entry in entries)


def _actor(username: str) -> Actor:
    return get_account_actor(Account.objects.get(username=username))


def _moment(context: DemoContext, days_ago: int, hour: int) -> datetime:
    calendar = get_calendar()
    return datetime.combine(calendar.subtract_working_days(context.today, days_ago), time(hour, 20), calendar.zone)


def _change(actor: Actor, code: str, text: PowerText, reason: str) -> PowerVersion:
    entry = PowerEntry.objects.get(code=code)
    values = {**text.plain(), "basis": list(text.basis)}
    return change_power(actor=actor, entry=entry, reason=reason, **values)


def _text(code: str) -> PowerText:
    newest = PowerVersion.objects.filter(entry__code=code).order_by("number").last()
    assert newest is not None
    return newest.text


def _review_ahead(context: DemoContext, compiler: Actor, legal: Actor) -> None:
    """A change that was published and takes effect at the beginning of the month after next."""
    text = _text("MR-JC-01")
    more = replace(text, responsibilities=(*text.responsibilities, "检查结果录入食品安全信用档案，向社会公布。"))
    with as_of(_moment(context, 12, 9)):
        draft = _change(compiler, "MR-JC-01", more, "《中华人民共和国食品安全法》第一百一十三条")
        submit_version(actor=compiler, version=draft)
    with as_of(_moment(context, 9, 15)):
        first = (context.today.replace(day=1) + timedelta(days=62)).replace(day=1)
        publish_version(actor=legal, version=draft, effective_from=first, opinion="依据充分，同意发布。")


def _wait_for_review(context: DemoContext, compiler: Actor) -> None:
    text = _text("MR-CF-01")
    more = replace(
        text,
        basis=(
            *text.basis,
            Basis(
                "中华人民共和国行政处罚法",
                "第三十三条第一款",
                "违法行为轻微并及时改正，没有造成危害后果的，不予行政处罚。初次违法且危害后果轻微并及时改正的，可以不予行政处罚。",
            ),
        ),
        responsibilities=(*text.responsibilities, "对轻微违法、初次违法的，依法不予处罚并教育当事人。"),
    )
    with as_of(_moment(context, 2, 10)):
        draft = _change(compiler, "MR-CF-01", more, "《中华人民共和国行政处罚法》（2021年修订）第三十三条")
        submit_version(actor=compiler, version=draft)


def _return(context: DemoContext, compiler: Actor, legal: Actor) -> None:
    text = replace(_text("MR-JL-01"), procedure=("受理举报", "核查", "发放奖励"))
    with as_of(_moment(context, 6, 11)):
        draft = _change(compiler, "MR-JL-01", text, "简化奖励发放流程")
        submit_version(actor=compiler, version=draft)
    with as_of(_moment(context, 4, 16)):
        return_version(
            actor=legal, version=draft, opinion="审批环节不能省去，请说明由谁审批，并写明所依据的文件名称和文号。"
        )


def _begin(context: DemoContext, compiler: Actor) -> None:
    with as_of(_moment(context, 1, 14)):
        compile_power(
            actor=compiler,
            code="MR-QT-01",
            power_list=PowerList.objects.get(code="responsibility"),
            name="仅销售预包装食品备案",
            kind="other",
            organ="市场监督管理局",
            level="county",
            inquiry_phone="0990-8802315",
            basis=[
                Basis(
                    "中华人民共和国食品安全法",
                    "第三十五条第一款",
                    "仅销售预包装食品的，应当报所在地县级以上地方人民政府食品安全监督管理部门备案。",
                )
            ],
            procedure=["提交备案信息", "核对", "公示"],
        )
