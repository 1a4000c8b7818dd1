"""Licences as a data set of the catalogue: what was issued to whom; the paper itself isn't part of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.licences.models import Licence

DATASETS = (
    Dataset(
        code="licences.licence",
        model=Licence,
        title=_("电子证照颁发信息"),
        abstract=_("本平台颁发的电子证照的类型、编号、持证主体和有效期；证照文件不在其中。"),
        columns=(
            "kind",
            "number",
            Item("holder_name", personal="personal", grade=2, mask="name"),
            Item("organisation__name", _("发证机关")),
            "issued_date",
            "valid_until",
        ),
        provider="行政审批局",
        classification="105002",
        keys=("number",),
        share_condition=_("仅限依法履行职责使用，说明事项和依据。"),
    ),
)
