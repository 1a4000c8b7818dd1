"""Sources for the conformance tests; nothing answers where they point to."""

from tests.conformance.samples import Sample
from zhengtong.capabilities.sources.models import Source, SourceState
from zhengtong.core.identity.public import Organisation


def make_source(organisation: Organisation, n: int) -> Source:
    return Source.objects.create(
        code=f"source-{organisation.pk}-{n}",
        name=f"企业登记库{n}",
        organisation=organisation,
        kind="mariadb",
        settings={"host": "192.0.2.1", "port": 3306, "database": "firms", "user": "reader"},
        secrets={"password": "correct-horse-9"},
    )


def suspend(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(state=SourceState.SUSPENDED)


SAMPLES = {
    "sources.sources": Sample(
        make=make_source,
        acts={"suspend-source": lambda row: {"reason": "系统下线"}, "resume-source": lambda row: {}},
        before={"resume-source": suspend},
    ),
}
