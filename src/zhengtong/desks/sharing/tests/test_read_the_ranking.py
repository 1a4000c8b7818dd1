"""The ranking, a department's page, the circular and the public page, as people read them."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.cast import Cast, _staff
from zhengtong.capabilities.sharing.public import Circular, keep_months
from zhengtong.capabilities.sharing.tests.samples import make_request, make_resource, make_run
from zhengtong.capabilities.sharing.tests.test_measure_a_month import MONTH, moment
from zhengtong.core.identity import public as identity


@pytest.fixture
def bureau(cast: Cast) -> identity.Organisation:
    bureau = identity.Organisation.objects.get(name="澄波区市场监督管理局")
    fire = identity.Organisation.objects.get(name="澄波区消防救援局")
    resource = make_resource(bureau, cycle="daily", published_on=date(2026, 9, 1))
    asked = make_request(resource, fire, state="granted", submitted=moment(8), due=moment(20), decided=moment(15))
    make_run(asked, state="done", ended=moment(16), read=1000, held=20)
    for at in (moment(31), moment(6, month=11)):
        keep_months(at)
    return bureau


@pytest.fixture
def supervisor(cast: Cast, client: Client) -> Client:
    office = identity.Organisation.objects.get(name="安澜市政务服务数据管理局")
    client.force_login(_staff("sharing", "骆文清", office, {"sharing_supervisor": identity.Reach.REGION}))
    return client


@pytest.mark.django_db
def test_see_the_ranking_and_go_to_a_department(bureau: identity.Organisation, supervisor: Client) -> None:
    page = supervisor.get("/desk/sharing/", {"month": "2026-10"}).content.decode()
    assert bureau.name in page
    assert "98.0%" in page
    assert "本月数字已定稿" in page
    office = supervisor.get(f"/desk/sharing/offices/{bureau.public_id}/", {"month": "2026-10"}).content.decode()
    assert "发布以来没有更新" in office
    # October was the first month that anybody counted.
    assert '<td class="cell-number" data-label="比上月">—</td>' in page
    empty = supervisor.get("/desk/sharing/", {"month": "2024-01"}).content.decode()
    assert "还没有可以考核的数字" in empty
    assert supervisor.get("/desk/sharing/", {"month": "２０２６"}).status_code == 200


@pytest.mark.django_db
def test_take_the_ranking_away_as_a_sheet(bureau: identity.Organisation, supervisor: Client) -> None:
    answer = supervisor.get("/desk/sharing/figures.xlsx", {"month": "2026-10"})
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))
    assert book.sheet_names == ["名次", "数量"]
    assert [row[1] for row in book.get_sheet_by_name("名次").to_python()][-1] == bureau.name


@pytest.mark.django_db
def test_write_and_issue_the_circular(bureau: identity.Organisation, supervisor: Client) -> None:
    supervisor.post("/desk/sharing/circulars/draft/", {"month": "2026-10"})
    circular = Circular.objects.get(month=MONTH)
    here = f"/desk/sharing/circulars/{circular.pk}/"
    assert supervisor.post(here, {"title": "", "opening": "", "demands": ""}).status_code == 422
    supervisor.post(here, {"title": "通报", "opening": "现予通报。", "demands": "请整改。"})
    supervisor.post(f"{here}issue/")
    assert "看印发的PDF" in supervisor.get(here).content.decode()
    paper = supervisor.get(f"{here}paper/")
    assert paper["Content-Type"] == "application/pdf"


@pytest.mark.django_db
def test_a_department_sees_itself_and_no_draft(cast: Cast, bureau: identity.Organisation, client: Client) -> None:
    client.force_login(_staff("contact", "倪佳", bureau, {"sharing_contact": identity.Reach.OWN}))
    fire = identity.Organisation.objects.get(name="澄波区消防救援局")
    assert bureau.name in client.get("/desk/sharing/", {"month": "2026-10"}).content.decode()
    assert client.get(f"/desk/sharing/offices/{fire.public_id}/").status_code == 404
    draft = Circular.objects.create(month=MONTH, title="草稿", opening="草稿", demands="草稿")
    assert client.get(f"/desk/sharing/circulars/{draft.pk}/").status_code == 404
    assert client.post("/desk/sharing/circulars/draft/", {"month": "2026-10"}).status_code == 403


@pytest.mark.django_db
def test_anybody_reads_what_is_shared(bureau: identity.Organisation, client: Client) -> None:
    page = client.get("/open/sharing/").content.decode()
    assert bureau.name in page
    assert "980" in page
