"""The registers as data sets of the catalogue. Residents' numbers are sealed and no part of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.registers.models import Enterprise, Resident

CONDITION = _("仅限依法履行职责使用，说明事项和依据。")

DATASETS = (
    Dataset(
        code="registers.enterprise",
        model=Enterprise,
        title=_("经营主体登记信息"),
        abstract=_("本市登记的企业、个体工商户和农民专业合作社的登记事项和登记状态（市场主体登记管理条例）。"),
        columns=(
            "credit_code",
            "name",
            "kind",
            Item("representative_name", personal="personal", grade=2, mask="name"),
            "address",
            Item("region__code", _("行政区划代码")),
            "status",
            "registered_capital",
            "established_date",
            "business_scope",
            Item("registrar__name", _("登记机关")),
        ),
        provider="市场监督管理局",
        classification="102001",
        keys=("credit_code",),
        share_condition=CONDITION,
    ),
    Dataset(
        code="registers.resident",
        model=Resident,
        title=_("人口基础信息（不含号码）"),
        abstract=_("本市登记人口的姓名、性别、出生日期和户籍所在地；公民身份号码和手机号加密保存，不在其中。"),
        columns=(
            Item("id", _("平台编号"), personal="personal", grade=2),
            Item("name", personal="personal", grade=2, mask="name"),
            Item("sex", personal="personal", grade=2),
            Item("birth_date", personal="personal", grade=2, mask="year"),
            Item("household__number", personal="personal", grade=2, mask="digest"),
            Item("household__address", personal="personal", grade=3, mask="address"),
            Item("relation", personal="personal", grade=2),
            Item("region__code", _("行政区划代码")),
        ),
        provider="公安局",
        classification="101001",
        keys=("id",),
        share_condition=CONDITION,
    ),
)
