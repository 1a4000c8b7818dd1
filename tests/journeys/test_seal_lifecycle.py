"""A seal's whole life in the browser: applied for, reviewed, approved, made, filed, enabled; a notice is sealed and
judged by strangers' tools; the seal is suspended, destroyed, and the public reads what became of it."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate
from playwright.sync_api import Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.cast import _staff
from tests.journeys.acting import sign_in
from tests.journeys.conftest import Platform
from zhengtong.capabilities.pki.public import get_trust_anchors
from zhengtong.capabilities.seals.public import Seal, SealUse
from zhengtong.capabilities.seals.tests.office import blank_pdf
from zhengtong.core.identity.public import Reach

TITLE = "关于开展校园周边食品安全检查的通知"


@pytest.mark.django_db(transaction=True)
def test_a_seal_from_its_application_to_its_destruction(platform: Platform, tmp_path: Path) -> None:
    people = let_people_in(platform)
    number = apply(people["applicant"], platform)
    step(people["reviewer"], platform, number, "审核通过", opinion="名称与登记一致")
    step(people["approver"], platform, number, "批准", opinion="同意制发")
    step(people["maker"], platform, number, "制作印章")
    step(people["reviewer"], platform, number, "登记备案", filing_number="澜印备2026001")
    step(people["keeper"], platform, number, "启用")
    code = Seal.objects.get().code

    sealed = use(people, platform, tmp_path)
    judge(sealed)
    tell_the_public(platform, code, sealed)

    act_on_seal(people["keeper"], platform, code, "停用", reason="保管人休假")
    applicant = people["applicant"]
    applicant.goto(f"{platform.url}/desk/seals/uses/new/")
    expect(applicant.locator("[name=seal] option", has_text="行政审批专用章")).to_have_count(0)
    act_on_seal(people["keeper"], platform, code, "恢复使用", reason="保管人回岗")

    act_on_seal(applicant, platform, code, "申请注销", reason="机构撤并")
    ending = Seal.objects.get().applications.order_by("-id")[0].number
    step(people["reviewer"], platform, ending, "审核通过")
    step(people["approver"], platform, ending, "批准", opinion="同意注销")
    applicant.goto(f"{platform.url}/desk/seals/seals/{code}/")
    expect(applicant.get_by_text("印章已注销，标识无效")).to_be_visible()
    expect(applicant.get_by_text("逐行摘要核对一致")).to_be_visible()

    stranger = platform.open(path=f"/verify/seal/{code}/")
    expect(stranger.get_by_text("这枚电子印章已注销，标识无效")).to_be_visible()
    judge(sealed)


def let_people_in(platform: Platform) -> dict[str, Page]:
    """Give the bureau its people for seals; each signs in in a browser of her own."""
    bureau = platform.cast.office.organisation
    pages = {}
    for name in ("applicant", "keeper", "reviewer", "approver", "maker"):
        _staff(f"seal_{name}", f"印章{name}", bureau, {f"seal_{name}": Reach.OWN})
        pages[name] = sign_in(platform, f"seal_{name}")
    return pages


def apply(page: Page, platform: Platform) -> str:
    page.goto(f"{platform.url}/desk/seals/apply/")
    page.fill("[name=line]", "行政审批专用章")
    expect(page.locator("[data-seal-preview]")).to_be_visible()
    page.select_option("[name=keeper]", label="印章keeper（印章keeper）")
    page.fill("[name=reason]", "推行全程网办，依澜政办发〔2026〕8号")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/desk/seals/applications/**")
    expect(page.get_by_text("待审核").first).to_be_visible()
    return page.url.rstrip("/").rsplit("/", 1)[1]


def step(page: Page, platform: Platform, number: str, act: str, **typed: str) -> None:
    """Take the application's next step from its page."""
    page.goto(f"{platform.url}/desk/seals/applications/{number}/")
    page.get_by_role("link", name=act, exact=True).click()
    confirm(page, act, typed)
    page.wait_for_url(f"**/desk/seals/applications/{number}/")


def act_on_seal(page: Page, platform: Platform, code: str, act: str, **typed: str) -> None:
    page.goto(f"{platform.url}/desk/seals/seals/{code}/")
    page.get_by_role("link", name=act, exact=True).click()
    confirm(page, act, typed)
    page.wait_for_url(f"**/desk/seals/seals/{code}/")


def confirm(page: Page, act: str, typed: dict[str, str]) -> None:
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name=act, exact=True).click()


def use(people: dict[str, Page], platform: Platform, folder: Path) -> Path:
    """Ask, place the seal on the page, have it approved, seal, and download what came of it."""
    page = people["applicant"]
    document = folder / "通知.pdf"
    document.write_bytes(blank_pdf(2, "通知"))
    page.goto(f"{platform.url}/desk/seals/uses/new/")
    page.select_option("[name=seal]", index=1)
    page.set_input_files("[name=file]", str(document))
    page.fill("[name=title]", TITLE)
    page.fill("[name=reason]", "经主要负责人签发")
    page.get_by_role("button", name="下一步，选位置").click()
    page.wait_for_url("**/place/")
    mark = page.locator(".seal-mark")
    expect(mark).to_be_visible()
    mark.focus()
    mark.press("ArrowUp")
    page.get_by_role("button", name="送保管人批准").click()
    page.wait_for_url("**/desk/seals/uses/YY*/")
    number = SealUse.objects.get().number
    address = f"{platform.url}/desk/seals/uses/{number}/"

    keeper = people["keeper"]
    keeper.goto(f"{platform.url}/desk/")
    keeper.get_by_role("link", name="待领办").first.click()
    expect(keeper.get_by_text(TITLE).first).to_be_visible()
    keeper.goto(address)
    keeper.get_by_role("link", name="同意用印", exact=True).click()
    confirm(keeper, "同意用印", {"opinion": "已核签发单"})
    keeper.wait_for_url(address)

    page.goto(address)
    page.get_by_role("link", name="加盖印章", exact=True).click()
    confirm(page, "加盖印章", {})
    page.wait_for_url(address)
    with page.expect_download() as download:
        page.get_by_role("link", name="（已盖章）").first.click()
    sealed = folder / "sealed.pdf"
    download.value.save_as(sealed)
    return sealed


def judge(sealed: Path) -> None:
    """Ask tools that nobody here wrote."""
    said = subprocess.run(["pdfsig", "-nocert", str(sealed)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said, said
    roots = [Certificate.load(each) for each in get_trust_anchors()]
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    with sealed.open("rb") as file, ThreadPoolExecutor(1) as aside:
        signature = PdfFileReader(file).embedded_signatures[0]
        # In a thread of its own: the browser's event loop runs in this one.
        status = aside.submit(validate_pdf_signature, signature, context).result()
        assert status.intact
        assert status.valid


def tell_the_public(platform: Platform, code: str, sealed: Path) -> None:
    page = platform.open(path=f"/verify/seal/{code}/")
    expect(page.get_by_text("这枚电子印章正在使用，有效")).to_be_visible()
    page.get_by_role("link", name="上传文件核验").click()
    page.set_input_files("[name=file]", str(sealed))
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("行政审批专用章").first).to_be_visible()
