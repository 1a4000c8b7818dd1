"""What is exported as a sheet is imported again as it is: every row the same, nothing refused, nothing changed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conformance.rooms import SCREENS, Room, body_of, over
from zhengtong.core.identity.models import Account
from zhengtong.core.identity.public import get_account_actor
from zhengtong.kernel.policy import Actor
from zhengtong.screens.listing import scope
from zhengtong.screens.sheets.models import State
from zhengtong.screens.sheets.services import check_sheet
from zhengtong.screens.sheets.shape import Shape

SHEETS = [screens for screens in SCREENS if screens.sheet]
ROWS = 5


def holder_of(room: Room) -> Actor:
    return get_account_actor(Account.objects.get(username="conformance-holder"))


@over(SHEETS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_an_exported_sheet_changes_nothing(room: Room, extension: str, language: str) -> None:
    for number in range(2, ROWS + 1):
        room.make(number)
    room.holder.cookies["django_language"] = language
    # Personal values are whole for those who may reveal them and say what for; others' files mask them.
    query = "?sheet=1&purpose=核对" if room.screens.reveal else "?sheet=1"
    taken = room.holder.get(room.url(f"export.{extension}") + query)
    assert taken.status_code == 200
    file = SimpleUploadedFile(f"rows.{extension}", body_of(taken))
    run = check_sheet(room.screens, holder_of(room), file)
    refused = [row.content for row in run.rows.filter(verdict="refused")]
    assert (run.state, refused) == (State.CHECKED, [])
    changed = [row.content for row in run.rows.filter(verdict="changed")]
    assert changed == []
    # What the platform starts with is in the file, too.
    assert (run.same_count, run.new_count) == (max(ROWS, scope(room.screens, holder_of(room)).count()), 0)


@over(SHEETS)
def test_the_template_is_taken_and_names_every_column(room: Room) -> None:
    answer = room.holder.get(room.url("import_template"))
    assert body_of(answer).startswith(b"PK")
    page = room.holder.get(room.url("import")).content.decode()
    assert [column.title for column in Shape(room.screens).columns if column.title not in page] == []
