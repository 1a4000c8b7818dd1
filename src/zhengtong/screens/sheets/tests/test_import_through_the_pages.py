"""The pages of an import: upload, difference, confirmation, result; each survives a reload, scripts or not."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from tests.cast import Cast
from tests.cast import cast as cast  # a fixture
from zhengtong.core.identity.public import Appointment, Organisation, PostRole
from zhengtong.screens.sheets.models import SheetRun, State
from zhengtong.screens.sheets.tests.files import Enterprise, code, csv_file, row, upload, xlsx_file

LIST = "/desk/registers/enterprises/"
IMPORT = f"{LIST}import/"
OFFICE_CODE = "91990102000000001A"


@pytest.fixture
def browser(cast: Cast) -> Client:
    """Whoever reviews for the county's office keeps its enterprises as well."""
    appointment = Appointment.objects.get(pk=cast.reviewer.held_appointment)
    PostRole.objects.create(post=appointment.post, role="enterprise_registrar", reach="own")
    Organisation.objects.filter(pk=appointment.post.organisation_id).update(credit_code=OFFICE_CODE)
    return signed_in(cast, "reviewer")


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_from_upload_to_result(browser: Client, run_jobs: Callable[[], None]) -> None:
    page = browser.get(IMPORT)
    assert "下载模板" in page.content.decode()
    answer = browser.post(IMPORT, {"file": upload(xlsx_file([row(1), row(2), row(3, c8="2026-02-30")]), "名单.xlsx")})
    run = SheetRun.objects.get()
    here = f"{IMPORT}{run.public_id}/"
    assert (answer.status_code, answer["Location"]) == (302, here)
    waiting = browser.get(here).content.decode()
    assert "正在检查" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    run_jobs()
    checked = browser.get(f"{here}?part=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in checked
    assert "hx-trigger" not in checked
    assert "确认导入 2 行，退回的 1 行不导入" in checked
    assert "第4行" in checked
    assert "没有这一天" in checked
    assert code(1) in checked
    assert browser.post(f"{here}confirm/").status_code == 302
    assert "正在写入" in browser.get(here).content.decode()
    run_jobs()
    done = browser.get(here).content.decode()
    assert "新增 2 行，修改 0 行" in done
    assert Enterprise.objects.count() == 2
    refused = browser.get(f"{here}refused.xlsx")
    assert "退回的行" in unquote(refused["Content-Disposition"])
    assert body_of(refused).startswith(b"PK")
    assert run.file.name in browser.get(IMPORT).content.decode()


def test_a_difference_is_shown_with_personal_values_masked(browser: Client, run_jobs: Callable[[], None]) -> None:
    for rows in ([row(1)], [row(1, c1="新店名", c3="李秋")]):
        browser.post(IMPORT, {"file": upload(csv_file(rows))})
        run_jobs()
        run = SheetRun.objects.order_by("-id")[0]
        page = browser.get(f"{IMPORT}{run.public_id}/").content.decode()
        browser.post(f"{IMPORT}{run.public_id}/confirm/")
        run_jobs()
    assert "<del>澜水1号商店</del>" in page
    assert "<ins>新店名</ins>" in page
    assert "<ins>李*</ins>" in page
    assert "李秋" not in page


def test_what_is_no_table_is_said_on_the_form(browser: Client) -> None:
    for data, name, sentence in (
        (b"", "a.csv", "空的"),
        (b"<html>", "a.xls", "网页"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "旧版 .xls"),
    ):
        answer = browser.post(IMPORT, {"file": upload(data, name)})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert browser.post(IMPORT).status_code == 422
    assert not SheetRun.objects.exists()


def test_cancelled_before_it_was_checked(browser: Client, run_jobs: Callable[[], None]) -> None:
    browser.post(IMPORT, {"file": upload(csv_file([row(1)]))})
    run = SheetRun.objects.get()
    browser.post(f"{IMPORT}{run.public_id}/cancel/")
    run_jobs()
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert "什么也没有写入" in browser.get(f"{IMPORT}{run.public_id}/").content.decode()


def test_another_persons_run_is_not_found(browser: Client, cast: Cast) -> None:
    browser.post(IMPORT, {"file": upload(csv_file([row(1)]))})
    here = f"{IMPORT}{SheetRun.objects.get().public_id}/"
    appointment = Appointment.objects.get(pk=cast.approver.held_appointment)
    PostRole.objects.create(post=appointment.post, role="enterprise_registrar", reach="own")
    colleague = signed_in(cast, "approver")
    assert colleague.get(IMPORT).status_code == 200
    assert [colleague.get(here).status_code, colleague.post(f"{here}confirm/").status_code] == [404, 404]


def test_who_may_not_import_is_refused(browser: Client, cast: Cast) -> None:
    assert signed_in(cast, "counter").get(IMPORT).status_code in (403, 404)
    assert Client().get(IMPORT).status_code in (302, 403)


@pytest.mark.parametrize("query", ["", "?sheet=1", "?status=active&columns=credit_code,region"])
def test_the_list_is_taken_as_a_file(browser: Client, run_jobs: Callable[[], None], query: str) -> None:
    browser.post(IMPORT, {"file": upload(csv_file([row(1)]))})
    run_jobs()
    browser.post(f"{IMPORT}{SheetRun.objects.get().public_id}/confirm/")
    run_jobs()
    taken = browser.get(f"{LIST}export.csv{query}")
    assert unquote(taken["Content-Disposition"]).startswith("attachment; filename*=utf-8''经营主体")
    body = body_of(taken).decode("utf-8-sig")
    assert code(1) in body
    assert "王晓岚" not in body
    book = browser.get(f"{LIST}export.xlsx{query}")
    assert body_of(book).startswith(b"PK")


def test_the_template_has_the_words_to_choose_from(browser: Client) -> None:
    import io
    import zipfile

    taken = browser.get(f"{IMPORT}template.xlsx")
    package = zipfile.ZipFile(io.BytesIO(body_of(taken)))
    sheet, notes = (package.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    assert "存续,歇业,吊销,注销" in sheet
    assert "名称*" in sheet
    assert "日期，如 2026-01-05" in notes
