"""Two of the legal office publish the same draft at the same moment: one wins, the other gets a sentence."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.cast import make_cast
from zhengtong.capabilities.powers import public as powers
from zhengtong.capabilities.powers.models import PowerVersion
from zhengtong.capabilities.powers.tests.test_compile_and_publish_a_power import submitted
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused


@pytest.mark.django_db(transaction=True)
def test_one_wins() -> None:
    cast = make_cast()
    draft = submitted(cast)
    ready = Barrier(2)

    def publish() -> str:
        try:
            ready.wait()
            powers.publish_version(actor=cast.legal, version=PowerVersion.objects.get(pk=draft.pk))
        except Refused as refused:
            return str(refused.message)
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(future.result() for future in [pool.submit(publish), pool.submit(publish)])
    assert said[0] == "published"
    assert "没有重复办理" in said[1]
    assert AuditRecord.objects.filter(action="powers.publish_version").count() == 1
