"""What the papers module brings. The kinds of paper are declared by the modules that issue them."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Protected
from zhengtong.core.papers.journal import ACTION_WORDS
from zhengtong.core.papers.models import Paper, TemplateVersion
from zhengtong.core.papers.templates import COMPILE, PUBLISH
from zhengtong.kernel.modules import Module, Permission, Role

MODULE = Module(
    code="papers",
    title=_("文书"),
    declares=(
        ACTION_WORDS,
        Permission("papers.revoke_paper", _("撤销已制发的文书")),
        Permission(COMPILE, _("编制文书模板")),
        Permission(PUBLISH, _("审核发布文书模板")),
        Role("template_compiler", _("文书模板编制员"), (COMPILE,)),
        Role("template_publisher", _("文书模板审核员"), (COMPILE, PUBLISH)),
        Protected(model=Paper, organisation="issuer_id"),
        # A template is the whole platform's: whoever keeps it keeps it for every organ.
        Protected(model=TemplateVersion, is_unscoped=True),
    ),
)
