"""Contents with which templates are looked at, where several kinds of paper share one shape."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Text

# described.typ
DESCRIBED_SAMPLE: Final[Mapping[str, Any]] = {
    "holder_title": "持证人",
    "holder": "望江区老陈面馆",
    "holder_code": "92990102MA7K3T5N8X",
    "rows": [["法定代表人（负责人）", "陈建国"], ["地址", "滨江路66号1-3号商铺"], ["许可范围", "按申请核定的范围"]],
    "valid_until": "2031-11-30",
    "note": "本证照为电子证照，与纸质证照具有同等法律效力。",
}
DESCRIBED_MUST_SHOW: Final[tuple[tuple[str, Text], ...]] = (
    ("holder", _("持证人")),
    ("rows", _("登记的内容")),
    ("valid_until", _("有效期")),
)
