"""A clerk compiles a power, the legal office returns and publishes it, and it is adjusted: dated, with a basis."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.powers import public as powers
from zhengtong.capabilities.powers.models import PowerEntry, PowerList, PowerState, PowerVersion, VersionStatus
from zhengtong.capabilities.powers.public import Basis
from zhengtong.capabilities.powers.services.loading import turn_day
from zhengtong.core.identity.public import Account, Refused, get_account_actor
from zhengtong.core.messages.models import Message
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import Actor, Denied

BASIS = Basis("中华人民共和国食品安全法", "第三十五条", "国家对食品生产经营实行许可制度。")
FOOD, REVIEW = "MR-XK-01", "powers.review"


def said(**changes: Any) -> dict[str, Any]:
    return {
        "name": "小餐饮登记",
        "kind": "confirmation",
        "organ": "市场监督管理局",
        "level": "county",
        "basis": [BASIS],
        "reason": "《食品安全法》第三十六条",
        "procedure": ["受理", "审查", "决定"],
        "responsibilities": ["一次性告知。"],
        **changes,
    }


def compiled(cast: Cast, **changes: Any) -> PowerVersion:
    return powers.compile_power(
        actor=cast.compiler, code="MR-QR-77", power_list=PowerList.objects.get(code="responsibility"), **said(**changes)
    )


def submitted(cast: Cast, **changes: Any) -> PowerVersion:
    return powers.submit_version(actor=cast.compiler, version=compiled(cast, **changes))


def published(cast: Cast, day: date | None = None) -> PowerEntry:
    version = powers.publish_version(actor=cast.legal, version=submitted(cast), effective_from=day)
    return PowerEntry.objects.get(pk=version.entry_id)


def today() -> date:
    return timezone.localdate()


def test_a_power_is_compiled_reviewed_and_live(cast: Cast) -> None:
    draft = compiled(cast)
    assert powers.find_live("MR-QR-77", today()) is None
    powers.submit_version(actor=cast.compiler, version=draft)
    item = WorkItem.objects.get(kind=REVIEW, object_id=draft.pk)
    assert (item.state, item.organisation.name) == (WorkState.OPEN, "澄波区市场监督管理局")
    version = powers.publish_version(actor=cast.legal, version=draft, opinion="同意")
    item.refresh_from_db()
    assert item.state == WorkState.DONE
    assert (version.status, version.effective_from) == (VersionStatus.PUBLISHED, today())
    found = powers.find_live("MR-QR-77", today())
    assert found is not None
    assert (found.state, found.basis_words) == (PowerState.LIVE, str(BASIS))


def test_a_returned_draft_tells_its_compiler_why_and_is_written_anew(cast: Cast) -> None:
    draft = submitted(cast)
    powers.return_version(actor=cast.legal, version=draft, opinion="条文不完整")
    message = Message.objects.filter(recipient=cast.accounts["compiler"]).latest("id")
    assert "条文不完整" in message.body
    powers.amend_version(actor=cast.compiler, version=draft, **said(name="小餐饮经营登记"))
    again = powers.submit_version(actor=cast.compiler, version=draft)
    assert (again.status, again.text.name) == (VersionStatus.IN_REVIEW, "小餐饮经营登记")


def test_what_is_under_review_is_not_changed_by_its_compiler(cast: Cast) -> None:
    draft = submitted(cast)
    with pytest.raises(Refused) as refused:
        powers.amend_version(actor=cast.compiler, version=draft, **said())
    assert "不能再修改" in str(refused.value.message)


@pytest.mark.parametrize(
    ("missing", "word"), [("basis", "设定依据"), ("procedure", "行使流程"), ("reason", "调整依据")]
)
def test_an_incomplete_draft_is_not_sent(cast: Cast, missing: str, word: str) -> None:
    draft = compiled(cast, **{missing: "" if missing == "reason" else []})
    with pytest.raises(Refused) as refused:
        powers.submit_version(actor=cast.compiler, version=draft)
    assert word in str(refused.value.message)


def test_nobody_reviews_her_own_draft(cast: Cast) -> None:
    draft = submitted(cast)
    post = cast.appointment(cast.compiler).post
    post.roles.create(role="legal_reviewer", reach="own")
    both = get_account_actor(Account.objects.get(username="compiler"))
    for act in (powers.publish_version, powers.return_version):
        with pytest.raises(Refused) as refused:
            act(actor=both, version=draft, opinion="同意")
        assert "编制人不能审核" in str(refused.value.message)


@pytest.mark.parametrize("who", ["compiler", "reviewer", "outsider", "citizen"])
def test_only_the_legal_office_publishes(cast: Cast, who: str) -> None:
    draft = submitted(cast)
    with pytest.raises(Denied):
        powers.publish_version(actor=getattr(cast, who), version=draft)


def test_only_compilers_compile(cast: Cast) -> None:
    actors: list[Actor] = [cast.legal, cast.counter, cast.citizen]
    for actor in actors:
        with pytest.raises(Denied):
            powers.compile_power(actor=actor, code="X-1", power_list=PowerList.objects.get(code="fee"), **said())


def test_another_offices_entry_is_that_offices(cast: Cast) -> None:
    entry = published(cast)
    PowerEntry.objects.filter(pk=entry.pk).update(organisation=cast.offices["shop-sign"].organisation)
    with pytest.raises(Refused) as refused:
        powers.cancel_power(actor=cast.compiler, entry=entry, reason="取消")
    assert "澄波区城市管理局" in str(refused.value.message)


def test_published_twice_one_wins_and_the_other_is_told(cast: Cast) -> None:
    draft = submitted(cast)
    powers.publish_version(actor=cast.legal, version=draft)
    with pytest.raises(Refused) as refused:
        powers.publish_version(actor=cast.legal, version=draft)
    assert "韩正平" in str(refused.value.message)


def test_what_takes_effect_tomorrow_is_not_live_today(cast: Cast) -> None:
    entry = published(cast, today() + timedelta(days=1))
    assert entry.state == PowerState.COMING
    assert powers.find_live(entry.code, today()) is None
    assert powers.find_live(entry.code, today() + timedelta(days=1)) == entry
    assert turn_day(today() + timedelta(days=1)) == 1
    entry.refresh_from_db()
    assert entry.state == PowerState.LIVE
    assert turn_day(today() + timedelta(days=1)) == 0


def test_a_day_in_the_past_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        powers.publish_version(actor=cast.legal, version=submitted(cast), effective_from=today() - timedelta(days=1))
    assert refused.value.field == "effective_from"


def test_a_change_ends_the_version_before_on_the_day_before(cast: Cast) -> None:
    entry = published(cast)
    draft = powers.change_power(actor=cast.compiler, entry=entry, **said(name="小餐饮备案"))
    powers.submit_version(actor=cast.compiler, version=draft)
    day = today() + timedelta(days=10)
    powers.publish_version(actor=cast.legal, version=draft, effective_from=day)
    first, second = entry.versions.order_by("number")
    assert (first.effective_to, second.effective_from, second.adjustment) == (day - timedelta(days=1), day, "change")
    entry.refresh_from_db()
    assert entry.name == "小餐饮登记"
    turn_day(day)
    entry.refresh_from_db()
    assert entry.name == "小餐饮备案"


def test_one_change_at_a_time(cast: Cast) -> None:
    entry = published(cast)
    powers.change_power(actor=cast.compiler, entry=entry, **said())
    acts: list[Callable[[], object]] = [
        lambda: powers.change_power(actor=cast.compiler, entry=entry, **said()),
        lambda: powers.cancel_power(actor=cast.compiler, entry=entry, reason="取消"),
    ]
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert "第2版" in str(refused.value.message)


def test_a_cancelled_power_is_withdrawn_from_its_day_with_its_basis(cast: Cast) -> None:
    entry = published(cast)
    day = today() + timedelta(days=3)
    proposal = powers.cancel_power(actor=cast.compiler, entry=entry, reason="国发〔2030〕1号", effective_from=day)
    assert powers.find_live(entry.code, day) == entry
    powers.publish_version(actor=cast.legal, version=proposal)
    assert powers.find_live(entry.code, day - timedelta(days=1)) == entry
    assert powers.find_live(entry.code, day) is None
    gone = powers.find_withdrawal(entry.code, day)
    assert gone is not None
    assert (gone.day, gone.basis) == (day, "国发〔2030〕1号")
    turn_day(day)
    entry.refresh_from_db()
    assert (entry.state, entry.ended_on) == (PowerState.WITHDRAWN, day)


def test_a_power_moves_to_another_organ_and_stays_live(cast: Cast) -> None:
    entry = published(cast)
    with pytest.raises(Refused):
        powers.move_power(actor=cast.compiler, entry=entry, organ=entry.organ, level="county", reason="下放")
    day = today() + timedelta(days=1)
    proposal = powers.move_power(
        actor=cast.compiler, entry=entry, organ="街道办事处", level="town", reason="乡镇赋权目录", effective_from=day
    )
    powers.publish_version(actor=cast.legal, version=proposal)
    turn_day(day)
    entry.refresh_from_db()
    assert (entry.organ, entry.level, entry.state) == ("街道办事处", "town", PowerState.LIVE)
    assert powers.find_live(entry.code, day) == entry


def test_several_powers_become_part_of_one(cast: Cast) -> None:
    entry = published(cast)
    into = PowerEntry.objects.get(code=FOOD)
    day = today() + timedelta(days=1)
    proposal = powers.merge_power(actor=cast.compiler, entry=entry, into=into, reason="清单整合", effective_from=day)
    powers.publish_version(actor=cast.legal, version=proposal)
    assert powers.find_live(entry.code, day) == into
    assert entry in powers.list_merged(into, day)
    with pytest.raises(Refused):
        powers.merge_power(actor=cast.compiler, entry=into, into=into, reason="清单整合")


def test_an_entry_is_not_merged_into_what_is_withdrawn(cast: Cast) -> None:
    entry = published(cast)
    gone = PowerEntry.objects.get(code="MR-XK-09")
    with pytest.raises(Refused) as refused:
        powers.merge_power(actor=cast.compiler, entry=entry, into=gone, reason="清单整合")
    assert refused.value.field == "into"


def test_a_draft_is_given_up_and_the_legal_office_has_it_no_more(cast: Cast) -> None:
    draft = submitted(cast)
    powers.abandon_version(actor=cast.compiler, version=draft)
    assert WorkItem.objects.get(kind=REVIEW, object_id=draft.pk).state == WorkState.CANCELLED
    with pytest.raises(Refused):
        powers.publish_version(actor=cast.legal, version=draft)


def test_a_basis_with_its_marks_in_the_wrong_place_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        compiled(cast, basis=[Basis("食品安全法》（修订", "第一条", "条文")])
    assert refused.value.field == "basis"
