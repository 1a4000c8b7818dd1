"""The lists of power as a data set of the catalogue."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import Dataset, Item
from zhengtong.capabilities.powers.models import PowerEntry

DATASETS = (
    Dataset(
        code="powers.entry",
        model=PowerEntry,
        title=_("权力清单事项"),
        abstract=_("各部门权力清单中的事项、类别、行使机关、设定依据和状态。"),
        columns=(
            "code",
            Item("power_list__name", _("清单")),
            "name",
            "kind",
            "organ",
            "level",
            "state",
            "basis_words",
            "effective_from",
            "ended_on",
        ),
        provider="司法局",
        classification="201001",
        keys=("code",),
        share_condition=_("清单已经公布，注明来源即可使用。"),
    ),
)
