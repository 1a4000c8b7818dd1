"""An officer changes what a notice says, another publishes it; a paper keeps the version of its day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.core.papers import public as papers
from zhengtong.core.papers.models import Paper, TemplateStatus, TemplateVersion
from zhengtong.kernel.policy import Denied

KIND = "cases.acceptance"
WORDS = "请在期限内留意办理进度。"


def changed(text: str, words: str = WORDS) -> str:
    return text.replace("#closing()", f"{words}\n\n#closing()")


def submitted(cast: Cast, words: str = WORDS) -> TemplateVersion:
    draft = papers.start_template(actor=cast.compiler, kind=KIND)
    draft = papers.save_template(
        actor=cast.compiler, version_id=draft.pk, revision=draft.revision, source=changed(draft.source, words)
    )
    return papers.submit_template(
        actor=cast.compiler, version_id=draft.pk, revision=draft.revision, reason="按新办法修改"
    )


def published(cast: Cast, words: str = WORDS) -> TemplateVersion:
    draft = submitted(cast, words)
    return papers.publish_template(actor=cast.legal, version_id=draft.pk, revision=draft.revision)


def notice(cast: Cast) -> Paper:
    case = cast.accepted()
    return Paper.objects.get(kind=KIND, pk__in=case.documents.values("paper_id"))


def read(paper: Paper) -> str:
    import subprocess

    pdf = papers.open_pdf(paper)
    said = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return "".join(said.split())


def test_a_second_person_publishes_and_new_papers_are_set_with_it(cast: Cast) -> None:
    before = notice(cast)
    draft = submitted(cast)
    with pytest.raises(Denied):
        papers.publish_template(actor=cast.compiler, version_id=draft.pk, revision=draft.revision)
    live = papers.publish_template(actor=cast.legal, version_id=draft.pk, revision=draft.revision)
    after = notice(cast)
    assert WORDS in read(after)
    assert (after.template_version, after.template_words) == (live, "模板第 1 版")
    # Issued before, printed after: the version of its day.
    assert WORDS not in read(before)
    assert (before.template_version, before.template_words) == (None, "系统自带模板")
    acts = AuditRecord.objects.filter(action__startswith="papers.", object_kind="papers.templateversion")
    assert list(acts.order_by("pk").values_list("action", flat=True)) == [
        "papers.start_template", "papers.save_template", "papers.submit_template", "papers.publish_template",
    ]  # fmt: skip


def test_whoever_wrote_it_doesnt_publish_it_whatever_she_may(cast: Cast) -> None:
    draft = papers.start_template(actor=cast.legal, kind=KIND)
    draft = papers.save_template(
        actor=cast.legal, version_id=draft.pk, revision=draft.revision, source=changed(draft.source)
    )
    draft = papers.submit_template(actor=cast.compiler, version_id=draft.pk, revision=draft.revision, reason="修改")
    with pytest.raises(Refused, match="self"):
        papers.publish_template(actor=cast.legal, version_id=draft.pk, revision=draft.revision)


def test_people_without_the_role_edit_nothing(cast: Cast) -> None:
    for actor in (cast.reviewer, cast.head, cast.citizen):
        with pytest.raises(Denied):
            papers.start_template(actor=actor, kind=KIND)


def test_two_who_edit_at_once_dont_overwrite_each_other(cast: Cast) -> None:
    draft = papers.start_template(actor=cast.compiler, kind=KIND)
    assert papers.start_template(actor=cast.legal, kind=KIND) == draft
    papers.save_template(actor=cast.legal, version_id=draft.pk, revision=0, source=changed(draft.source))
    with pytest.raises(Refused, match="stale"):
        papers.save_template(actor=cast.compiler, version_id=draft.pk, revision=0, source="别的")


@pytest.mark.parametrize(
    ("source", "words"),
    [("#closng()", "closng"), ('#read("/etc/passwd")', "不能读取文件"), ("只有一句话。", "")],
)
def test_what_cant_be_set_is_kept_and_not_sent(cast: Cast, source: str, words: str) -> None:
    draft = papers.start_template(actor=cast.compiler, kind=KIND)
    draft = papers.save_template(actor=cast.compiler, version_id=draft.pk, revision=0, source=source)
    with pytest.raises(Refused) as refused:
        papers.submit_template(actor=cast.compiler, version_id=draft.pk, revision=draft.revision, reason="修改")
    assert words in str(refused.value.message)
    assert papers.get_open(KIND) == draft


def test_a_template_without_the_verification_code_isnt_published(cast: Cast) -> None:
    head = "#paper.title #paper.number #paper.issuer_name"
    bare = f'#import "/core/papers/templates_typst/paper.typ": *\n#show: base\n{head}'
    draft = papers.start_template(actor=cast.compiler, kind=KIND)
    papers.save_template(actor=cast.compiler, version_id=draft.pk, revision=0, source=bare)
    with pytest.raises(Refused) as refused:
        papers.submit_template(actor=cast.compiler, version_id=draft.pk, revision=1, reason="修改")
    said = str(refused.value.message)
    assert "核验码" in said
    assert "法定办结日期" in said


def test_back_to_the_supplied_one_takes_a_second_person_too(cast: Cast) -> None:
    first = published(cast)
    with pytest.raises(Refused, match="reason"):
        papers.restore_supplied(actor=cast.compiler, kind=KIND, reason=" ")
    back = papers.restore_supplied(actor=cast.compiler, kind=KIND, reason="新办法暂缓施行")
    assert notice(cast).template_version is None  # not set yet
    papers.publish_template(actor=cast.legal, version_id=back.pk, revision=back.revision)
    paper = notice(cast)
    assert WORDS not in read(paper)
    assert paper.template_words == "系统自带模板"
    assert paper.template_version is not None
    assert paper.template_version.number == 2
    with pytest.raises(Refused, match="supplied"):
        papers.restore_supplied(actor=cast.compiler, kind=KIND, reason="再来一次")
    assert [each.number for each in papers.list_versions(KIND)] == [2, 1]
    assert first.number == 1


def test_a_paper_that_the_new_template_cant_set_is_set_with_the_supplied_one(cast: Cast) -> None:
    """The sample has a promised limit, this item's notice hasn't: nobody waits for her notice because of that."""
    live = published(cast)
    TemplateVersion.objects.filter(pk=live.pk).update(source=live.source + "\n#content.nobody_fills_this_in\n")
    paper = notice(cast)
    assert show_in(paper)
    paper.refresh_from_db()
    assert "nobody_fills_this_in" in paper.template_fault
    assert paper.template_words == "系统自带模板"
    assert AuditRecord.objects.filter(action="papers.template_failed").count() == 1
    assert next(each for each in papers.list_kinds() if each.kind.code == KIND).faults == 1


def show_in(paper: Paper) -> bool:
    return paper.shown_code in read(paper)


def test_setting_a_paper_asks_once_which_template_holds(cast: Cast) -> None:
    plain = notice(cast)
    with CaptureQueriesContext(connection) as supplied:
        papers.ensure_rendered(plain)
    asked = [each["sql"] for each in supplied if "papers_templateversion" in each["sql"]]
    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 1


def test_returned_mended_and_given_up(cast: Cast) -> None:
    draft = submitted(cast)
    with pytest.raises(Refused, match="closed"):
        papers.save_template(actor=cast.compiler, version_id=draft.pk, revision=draft.revision, source="x")
    draft = papers.return_template(actor=cast.legal, version_id=draft.pk, revision=draft.revision, opinion="语句不通顺")
    assert (draft.status, draft.opinion) == (TemplateStatus.RETURNED, "语句不通顺")
    draft = papers.abandon_template(actor=cast.compiler, version_id=draft.pk, revision=draft.revision)
    assert papers.get_open(KIND) is None
    with pytest.raises(Refused, match="closed"):
        papers.publish_template(actor=cast.legal, version_id=draft.pk, revision=draft.revision)


def test_a_template_is_tried_on_papers_that_were_issued(cast: Cast) -> None:
    paper = notice(cast)
    kind = paper.declaration
    assert papers.list_trials(cast.legal, KIND) == [paper]
    assert papers.list_trials(cast.outsider, KIND) == []
    made = papers.preview_template(actor=cast.legal, kind=kind, source=papers.read_live(kind), paper=paper)
    assert made.pictures
    assert AuditRecord.objects.filter(action="papers.try_on_paper").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins(cast: Cast) -> None:
    draft = submitted(cast)

    def publish(_: Any) -> str:
        try:
            papers.publish_template(actor=cast.legal, version_id=draft.pk, revision=draft.revision)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(publish, range(2)))
    assert outcomes == ["closed", "published"]
    assert TemplateVersion.objects.filter(kind=KIND, number=1).count() == 1


def test_a_version_holds_from_the_moment_of_its_publication(cast: Cast) -> None:
    live = published(cast)
    assert live.published_at is not None
    from zhengtong.core.papers.rendering import find_in_force

    assert find_in_force(KIND, live.published_at - timedelta(seconds=1)) is None
    assert find_in_force(KIND, timezone.now()) == live
