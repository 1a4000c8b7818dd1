"""A registrar brings a file: it is checked, she sees what would change, confirms, and it is there, whole."""

from decimal import Decimal
from typing import Any

import pytest

from zhengtong.core.audit.models import AuditRecord
from zhengtong.kernel.policy import Actor, Denied
from zhengtong.screens.sheets.models import SheetRun, State, Verdict
from zhengtong.screens.sheets.problems import Problem
from zhengtong.screens.sheets.services import apply_run, cancel_run, check_again, check_sheet, work_apply
from zhengtong.screens.sheets.target import Target
from zhengtong.screens.sheets.tests.files import (
    Enterprise,
    code,
    csv_file,
    enterprises,
    make_registrar,
    row,
    upload,
    workbook,
    xlsx_file,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return make_registrar()[0]


def check(actor: Actor, rows: list[list[Any]], **options: Any) -> SheetRun:
    return check_sheet(enterprises(), actor, upload(csv_file(rows, **options)))


def brought(actor: Actor, rows: list[list[Any]]) -> SheetRun:
    return apply_run(check(actor, rows), actor)


def counts(run: SheetRun) -> tuple[int, int, int, int]:
    return run.new_count, run.changed_count, run.same_count, run.refused_count


def problems(run: SheetRun) -> dict[int, list[tuple[str, str]]]:
    found = run.rows.filter(verdict=Verdict.REFUSED).order_by("line")
    return {each.line: [(p["code"], p["column"]) for p in each.content["problems"]] for each in found}


def test_nothing_is_written_before_it_is_confirmed(actor: Actor) -> None:
    run = check(actor, [row(1), row(2)])
    assert (run.state, counts(run), Enterprise.objects.count()) == (State.CHECKED, (2, 0, 0, 0), 0)
    run = apply_run(run, actor)
    assert (run.state, Enterprise.objects.count()) == (State.APPLIED, 2)
    made = Enterprise.objects.get(credit_code=code(1))
    assert (made.name, made.registered_capital, made.status) == ("澜水1号商店", Decimal("100.50"), "active")
    assert (made.established_date.isoformat(), made.registrar_id) == ("2020-01-05", actor.organisation)


def test_the_difference_names_old_and_new(actor: Actor) -> None:
    brought(actor, [row(1), row(2), row(3)])
    run = check(actor, [row(1), row(2, c1="新店名", c7=""), row(3), row(4)])
    assert counts(run) == (1, 1, 2, 0)
    changed = run.rows.get(verdict=Verdict.CHANGED)
    assert (changed.line, changed.key) == (3, code(2))
    assert changed.content == {"changes": {"name": ["澜水2号商店", "新店名"], "registered_capital": ["100.50", ""]}}
    apply_run(run, actor)
    assert Enterprise.objects.get(credit_code=code(2)).registered_capital is None
    made = run.rows.get(verdict=Verdict.NEW)
    assert (made.line, made.key) == (5, code(4))


def test_one_journal_record_names_the_file_and_a_digest_of_every_change(actor: Actor) -> None:
    run = brought(actor, [row(1), row(2)])
    record = AuditRecord.objects.get(action="sheets.apply_sheet")
    assert record.after == {
        "screens": "registers.enterprises",
        "sha256": run.file.sha256,
        "sm3": run.file_digest,
        "new": 2,
        "changed": 0,
        "same": 0,
        "refused": 0,
        "changes_sm3": run.digest,
    }
    assert len(run.digest) == len(run.file_digest) == 64


def test_what_is_wrong_is_named_by_line_and_column_and_the_rest_goes_in(actor: Actor) -> None:
    bad = [
        row(1, c0="91350100M000100Y44"),
        row(2, c0="3.30102E+17"),
        row(3, c8="2026-02-30"),
        row(4, c6="开着"),
        row(5, c5="999999"),
        row(6, c1=""),
        row(7, c1="长" * 121),
        row(8, c7="一百"),
        row(9, c8="5/1/26", c7="1.234"),
        row(10, c1="=SUM(A1)"),
        row(11, c3="王*"),
    ]
    run = check(actor, [row(50), *bad, row(51)])
    assert counts(run) == (2, 0, 0, len(bad))
    assert problems(run) == {
        3: [("invalid", "credit_code")],
        4: [("scientific", "credit_code")],
        5: [("impossible_date", "established_date")],
        6: [("unknown_word", "status")],
        7: [("unknown_code", "region")],
        8: [("required", "name")],
        9: [("too_long", "name")],
        10: [("not_a_number", "registered_capital")],
        11: [("too_precise", "registered_capital"), ("not_a_date", "established_date")],
        12: [("formula", "name")],
        13: [("masked", "representative_name")],
    }
    for each in run.rows.filter(verdict=Verdict.REFUSED):
        assert all(Problem.of(problem).sentence for problem in each.content["problems"])
    apply_run(run, actor)
    assert Enterprise.objects.count() == 2


def test_doubled_keys_refuse_all_their_lines(actor: Actor) -> None:
    run = check(actor, [row(1), row(2), row(1, c1="另一家"), row(1)])
    assert counts(run) == (1, 0, 0, 3)
    assert set(problems(run)) == {2, 4, 5}
    refused = run.rows.filter(verdict=Verdict.REFUSED).first()
    assert refused is not None
    assert "第2、4、5行" in Problem.of(refused.content["problems"][0]).sentence


def test_texts_are_put_into_their_usual_form_and_the_original_is_told(actor: Actor) -> None:
    wide = code(1).translate({n: n + 0xFEE0 for n in range(33, 127)})
    run = check(actor, [row(1, c0=wide, c8="２０２０年１月５日", c1="（安澜）Ａ店")])
    assert (counts(run), run.noted_count) == ((1, 0, 0, 0), 2)
    assert [2, "credit_code", wide, code(1)] in run.notes["cells"]
    apply_run(run, actor)
    # A name's own signs stay.
    assert Enterprise.objects.get(credit_code=code(1)).name == "（安澜）Ａ店"


def test_rows_of_another_county_are_refused(actor: Actor) -> None:
    stranger, office = make_registrar("990122", "禾溪县")
    theirs = row(1, c5="990122", c10=office.credit_code)
    assert problems(check(actor, [theirs, row(2)])) == {2: [("out_of_reach", "")]}
    brought(stranger, [theirs])
    # Nor can a row be drawn over into one's own county.
    assert problems(check(actor, [row(1)])) == {2: [("out_of_reach", "")]}


def test_who_may_not_import_is_refused(actor: Actor) -> None:
    nobody = Actor(kind=actor.kind, name="路人", grants=())
    with pytest.raises(Denied):
        check(nobody, [row(1)])
    assert not SheetRun.objects.exists()


def test_an_unreadable_file_gives_a_refused_run_with_a_sentence(actor: Actor) -> None:
    run = check_sheet(enterprises(), actor, upload(csv_file([row(1)], ["甲"] * 11)))
    assert (run.state, run.code) == (State.REFUSED, "no_head")
    assert "统一社会信用代码" in run.reason


def test_a_workbook_with_numbers_dates_and_merged_rows(actor: Actor) -> None:
    def write(_book: Any, sheet: Any) -> None:
        from zhengtong.screens.sheets.tests.files import HEADS

        for number, cells in enumerate([HEADS, row(1), row(2), row(3), row(4)]):
            for place, cell in enumerate(cells):
                sheet.write(number, place, cell)
        sheet.write_number(1, 7, 88.5)
        sheet.write_number(1, 8, 43835)
        sheet.merge_range(2, 4, 3, 4, "同一地址")

    run = check_sheet(enterprises(), actor, upload(workbook(write), "名单.xlsx"))
    assert counts(run) == (2, 0, 0, 2)
    assert problems(run) == {3: [("merged_cell", "")], 4: [("merged_cell", "")]}
    apply_run(run, actor)
    made = Enterprise.objects.get(credit_code=code(1))
    assert (made.registered_capital, made.established_date.isoformat()) == (Decimal("88.50"), "2020-01-05")


def test_a_masked_name_from_our_own_export_changes_nothing(actor: Actor) -> None:
    brought(actor, [row(1)])
    run = check(actor, [row(1, c3="王**")])
    assert counts(run) == (0, 0, 1, 0)


def test_others_write_between_check_and_confirmation(actor: Actor) -> None:
    brought(actor, [row(1), row(2), row(3)])
    run = check(actor, [row(1, c1="甲"), row(2, c1="乙"), row(3, c1="丙"), row(4)])
    Enterprise.objects.filter(credit_code=code(2)).update(address="别人刚改的地址")
    Enterprise.objects.filter(credit_code=code(3)).delete()
    Enterprise.objects.create(
        credit_code=code(4),
        name="别人刚登记的",
        kind="limited",
        region_id=Enterprise.objects.get(credit_code=code(1)).region_id,
        established_date="2020-01-01",
        registrar_id=actor.organisation,
    )
    run = apply_run(run, actor)
    assert (run.state, run.code) == (State.STALE, "stale")
    assert "3 行" in run.reason
    stale = run.rows.filter(verdict=Verdict.STALE).order_by("line").values_list("line", "key")
    assert list(stale) == [(3, code(2)), (4, code(3)), (5, code(4))]
    assert Enterprise.objects.get(credit_code=code(1)).name == "澜水1号商店"
    check_again(actor=actor, run=run)
    from zhengtong.screens.sheets.services import work_check

    work_check(run.pk, actor)
    run.refresh_from_db()
    assert (run.state, counts(run)) == (State.CHECKED, (1, 3, 0, 0))
    assert apply_run(run, actor).state == State.APPLIED


def test_confirming_twice_applies_once(actor: Actor) -> None:
    run = brought(actor, [row(1)])
    again = apply_run(run, actor)
    work_apply(run.pk, actor)
    assert again.state == State.APPLIED
    assert Enterprise.objects.count() == 1
    assert AuditRecord.objects.filter(action="sheets.apply_sheet").count() == 1


def test_a_cancelled_run_writes_nothing(actor: Actor) -> None:
    run = check(actor, [row(1)])
    cancel_run(actor=actor, run=run)
    assert apply_run(run, actor).state == State.CANCELLED
    assert not Enterprise.objects.exists()


def test_somebody_elses_run_is_not_there(actor: Actor) -> None:
    run = check(actor, [row(1)])
    other = Actor(kind=actor.kind, name="另一位", account_id=4711, grants=actor.grants)
    with pytest.raises(Denied) as raised:
        apply_run(run, other)
    assert not raised.value.visible


def test_lost_rights_stop_it(actor: Actor) -> None:
    run = check(actor, [row(1)])
    narrower = Actor(kind=actor.kind, name=actor.name, grants=(*actor.grants, *actor.grants))
    run = apply_run(run, narrower)
    assert (run.state, run.code) == (State.STALE, "denied")
    assert not Enterprise.objects.exists()


def test_a_stage_that_is_gone_asks_for_a_new_check(actor: Actor) -> None:
    from zhengtong.screens.sheets.target import drop_stage

    run = check(actor, [row(1)])
    drop_stage(run.stage)
    run = apply_run(run, actor)
    assert (run.state, run.code) == (State.STALE, "stage_lost")


def test_a_failure_in_the_middle_leaves_nothing(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    run = check(actor, [row(number) for number in range(1, 6)])
    monkeypatch.setattr("zhengtong.screens.sheets.services.BATCH", 2)
    merge = Target.merge
    calls = []

    def failing(self: Target, first: int, end: int) -> tuple[int, int]:
        calls.append(first)
        if len(calls) == 2:
            raise RuntimeError("the power goes")
        return merge(self, first, end)

    monkeypatch.setattr(Target, "merge", failing)
    run = apply_run(run, actor)
    assert (run.state, run.code, Enterprise.objects.count()) == (State.FAILED, "failed", 0)


def test_the_template_is_read_again_and_empty(actor: Actor) -> None:
    from zhengtong.screens.sheets.shape import Shape
    from zhengtong.screens.sheets.template import stream_template

    data = b"".join(stream_template(Shape(enterprises())))
    run = check_sheet(enterprises(), actor, upload(data, "模板.xlsx"))
    assert (run.state, run.code) == (State.REFUSED, "no_rows")


def test_refused_rows_come_back_as_typed_with_their_problem_and_can_be_corrected(actor: Actor) -> None:
    import io

    from zhengtong.screens.sheets.reading import open_table
    from zhengtong.screens.sheets.shape import Shape
    from zhengtong.screens.sheets.template import stream_refused

    run = check_sheet(enterprises(), actor, upload(xlsx_file([row(1), row(2, c8="2026-02-30"), row(3)]), "名单.xlsx"))
    data = b"".join(stream_refused(run, Shape(enterprises())))
    with open_table(io.BytesIO(data), len(data)) as table:
        head, line = (list(each.texts) for each in table.lines())
    assert head[-1] == "问题"
    assert line[:-1] == row(2, c8="2026-02-30")
    assert line[-1] == "成立日期：没有这一天。请检查年月日。"
    assert counts(check_sheet(enterprises(), actor, upload(data, "退回.xlsx"))) == (0, 0, 0, 1)
