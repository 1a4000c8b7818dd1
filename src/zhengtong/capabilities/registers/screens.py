"""The screens of the registers: enterprises for those who keep them and for everyone, residents for those who may."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.registers.models import Enterprise, EnterpriseStatus, Resident
from zhengtong.capabilities.registers.permissions import (
    KEEP_ENTERPRISE,
    REVEAL_RESIDENT,
    VIEW_ENTERPRISE,
    VIEW_RESIDENT,
)
from zhengtong.capabilities.registers.services import (
    NEXT_STATUSES,
    amend_enterprise,
    change_enterprise_status,
    register_enterprise,
)
from zhengtong.core.identity.public import mask_id, mask_name, mask_phone, parse_citizen_number, parse_credit_code
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import (
    PUBLIC,
    STAFF,
    Act,
    Column,
    Count,
    Fields,
    Filter,
    History,
    MapLayer,
    ModelScreens,
    Related,
    Sheet,
    Sum,
)

STATUS_TONES = {"active": "success", "suspended": "warning", "revoked": "danger", "cancelled": "neutral"}


def _status(enterprise: Enterprise) -> str:
    return STATUS_TONES[enterprise.status]


class StatusForm(forms.Form):
    """The statuses that may follow, and why."""

    status = forms.ChoiceField(label=_("新的登记状态"), choices=EnterpriseStatus.choices)
    reason = forms.CharField(label=_("原因和依据"), max_length=200, validators=[MaxLengthValidator(200)])


def read_enterprise(row: Mapping[str, str]) -> Mapping[str, Any]:
    """Read what a plain field can't: the code with its check digits."""
    return {"credit_code": parse_credit_code(row["credit_code"]).value}


def _number(**options: Any) -> forms.CharField:
    return forms.CharField(label=_("法定代表人（经营者）的公民身份号码"), max_length=40, **options)


class EnterpriseScreens(ModelScreens):
    model, module, code, title = Enterprise, "registers", "enterprises", _("经营主体")
    audience, permission, icon = STAFF, VIEW_ENTERPRISE, "building"
    columns = (
        "credit_code",
        "name",
        "kind",
        Column("representative_name", mask=mask_name, is_shown=False),
        Column("status", tone=_status),
        Column("region", related=("region",)),
        "established_date",
        Column("registered_capital", css="number", is_shown=False),
        Column("registrar", related=("registrar",), is_shown=False),
        Column("address", is_shown=False),
    )
    filters = ("status", "kind", Filter("region", kind="region"), "established_date")
    search = ("credit_code", "name")
    order, sorts, name = ("-id",), ("credit_code", "name"), "name"
    create = Act(
        register_enterprise, KEEP_ENTERPRISE, title=_("登记经营主体"), asks={"representative_number": _number()}
    )
    amend = Act(
        amend_enterprise,
        KEEP_ENTERPRISE,
        title=_("变更登记"),
        asks={
            "representative_number": _number(
                required=False, help_text=_("更换法定代表人（经营者）时填写，不更换就留空")
            )
        },
    )
    actions = (
        Act(
            change_enterprise_status,
            KEEP_ENTERPRISE,
            title=_("变更登记状态"),
            form=StatusForm,
            when=lambda enterprise: bool(NEXT_STATUSES[EnterpriseStatus(enterprise.status)]),
            is_dangerous=True,
        ),
    )
    detail = (
        Fields(
            _("登记事项"),
            names=(
                "credit_code",
                "name",
                "kind",
                "status",
                "representative_name",
                "registered_capital",
                "established_date",
                "address",
                "region",
                "business_scope",
                "registrar",
            ),
        ),
        History(_("变更记录")),
    )
    sheet = Sheet(
        key="credit_code",
        columns=(
            "credit_code",
            "name",
            "kind",
            "representative_name",
            "address",
            "region",
            "status",
            "registered_capital",
            "established_date",
            "business_scope",
            "registrar",
        ),
        permission=KEEP_ENTERPRISE,
        parse=read_enterprise,
        related={"region": "code", "registrar": "credit_code"},
    )
    map = MapLayer("location", colour="status", label="name")
    stats = (
        Count("status"),
        Count("kind"),
        Count("region"),
        Count("established_date", period="year"),
        Sum("kind", title=_("注册资本"), of="registered_capital", unit=_("万元")),
    )
    empty = _("您的管辖范围内还没有经营主体。可以逐户登记，或者用表格导入。")


class PublicEnterpriseScreens(ModelScreens):
    """What 企业信息公示暂行条例 (国令654) art. 6 lets everyone see."""

    model, module, code, title = Enterprise, "registers", "published-enterprises", _("企业信息公示")
    audience = PUBLIC
    columns = ("credit_code", "name", "kind", Column("status", tone=_status), "established_date")
    filters = ("status", "kind")
    search = ("credit_code", "name")
    name, exports = "name", False
    detail = (
        Fields(
            _("登记信息"),
            names=("credit_code", "name", "kind", "status", "established_date", "address", "business_scope"),
        ),
    )
    help = _("依据《企业信息公示暂行条例》第六条公示。按名称或统一社会信用代码从头起查找。")


def _household(_actor: Actor, resident: Resident) -> Any:
    return (
        Resident.objects.filter(household_id=resident.household_id).exclude(pk=resident.pk).order_by("relation", "pk")
    )


def _mask_address(address: str) -> str:
    """安澜市澄波区沙洲街道渔歌村98号 → 安澜市澄波区****: the city and the county stay."""
    return f"{address[:6]}****"


def _read_number(text: str) -> str:
    return parse_citizen_number(text).value


class ResidentScreens(ModelScreens):
    model, module, code, title = Resident, "registers", "residents", _("人口")
    audience, permission, icon = STAFF, VIEW_RESIDENT, "users"
    columns = (
        Column("name", mask=mask_name),
        Column("id_number", mask=mask_id),
        "sex",
        Column("birth_date", mask=lambda text: f"{text[:4]}-**-**"),
        Column("region", related=("region",)),
        Column("phone", mask=mask_phone, is_shown=False),
    )
    filters = (
        Filter("id_number", kind="digest", digest_field="id_digest", read=_read_number),
        "sex",
        Filter("region", kind="region"),
    )
    subject, reveal, name = "id_digest", REVEAL_RESIDENT, "name"
    detail = (
        Fields(
            _("基本信息"),
            names=(
                "name",
                "id_number",
                "sex",
                "birth_date",
                "phone",
                "region",
                Column("household__address", title=_("住址"), mask=_mask_address),
            ),
        ),
        Related(
            _("同户人员"),
            rows=_household,
            columns=(Column("name", mask=mask_name), "relation", "sex"),
        ),
        History(_("查询和变更记录")),
    )
    stats = (Count("sex"), Count("region"), Count("birth_date", period="year", title=_("出生年份")))
    help = _("姓名、号码和电话默认遮挡；查看完整内容要填写用途，并且会让本人在“谁看过我的信息”中看到。")
