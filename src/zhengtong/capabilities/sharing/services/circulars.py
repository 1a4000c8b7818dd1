"""The circular on a month: drafted from its figures, edited by a person, issued as a paper that anybody can verify."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.sharing.models import Circular, MonthFigure
from zhengtong.capabilities.sharing.permissions import SUPERVISE
from zhengtong.capabilities.sharing.selectors import Line, Month, read_month
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.core.papers.public import PaperKind, issue_paper
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.steps import step

BEST: Final = 3
CIRCULAR_PAPER: Final = PaperKind(
    code="sharing.circular",
    title=gettext_lazy("政务数据共享情况通报"),
    template=Path(__file__).parent.parent / "papers" / "circular.typ",
    sample={
        "opening": ["现将2026年10月政务数据共享情况通报如下。"],
        "demands": ["请各部门对照问题，限期整改。"],
        "heads": ["名次", "部门", "得分", "主要业务信息共享率", "数据按期更新率"],
        "rows": [["1", "望江区民政局", "96.5", "90.0%", "100.0%"]],
    },
    must_show=(("rows", gettext_lazy("各部门的名次")),),
)


def _names(lines: Sequence[Line]) -> str:
    return "、".join(line.organisation.name for line in lines)


def write_opening(month: Month) -> str:
    """Return the draft of the opening: the whole in figures, who leads, who misses which target."""
    ranked = [line for line in month.lines if line.rank is not None]
    figures = "，".join(
        f"{each.title}{each.shown}（目标{each.percent}%）" for each in month.reached if each.value is not None
    )
    said = [
        f"{month.month.year}年{month.month.month}月，共对{len(month.lines)}个部门的政务数据共享情况进行了考核。"
        f"已发布信息资源{month.total.published}项，收到共享申请{month.total.asked}件，"
        f"完成数据交换{month.total.runs_done}次、{month.total.rows_moved}条。"
    ]
    if figures:
        said.append(f"总体情况：{figures}。")
    if ranked:
        said.append(f"得分居前的部门：{_names(ranked[:BEST])}。")
    for number, each in enumerate(month.reached):
        short = [line for line in month.lines if line.reached[number].is_met is False]
        if short:
            said.append(f"{each.title}未达到目标的部门：{_names(short)}。")
    return "\n".join(said)


def write_demands(month: Month) -> str:
    late = [line for line in month.lines if line.counts.tickets_late]
    said = ["各部门要对照通报的问题认真整改，及时编制、更新目录和数据，按期办理共享申请。"]
    if late:
        said.append(f"{_names(late)}有逾期未整改的事项，应当立即整改并说明原因。")
    return "\n".join(said)


def _check(text: str, field: str) -> str:
    said = text.strip()
    if not said:
        raise Refused("empty", _("请填写内容。"), field)
    if len(said) > 3000:
        raise Refused("long", _("最多3000个字。"), field)
    return said


@step()
def draft_circular(*, actor: Actor, month: date) -> Circular:
    """Draft the circular on a month that was counted, or return the one there is. Raises Denied, Refused."""
    require(actor, SUPERVISE)
    first = month.replace(day=1)
    if not MonthFigure.objects.filter(month=first).exists():
        raise Refused("no-figures", _("这个月还没有统计数字。"), "month")
    with translation.override("zh-hans"):
        figures = read_month(first)
        texts = {
            "title": f"关于{first.year}年{first.month}月政务数据共享情况的通报",
            "opening": write_opening(figures),
            "demands": write_demands(figures),
        }
    row, is_new = Circular.objects.get_or_create(
        month=first, defaults=texts | {"drafted_by_id": actor.held_appointment}
    )
    if is_new:
        record(actor, "sharing.draft_circular", row, after={"month": first})
    return row


def _lock(circular: Circular) -> Circular:
    row = Circular.objects.select_for_update(of=("self",)).get(pk=circular.pk)
    if row.issued_at is not None:
        raise Refused("issued", _("通报已经印发，不能再改。"))
    return row


@step()
def amend_circular(*, actor: Actor, circular: Circular, title: str, opening: str, demands: str) -> Circular:
    """Write the draft anew. Raises Denied, Refused."""
    require(actor, SUPERVISE)
    row = _lock(circular)
    row.title, row.opening, row.demands = (
        _check(title, "title")[:100],
        _check(opening, "opening"),
        _check(demands, "demands"),
    )
    row.save(update_fields=["title", "opening", "demands"])
    record(actor, "sharing.amend_circular", row, after={"title": row.title})
    return row


def write_table(month: Month) -> dict[str, Any]:
    """Return heads and rows of the circular's table, as they are shown."""
    return {
        "heads": ["名次", "部门", "得分", *(each.title for each in month.reached)],
        "rows": [
            [
                str(line.rank or "—"),
                line.organisation.name,
                str(line.score or "—"),
                *(each.shown for each in line.reached),
            ]
            for line in month.lines
        ],
    }


@step()
def issue_circular(*, actor: Actor, circular: Circular) -> Circular:
    """Issue it with the figures of its month, which must be final. Raises Denied, Refused."""
    require(actor, SUPERVISE)
    row = _lock(circular)
    if actor.organisation is None:
        raise Denied(SUPERVISE)
    with translation.override("zh-hans"):
        figures = read_month(row.month)
        if not figures.is_frozen:
            raise Refused("not-frozen", _("这个月的数字还没有定稿（次月5日定稿），定稿以后再印发。"))
        table = write_table(figures)
    issuer = Organisation.objects.get(pk=actor.organisation)
    row.paper = issue_paper(
        actor=actor,
        kind=CIRCULAR_PAPER.code,
        title=row.title,
        number=f"{issuer.short_name}数享通〔{row.month.year}〕{row.month.month}号",
        issuer=issuer,
        content={"opening": row.opening.splitlines(), "demands": row.demands.splitlines(), **table},
        public_facts=[("考核月份", f"{row.month.year}年{row.month.month}月"), ("部门数", str(len(figures.lines)))],
    )
    row.figures, row.issued_at = [table], timezone.now()
    row.save(update_fields=["paper", "figures", "issued_at"])
    record(actor, "sharing.issue_circular", row, after={"number": row.paper.number})
    return row
