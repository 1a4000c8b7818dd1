"""A compiler writes an entry, sends it to two reviews, and it is published; what lacks or is wrong is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import Error, connection, transaction

from zhengtong.capabilities.catalogue.domain import FieldText
from zhengtong.capabilities.catalogue.models import Field, Resource, ResourceState, ResourceVersion, VersionStatus
from zhengtong.capabilities.catalogue.selectors import find_mount, get_resource, list_entries, list_fields, read_text
from zhengtong.capabilities.catalogue.services.compiling import (
    amend_version,
    discard_version,
    find_gaps,
    start_entry,
    submit_version,
    withdraw_version,
)
from zhengtong.capabilities.catalogue.services.reviewing import pass_version, publish_version, return_version
from zhengtong.capabilities.catalogue.services.settling import MOST_FIELDS, WORK_KIND, due_after
from zhengtong.capabilities.catalogue.tests.office import FIELDS, TEXT, Office, fresh, fresh_entry
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Post, PostRole, Reach, Refused, get_account_actor
from zhengtong.core.messages.public import Message
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import Denied


def open_work(version: ResourceVersion) -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=WORK_KIND, object_id=version.pk, state=WorkState.OPEN))


def test_an_entry_goes_through_both_reviews_and_is_published(office: Office) -> None:
    draft = office.draft()
    assert draft.resource.code.startswith("102001/")
    assert fresh_entry(draft).state == ResourceState.COMPILING
    submit_version(actor=office.compiler, version=draft)
    (item,) = open_work(draft)
    assert (item.permission, item.organisation_id) == ("catalogue.review_entry", office.provider.pk)
    assert item.due_at is not None
    version = fresh(draft)
    pass_version(actor=office.reviewer, version=version, revision=version.revision, opinion="属实")
    (item,) = open_work(draft)
    assert item.permission == "catalogue.approve_entry"
    publish_version(actor=office.authority, version=version, revision=version.revision)
    assert open_work(draft) == []
    version, resource = fresh(draft), fresh_entry(draft)
    assert (version.status, resource.state, resource.current_id) == ("published", "published", version.pk)
    assert version.digest == read_text(version).digest()
    acts = AuditRecord.objects.filter(action__startswith="catalogue.").order_by("id").values_list("action", flat=True)
    assert [each.partition(".")[2] for each in acts if "limit" not in each and "classification" not in each] == [
        "start_entry",
        "submit_version",
        "pass_version",
        "publish_version",
    ]
    assert Message.objects.filter(recipient=office.accounts["compiler"]).count() == 2
    found = get_resource(resource.code)
    assert found is not None
    assert [each.code for each in list_fields(version)] == [each.code for each in FIELDS]
    assert find_mount(found) is None


def test_codes_of_a_class_are_numbered_one_after_the_other(office: Office) -> None:
    codes = [office.draft(name=f"第{n}个").resource.code for n in range(3)]
    assert codes == ["102001/000001", "102001/000002", "102001/000003"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fields": ()}, "一个信息项也没有"),
        ({"abstract": " "}, "没有填写摘要"),
        ({"share_type": "withheld"}, "国务院政策依据"),
        ({"share_type": "conditional"}, "共享条件"),
        ({"share_type": "withheld", "withheld_basis": "《统计法》第九条", "open_type": "open"}, "不能向社会开放"),
        ({"open_type": "conditional"}, "开放条件"),
        ({"open_type": "open", "fields": (replace(FIELDS[2], mask="none"),)}, "要选择脱敏方式"),
        ({"fields": (replace(FIELDS[0], is_nullable=True),)}, "不能允许为空"),
        ({"fields": (replace(FIELDS[0], is_proposed=True),)}, "请核对"),
    ],
)
def test_what_lacks_is_told_before_it_is_submitted(office: Office, changes: dict[str, Any], told: str) -> None:
    draft = office.draft(**changes)
    assert any(told in gap for gap in find_gaps(draft))
    with pytest.raises(Refused) as refused:
        submit_version(actor=office.compiler, version=draft)
    assert told in str(refused.value.message)
    assert fresh(draft).status == VersionStatus.DRAFT


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "长" * 201},
        {"name": "反\u202e转"},
        {"abstract": "空\x00字符"},
        {"classification": "999999"},
        {"share_type": "everybody"},
        {"update_cycle": ""},
        {"related": "404/000404"},
        {"fields": (FIELDS[0], replace(FIELDS[1], code="CREDIT_CODE"))},
        {"fields": (FieldText("1st", "甲", "a", "text"),)},
        {"fields": (FieldText("名称", "甲", "a", "text"),)},
        {"fields": (FieldText("a; DROP TABLE x", "甲", "a", "text"),)},
        {"fields": (FieldText("a", "", "a", "text"),)},
        {"fields": (FieldText("a", "甲", "a", "varchar"),)},
        {"fields": (FieldText("a", "甲", "a", "text", grade=9),)},
        {"fields": (FieldText("a", "甲", "a", "decimal", scale=2),)},
        {"fields": (FieldText("a", "甲", "长" * 129, "text"),)},
        {"fields": tuple(FieldText(f"f{n}", "甲", "a", "text") for n in range(MOST_FIELDS + 1))},
    ],
)
def test_what_no_catalogue_can_hold_is_refused_and_nothing_is_kept(office: Office, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        office.draft(**changes)
    assert not Resource.objects.exists()


def test_an_office_has_an_entry_of_a_name_once(office: Office) -> None:
    office.draft()
    with pytest.raises(Refused, match="taken"):
        office.draft()


def test_a_draft_is_kept_incomplete_and_anew(office: Office) -> None:
    draft = office.draft(fields=())
    amend_version(actor=office.compiler, version=draft, text=TEXT, revision=draft.revision)
    assert read_text(fresh(draft)) == TEXT
    assert fresh(draft).revision == draft.revision + 1


def test_a_page_that_is_stale_overwrites_nothing(office: Office) -> None:
    draft = office.draft()
    amend_version(actor=office.compiler, version=draft, text=replace(TEXT, abstract="新的"), revision=draft.revision)
    with pytest.raises(Refused, match="stale"):
        amend_version(actor=office.compiler, version=draft, text=TEXT, revision=draft.revision)
    assert fresh(draft).abstract == "新的"


def test_a_reviewer_who_read_an_older_text_has_to_look_again(office: Office) -> None:
    version = office.submitted()
    withdraw_version(actor=office.compiler, version=version)
    amend_version(
        actor=office.compiler, version=version, text=replace(TEXT, abstract="改过"), revision=version.revision
    )
    submit_version(actor=office.compiler, version=version)
    with pytest.raises(Refused, match="stale"):
        pass_version(actor=office.reviewer, version=version, revision=version.revision)


def test_what_is_returned_comes_back_with_the_opinion(office: Office) -> None:
    version = office.passed()
    with pytest.raises(Refused, match="no-opinion"):
        return_version(actor=office.authority, version=version, revision=version.revision, opinion="  ")
    return_version(actor=office.authority, version=version, revision=version.revision, opinion="摘要写明年份")
    returned = fresh(version)
    assert (returned.status, returned.opinion) == (VersionStatus.RETURNED, "摘要写明年份")
    (item,) = open_work(version)
    assert item.assignee_id == office.compiler.appointment
    assert (
        "摘要写明年份" in Message.objects.get(recipient=office.accounts["compiler"], template="catalogue.returned").body
    )
    submit_version(actor=office.compiler, version=returned)
    assert fresh(version).status == VersionStatus.DEPARTMENT_REVIEW
    assert fresh(version).reviewed_by_id is None


def test_nobody_reviews_her_own_and_nobody_reviews_twice(office: Office) -> None:
    for name in ("compiler", "reviewer"):
        post = Post.objects.get(title=f"cat-{name}")
        for role in ("catalogue_reviewer", "catalogue_authority"):
            PostRole.objects.get_or_create(post=post, role=role, defaults={"reach": Reach.OWN})
    compiler, reviewer = (get_account_actor(office.accounts[name]) for name in ("compiler", "reviewer"))
    version = office.submitted()
    with pytest.raises(Refused, match="own-draft"):
        pass_version(actor=compiler, version=version, revision=version.revision)
    pass_version(actor=reviewer, version=version, revision=version.revision)
    with pytest.raises(Refused, match="own-review"):
        publish_version(actor=reviewer, version=version, revision=version.revision)
    with pytest.raises(Refused, match="own-draft"):
        publish_version(actor=compiler, version=version, revision=version.revision)


def test_each_step_is_for_its_own_people(office: Office) -> None:
    draft = office.draft()
    for actor in (office.reviewer, office.authority, office.outsider):
        with pytest.raises(Denied):
            submit_version(actor=actor, version=draft)
        with pytest.raises(Denied):
            start_entry(actor=actor, provider=office.provider, text=replace(TEXT, name="另一个"))
    submit_version(actor=office.compiler, version=draft)
    for actor in (office.compiler, office.authority, office.outsider):
        with pytest.raises(Denied):
            pass_version(actor=actor, version=draft, revision=draft.revision)
    with pytest.raises(Refused, match="dealt-with"):
        publish_version(actor=office.authority, version=draft, revision=draft.revision)
    assert list(list_entries(office.outsider)) == []
    assert list(list_entries(office.authority)) == [draft.resource]


def test_a_draft_under_review_is_not_edited(office: Office) -> None:
    version = office.submitted()
    with pytest.raises(Refused, match="not-editable"):
        amend_version(actor=office.compiler, version=version, text=TEXT, revision=version.revision)


def test_a_draft_that_is_given_up_frees_its_name(office: Office) -> None:
    version = office.submitted()
    discard_version(actor=office.compiler, version=version)
    assert fresh_entry(version).state == ResourceState.RETIRED
    assert open_work(version) == []
    assert office.draft().resource.code == "102001/000002"


def test_deadlines_are_working_days_by_the_dated_rule(office: Office) -> None:
    # 2025-10-01 to 08 are holidays; three working days after Tuesday, 30 September end on Saturday 11th, made up.
    due = due_after("department", datetime(2025, 9, 30, 2, tzinfo=UTC), "")
    assert due == datetime(2025, 10, 11, 16, tzinfo=UTC)
    with as_of(datetime(2020, 1, 1, tzinfo=UTC)), pytest.raises(Refused, match="no-limit"):
        office.submitted()


def test_the_database_itself_keeps_a_published_version(office: Office) -> None:
    version = office.published()
    attempts = (
        "UPDATE catalogue_resourceversion SET name = 'x' WHERE id = %s",
        "UPDATE catalogue_resourceversion SET digest = '' WHERE id = %s",
        "UPDATE catalogue_resourceversion SET status = 'draft' WHERE id = %s",
        "DELETE FROM catalogue_resourceversion WHERE id = %s",
        "UPDATE catalogue_field SET length = 1 WHERE version_id = %s",
        "DELETE FROM catalogue_field WHERE version_id = %s",
    )
    for attempt in attempts:
        with pytest.raises(Error, match="stay"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt, [version.pk])
    with pytest.raises(Error, match="stay"), transaction.atomic():
        Field.objects.create(version=version, position=99, code="more", name="多", column="more", kind="text")
    draft = office.draft(name="另一个")
    with pytest.raises(Error, match="stay"), transaction.atomic():
        Field.objects.filter(version=draft).update(version=version)
