"""The journal has one record for each write, and none for a look."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conformance.rooms import SCREENS, Journal, Room, body_of, choose, complaints, of_audience, over, send
from zhengtong.screens.declaration import CITIZEN, STAFF, Act
from zhengtong.screens.sheets.models import SheetRun, State
from zhengtong.screens.sheets.shape import Shape


def sheet_of(room: Room, row: Any) -> bytes:
    """Return a row as somebody would type it into the sheet."""
    columns = Shape(room.screens).columns
    row.refresh_from_db()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    writer.writerow([column.say(getattr(row, column.name)) for column in columns])
    return text.getvalue().encode()


def list_acts(room: Room) -> Iterator[tuple[str, Act, Callable[[Any], Any]]]:
    """Yield verb, act and what is typed. Each act of a declaration has to be tried."""
    screens, sample = room.screens, room.sample
    if screens.create:
        assert sample.create, f"the sample of {screens.key} types nothing into its form: create(organisation)"
        yield "new", screens.create, sample.create
    if screens.amend:
        assert sample.amend, f"the sample of {screens.key} amends nothing: amend(row)"
        yield "amend", screens.amend, sample.amend
    for act in screens.actions:
        assert act.code in sample.acts, f"the sample of {screens.key} doesn't try {act.code}: acts[{act.code!r}](row)"
        yield "act", act, sample.acts[act.code]


def ready(room: Room, number: int, act: Act) -> Any:
    """Make a row on which ``act`` is possible."""
    row = room.make(number)
    if act.code in room.sample.before:
        room.sample.before[act.code](row)
    return row


@over(s for s in SCREENS if s.create or s.amend or s.actions)
def test_each_write_leaves_one_record(room: Room) -> None:
    for number, (verb, act, typed) in enumerate(list_acts(room), 20):
        row = None if verb == "new" else ready(room, number, act)
        address = room.url(verb, row, **({"act": act.code} if verb == "act" else {}))
        filled = typed(room.here if row is None else row)
        journal = Journal()
        answer = send(room.holder, address, filled)
        assert answer.status_code in {302, 303}, (act.code, complaints(answer))
        assert len(journal.gained()) == 1, (act.code, journal.gained())


@over(s for s in SCREENS if s.create or s.amend or s.actions)
def test_a_form_sent_twice_acts_once(room: Room) -> None:
    for number, (verb, act, typed) in enumerate(list_acts(room), 40):
        row = None if verb == "new" else ready(room, number, act)
        address = room.url(verb, row, **({"act": act.code} if verb == "act" else {}))
        filled = {**typed(room.here if row is None else row), "form_token": f"conformance-{number}"}
        send(room.holder, address, filled)
        journal = Journal()
        room.holder.post(address, filled)
        assert journal.gained() == [], act.code


@over(s for s in SCREENS if any(act.is_bulk for act in s.actions))
def test_an_act_on_three_rows_leaves_three_records(room: Room) -> None:
    for place, act in enumerate(act for act in room.screens.actions if act.is_bulk):
        rows = [ready(room, 60 + 3 * place + number, act) for number in range(3)]
        keys = [getattr(row, room.screens.lookup) for row in rows]
        address = room.url("bulk", act=act.code)
        typed = room.sample.acts[act.code](rows[0])
        if typed:
            # An act that asks for nothing is done at once: only one with a form has a page before.
            page = room.holder.post(address, {"row": keys}).content.decode()
            typed = {name: choose(page, name, value) for name, value in typed.items()}
        journal = Journal()
        answer = room.holder.post(address, {"row": keys, "step": "do", **typed})
        assert answer.status_code == 302, (act.code, complaints(answer))
        assert len(journal.gained()) == 3, (act.code, journal.gained())


@over(s for s in SCREENS if s.exports)
def test_a_file_taken_away_is_recorded_as_begun_and_as_complete(room: Room) -> None:
    for extension in ("csv", "xlsx"):
        journal = Journal()
        answer = room.holder.get(room.url(f"export.{extension}"))
        assert answer.status_code == 200
        assert body_of(answer)
        # Of a stranger, who takes what is public, only the system's own journal speaks.
        if room.screens.audience in {STAFF, CITIZEN}:
            assert journal.gained() == ["sheets.start_export", "sheets.finish_export"]


@over(s for s in SCREENS if s.sheet)
def test_an_import_leaves_one_record_of_its_check_and_one_of_its_writing(
    room: Room, run_jobs: Callable[[], None]
) -> None:
    row = room.make(90)
    file = SimpleUploadedFile("rows.csv", sheet_of(room, row), "text/csv")
    room.sample.forget(row)
    journal = Journal()
    answer = room.holder.post(room.url("import"), {"file": file})
    assert answer.status_code == 302, complaints(answer)
    run_jobs()
    run = SheetRun.objects.latest("id")
    assert [each.content for each in run.rows.filter(verdict="refused")] == []
    assert (run.state, run.new_count, run.refused_count) == (State.CHECKED, 1, 0)
    room.holder.post(room.url("import_confirm", run=run.public_id))
    run_jobs()
    run.refresh_from_db()
    assert run.state == State.APPLIED
    assert [action for action in journal.gained() if action.startswith("sheets.")] == [
        "sheets.check_sheet",
        "sheets.apply_sheet",
    ]


@of_audience(STAFF, CITIZEN)
def test_looking_writes_nothing(room: Room) -> None:
    journal = Journal()
    for _verb, address in room.pages():
        room.holder.get(address)
    if room.screens.api:
        room.holder.get(room.api)
        room.holder.get(room.api_of(room.row))
    assert journal.gained() == []
