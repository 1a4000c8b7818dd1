"""What the papers module brings. The kinds of paper are declared by the modules that issue them."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Protected
from zhengtong.core.papers.journal import ACTION_WORDS
from zhengtong.core.papers.models import Paper
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="papers",
    title=_("文书"),
    declares=(
        ACTION_WORDS,
        Permission("papers.revoke_paper", _("撤销已制发的文书")),
        Protected(model=Paper, organisation="issuer_id"),
    ),
)
