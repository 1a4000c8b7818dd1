"""A published entry changes by its next version, is retired when nobody uses it, and can come back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from zhengtong.capabilities.catalogue import declarations
from zhengtong.capabilities.catalogue.declarations import ResourceUse, UsesOfResource
from zhengtong.capabilities.catalogue.events import (
    ResourceChanged,
    ResourcePublished,
    ResourceRestored,
    ResourceRetired,
)
from zhengtong.capabilities.catalogue.models import Resource, ResourceState, ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.selectors import read_text
from zhengtong.capabilities.catalogue.services.compiling import (
    amend_version,
    discard_version,
    find_gaps,
    start_change,
    submit_version,
)
from zhengtong.capabilities.catalogue.services.mounting import keep_mount
from zhengtong.capabilities.catalogue.services.retiring import restore_resource, retire_resource
from zhengtong.capabilities.catalogue.services.reviewing import pass_version, publish_version
from zhengtong.capabilities.catalogue.tests.office import FIELDS, TEXT, Office, fresh, fresh_entry
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Refused
from zhengtong.kernel import events
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import Denied


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what the catalogue tells those above."""
    told: list[Any] = []
    for kind in (ResourcePublished, ResourceChanged, ResourceRetired, ResourceRestored):
        monkeypatch.setitem(events._receivers, kind, [*events._receivers[kind], told.append])
    return told


@pytest.fixture
def used() -> Iterator[list[ResourceUse]]:
    """Declare a module that uses every entry as the returned list says."""
    uses: list[ResourceUse] = []
    registry.modules["uses-in-tests"] = Module(
        "uses-in-tests", "x", (UsesOfResource("uses-in-tests", lambda _resource: uses),)
    )
    yield uses
    del registry.modules["uses-in-tests"]


def change(office: Office, version: ResourceVersion, **changes: Any) -> ResourceVersion:
    resource = fresh_entry(version)
    draft = start_change(actor=office.compiler, resource=resource)
    text = replace(read_text(draft), **changes)
    return amend_version(actor=office.compiler, version=draft, text=text, revision=draft.revision, note="按新办法")


def carry(office: Office, draft: ResourceVersion) -> ResourceVersion:
    submit_version(actor=office.compiler, version=draft)
    draft = fresh(draft)
    pass_version(actor=office.reviewer, version=draft, revision=draft.revision)
    publish_version(actor=office.authority, version=draft, revision=draft.revision)
    return fresh(draft)


def test_a_change_is_the_next_version_with_its_verdict(office: Office, heard: list[Any]) -> None:
    first = office.published()
    draft = change(office, first, fields=FIELDS[:-1], abstract="另一种说法")
    resource = fresh_entry(first)
    assert (resource.state, resource.current_id, resource.abstract) == ("changing", first.pk, TEXT.abstract)
    second = carry(office, draft)
    resource = fresh_entry(first)
    assert (second.number, second.verdict, resource.state) == (2, "breaking", "published")
    assert (resource.current_id, resource.abstract) == (second.pk, "另一种说法")
    assert [(each["field"], each["change"]) for each in second.changes] == [("", "abstract"), ("founded", "removed")]
    assert fresh(first).status == VersionStatus.SUPERSEDED
    assert [type(each) for each in heard] == [ResourcePublished, ResourceChanged]
    assert (heard[1].verdict, heard[1].resource.pk, heard[1].version.pk) == ("breaking", resource.pk, second.pk)


def test_a_change_says_why_and_changes_something(office: Office) -> None:
    draft = start_change(actor=office.compiler, resource=fresh_entry(office.published()))
    assert any("没有不同" in gap for gap in find_gaps(draft))
    text = replace(TEXT, abstract="别的")
    amend_version(actor=office.compiler, version=draft, text=text, revision=draft.revision)
    assert any("变更说明" in gap for gap in find_gaps(fresh(draft)))


def test_one_change_at_a_time_and_one_that_is_given_up_leaves_all_as_it_was(office: Office) -> None:
    first = office.published()
    draft = change(office, first, abstract="别的")
    with pytest.raises(Refused, match="under-way"):
        start_change(actor=office.compiler, resource=fresh_entry(first))
    discard_version(actor=office.compiler, version=draft)
    assert fresh_entry(first).state == ResourceState.PUBLISHED
    assert start_change(actor=office.compiler, resource=fresh_entry(first)).number == 3


def test_an_unpublished_entry_has_no_change(office: Office) -> None:
    draft = office.draft()
    with pytest.raises(Refused, match="under-way"):
        start_change(actor=office.compiler, resource=draft.resource)
    discard_version(actor=office.compiler, version=draft)
    with pytest.raises(Refused, match="retired"):
        start_change(actor=office.compiler, resource=draft.resource)


def test_what_is_used_is_not_retired(office: Office, heard: list[Any], used: list[ResourceUse]) -> None:
    resource = fresh_entry(office.published())
    used.append(ResourceUse("市民政局", "HY-2026-0001"))
    assert declarations.list_uses(resource) == used
    with pytest.raises(Refused) as refused:
        retire_resource(actor=office.authority, resource=resource, reason="系统下线")
    assert "HY-2026-0001" in str(refused.value.message)
    used.clear()
    with pytest.raises(Refused, match="no-reason"):
        retire_resource(actor=office.authority, resource=resource, reason=" ")
    with pytest.raises(Denied):
        retire_resource(actor=office.compiler, resource=resource, reason="系统下线")
    retire_resource(actor=office.authority, resource=resource, reason="系统下线")
    assert Resource.objects.get(pk=resource.pk).state == ResourceState.RETIRED
    assert (type(heard[-1]), heard[-1].reason) == (ResourceRetired, "系统下线")
    with pytest.raises(Refused, match="retired"):
        start_change(actor=office.compiler, resource=resource)
    restore_resource(actor=office.authority, resource=resource, reason="恢复运行")
    assert Resource.objects.get(pk=resource.pk).state == ResourceState.PUBLISHED
    assert type(heard[-1]) is ResourceRestored


def test_nothing_is_retired_while_it_changes_or_before_it_was_published(office: Office) -> None:
    draft = office.draft(name="没有发布")
    with pytest.raises(Refused, match="unpublished"):
        retire_resource(actor=office.authority, resource=draft.resource, reason="不用")
    first = office.published()
    change(office, first, abstract="别的")
    with pytest.raises(Refused, match="under-way"):
        retire_resource(actor=office.authority, resource=fresh_entry(first), reason="不用")


def test_an_increment_wants_a_key(office: Office) -> None:
    draft = office.draft(fields=FIELDS[1:])
    source = Source.objects.create(code="s1", name="库", organisation=office.provider, kind="postgresql")
    assert find_gaps(draft) == []
    keep_mount(draft.resource, source, "ent_base", watermark="updated_at")
    assert any("没有主键" in gap for gap in find_gaps(draft))
    with pytest.raises(Refused, match="mounted"):
        keep_mount(draft.resource, source, "ent_base")
