"""Two reviewers at one draft, two compilers at one name: one wins, the other is told."""

import pytest

from tests.together import at_once
from zhengtong.capabilities.catalogue.models import Resource, ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.services.reviewing import pass_version, publish_version, return_version
from zhengtong.capabilities.catalogue.tests.office import fresh, make_office
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Reach, Refused, get_account_actor

from .office import person

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_passes_and_the_other_returns_and_only_one_of_it_happens() -> None:
    office = make_office()
    second = get_account_actor(person("cat-reviewer-2", office.provider, {"catalogue_reviewer": Reach.OWN}))
    version = office.submitted()
    said = at_once(
        lambda: pass_version(actor=office.reviewer, version=version, revision=version.revision),
        lambda: return_version(actor=second, version=version, revision=version.revision, opinion="再改"),
    )
    refused = [each for each in said if isinstance(each, Exception)]
    assert len(refused) == 1
    # Whoever comes second finds it at the authority, whose permission she hasn't, or dealt with.
    assert isinstance(refused[0], Refused) or type(refused[0]).__name__ == "Denied"
    assert AuditRecord.objects.filter(action__in=("catalogue.pass_version", "catalogue.return_version")).count() == 1
    assert fresh(version).status in (VersionStatus.AUTHORITY_REVIEW, VersionStatus.RETURNED)


def test_published_twice_it_is_published_once() -> None:
    office = make_office()
    version = office.passed()

    def publish() -> ResourceVersion:
        return publish_version(actor=office.authority, version=version, revision=version.revision)

    said = at_once(publish, publish)
    (refused,) = [each for each in said if isinstance(each, Exception)]
    assert isinstance(refused, Refused)
    assert refused.code == "dealt-with"
    assert AuditRecord.objects.filter(action="catalogue.publish_version").count() == 1


def test_entries_of_one_class_at_once_get_different_codes() -> None:
    office = make_office()
    made = at_once(*(lambda n=n: office.draft(name=f"第{n}个") for n in range(4)))
    assert not [each for each in made if isinstance(each, Exception)]
    assert sorted(Resource.objects.values_list("code", flat=True)) == [f"102001/{n:06d}" for n in range(1, 5)]
