"""What social affairs bring: relief, insurance, registration of people and of their groups."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.bundles.public import BundleFile
from zhengtong.capabilities.cases.public import ItemFile, RuleFile
from zhengtong.capabilities.licences.public import get_described_status
from zhengtong.capabilities.powers.public import PowerFile
from zhengtong.capabilities.workflow.public import ProcessFile
from zhengtong.core.papers.public import DESCRIBED_MUST_SHOW, DESCRIBED_SAMPLE, PaperKind
from zhengtong.kernel.modules import Module

HERE = Path(__file__).parent
SEED = HERE / "seed"

MODULE = Module(
    code="affairs",
    title=_("社会事务"),
    declares=(
        RuleFile(SEED / "limits.toml"),
        PowerFile(SEED / "powers.toml"),
        *(ProcessFile(path) for path in sorted((SEED / "processes").glob("*.bpmn"))),
        *(ItemFile(path) for path in sorted((SEED / "items").glob("*.toml"))),
        *(BundleFile(path) for path in sorted((SEED / "bundles").glob("*.toml"))),
        PaperKind(
            code="affairs.certificate",
            title=_("社会事务证照"),
            template=HERE / "papers" / "certificate.typ",
            status=get_described_status,
            sample=DESCRIBED_SAMPLE,
            must_show=DESCRIBED_MUST_SHOW,
        ),
    ),
)
