"""What of the registers is found by searching: enterprises, by what 企业信息公示暂行条例 (国令654) art. 6 publishes.

Residents aren't: personal data is looked up by its number, for a stated purpose.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.registers.models import Enterprise
from zhengtong.capabilities.registers.permissions import VIEW_ENTERPRISE
from zhengtong.core.search.public import Searchable, SearchAudience

ENTERPRISE_KIND = "registers.enterprise"


def _registered() -> QuerySet[Enterprise]:
    return Enterprise.objects.select_related("registrar")


SEARCHABLES = (
    Searchable(
        kind=ENTERPRISE_KIND,
        title=_("经营主体"),
        model=Enterprise,
        name=lambda each: each.name,
        text=lambda enterprise: "。".join(
            (
                enterprise.address,
                enterprise.business_scope,
                enterprise.registrar.name if enterprise.registrar_id else "",
            )
        ),
        reference="credit_code",
        slug="pk",
        newest="established_date",
        rows=_registered,
        audiences=frozenset({SearchAudience.STAFF}),
        permission=VIEW_ENTERPRISE,
        page="screens:registers.enterprises.detail",
        order=30,
    ),
)
