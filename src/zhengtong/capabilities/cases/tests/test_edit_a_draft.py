"""A draft is kept as typed, and stays with its version until its owner moves on; an old one is never submitted."""

from copy import deepcopy
from typing import Any

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.kernel.policy import SYSTEM


def publish_without(cast: Cast, key: str) -> cases.ItemVersion:
    """Publish the next version of the item, in which the field ``key`` is no longer asked for."""
    raw: dict[str, Any] = deepcopy(dict(cases.get_definition(cases.get_live_version(cast.office.item).pk).text))
    for section in raw["form"]:
        section["fields"] = [field for field in section["fields"] if field["key"] != key]
    return cases.publish_item(actor=SYSTEM, raw=raw)


def test_what_is_wrong_is_kept_as_it_was_typed(cast: Cast) -> None:
    draft = cast.draft(premises_area="很大")
    assert fresh(draft).form["premises_area"] == "很大"
    before = draft.saved_at
    assert cases.save_draft(actor=cast.owner, case_id=draft.pk, answers={"premises_area": "40"}) > before
    assert fresh(draft).form["premises_area"] == "40"
    assert fresh(draft).form["operator_name"] == "澜水面馆"


def test_a_draft_of_an_old_version_stays_with_it_until_its_owner_moves_on(cast: Cast) -> None:
    draft = cast.draft()
    newest = publish_without(cast, "staff_count")
    cases.save_draft(actor=cast.owner, case_id=draft.pk, answers={"premises_area": "40"})
    assert fresh(draft).item_version_id == draft.item_version_id
    assert cases.adopt_live_version(actor=cast.owner, case_id=draft.pk)
    assert not cases.adopt_live_version(actor=cast.owner, case_id=draft.pk)
    cases.save_draft(actor=cast.owner, case_id=draft.pk, answers={"staff_count": "9"})
    moved = fresh(draft)
    assert moved.item_version_id == newest.pk
    assert (moved.form["operator_name"], moved.form["premises_area"]) == ("澜水面馆", "40")
    assert moved.form.get("staff_count") != "9"
    case = fresh(cases.submit_case(actor=cast.owner, case_id=draft.pk))
    assert "staff_count" not in case.form
    assert case.materials.count() == 3


def test_a_draft_nobody_saved_again_is_submitted_in_the_newest_version(cast: Cast) -> None:
    draft = cast.draft()
    newest = publish_without(cast, "staff_count")
    case = fresh(cases.submit_case(actor=cast.owner, case_id=draft.pk))
    assert case.item_version_id == newest.pk
    assert "staff_count" not in case.form


def test_what_was_submitted_stays_with_its_version(cast: Cast) -> None:
    case = cast.submitted()
    publish_without(cast, "staff_count")
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    after = fresh(case)
    assert (after.item_version_id, after.form["staff_count"]) == (case.item_version_id, case.form["staff_count"])


def test_a_file_taken_out_of_a_draft_is_gone(cast: Cast) -> None:
    draft = cast.draft()
    material = draft.materials.get(key="safety_rules")
    cases.remove_file(actor=cast.owner, case_id=draft.pk, material_id=material.pk)
    assert not draft.materials.filter(key="safety_rules").exists()
    with pytest.raises(cases.IncompleteApplication):
        cases.submit_case(actor=cast.owner, case_id=draft.pk)


def test_a_draft_is_thrown_away_once_and_a_case_never(cast: Cast) -> None:
    draft = cast.draft()
    for _again in range(2):
        cases.delete_draft(actor=cast.owner, public_id=draft.public_id)
    assert not cases.Case.objects.filter(pk=draft.pk).exists()
    case = cast.submitted()
    with pytest.raises(cases.Unacceptable, match="不能删除"):
        cases.delete_draft(actor=cast.owner, public_id=case.public_id)
    assert fresh(case).number == case.number
