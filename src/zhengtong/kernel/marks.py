"""Classification marks (密级标识): an ordered lattice; the flow of rows, files and documents obeys it.

公开 ‹ 内部 ‹ 工作秘密 are handled here; state secrets (保守国家秘密法 art. 14: 秘密 机密 绝密) exist as marks so that
they can be recognised and refused on a network that isn't cleared for them.
"""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Mark(IntegerChoices):
    PUBLIC = 0, _("公开")
    INTERNAL = 10, _("内部")
    WORK_SECRET = 20, _("工作秘密")
    SECRET = 30, _("秘密")
    CONFIDENTIAL = 40, _("机密")
    TOP_SECRET = 50, _("绝密")
