"""What licences bring."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.licences.journal import ACTION_WORDS
from zhengtong.capabilities.licences.models import Licence
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="licences",
    title=_("电子证照"),
    declares=(
        ACTION_WORDS,
        Permission("licences.view_licence", _("查看证照")),
        Protected(
            Licence,
            organisation="organisation_id",
            owner="account_id",
            entity="legal_entity_id",
            owner_actions=frozenset({"licences.view_licence"}),
        ),
    ),
)
