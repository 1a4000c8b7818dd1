"""开办餐饮店: a founder on her phone, one counter, three departments, their supervisor, a stranger who verifies."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.cast import BUSINESS, FIRE, ITEM, SIGN
from tests.journeys.acting import act, confirm, read_code, real_photo, register, sign_in
from tests.journeys.conftest import PHONE_SCREEN, Platform
from tests.restaurant import BUNDLE, SITUATION, answer
from zhengtong.capabilities.bundles.public import BundlePart
from zhengtong.capabilities.cases.public import Case, FieldSpec, get_definition
from zhengtong.core.identity.public import make_citizen_number

PHONE, PASSWORD = "13987654321", "chun-jiang-hua-yue-9"
NAME, SHOP, ADDRESS = "赵秋实", "秋实饭店", "澄波区滨江路66号1-3号商铺"
PERSON = make_citizen_number("990102", date(1990, 5, 3), 21)
SAID = {"operator_name": SHOP, "shop_sign_sign_text": SHOP, "premises_address": ADDRESS, "contact_phone": PHONE}


@pytest.mark.django_db(transaction=True)
def test_a_restaurant_opens(platform: Platform, tmp_path: Path) -> None:
    founder = platform.open(PHONE_SCREEN)
    register(founder, platform, PHONE, PASSWORD)
    ask_what_is_needed(founder, platform)
    begin(founder)
    fill_in(founder)
    hand_in_papers(founder, tmp_path)
    number = submit(founder)

    receive_at_the_counter(platform, number)
    recommend(platform, "reviewer", part(number, BUSINESS))
    grant(platform, "approver", part(number, BUSINESS))
    licence = collect_first_result(founder, platform, number, tmp_path)
    verify_as_a_stranger(platform, licence)

    watch_and_urge(platform, number)
    go_to_the_site_together(platform, number)
    recommend(platform, "urban_reviewer", part(number, SIGN))
    for approver, code in (("fire_approver", FIRE), ("approver", ITEM), ("urban_approver", SIGN)):
        grant(platform, approver, part(number, code))
    see_the_end(founder, platform, number)
    see_on_the_wall(platform)


# On the phone


def ask_what_is_needed(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/hall/?q=开饭店")
    page.get_by_role("link", name="开办餐饮店一件事").first.click()
    plan = page.locator("#plan")
    page.get_by_label(SITUATION["has_licence"], exact=True).check()
    page.fill("[name=floor_area]", "299")
    page.fill("[name=seats]", SITUATION["seats"])
    page.get_by_label(SITUATION["street"], exact=True).check()
    page.locator("[name=sells_alcohol]").first.check()
    # The answer comes while she types: under the threshold the fire check is spared.
    expect(plan.get_by_text("达到 300 平方米的才要办")).to_be_visible()
    page.fill("[name=floor_area]", SITUATION["floor_area"])
    expect(plan.get_by_text("属于公众聚集场所")).to_be_visible()
    expect(plan.get_by_text("营业执照由本次申请的", exact=False).first).to_be_visible()
    page.get_by_role("button", name="我要办理").first.click()


def begin(page: Page) -> None:
    page.get_by_role("link", name="填写我的信息").click()
    page.fill("[name=name]", NAME)
    page.fill("[name=id_number]", PERSON)
    page.fill("[name=address]", ADDRESS)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("按您的回答，要办")).to_be_visible()
    page.get_by_label("澄波区").first.check()
    page.get_by_role("button", name="开始填写").click()


def fill_in(page: Page) -> None:
    """Fill in section after section, whatever each asks, until the papers are asked for."""
    expect(page.get_by_role("button", name="保存并继续")).to_be_visible()
    case = Case.objects.filter(kind="bundle").latest("pk")
    definition, form = get_definition(case.item_version_id), dict(SITUATION)
    while "/materials/" not in page.url:
        key = page.url.rstrip("/").rsplit("/", 1)[1]
        section = definition.section(key)
        assert section is not None, page.url
        for spec in section.fields:
            if spec.is_asked(form):
                form[spec.key] = SAID.get(spec.key, answer(spec))
                type_in(page, spec, form[spec.key])
        page.get_by_role("button", name="保存并继续").click()
        page.wait_for_url(re.compile(f"(?<!/{key}/)$"))


def type_in(page: Page, spec: FieldSpec, value: object) -> None:
    field = page.locator(f"[name={spec.key}]")
    if spec.type in ("choice", "multichoice"):
        wanted = value if isinstance(value, list) else [value]
        for each in wanted:
            page.locator(f'[name={spec.key}][value="{each}"]').check()
    elif spec.type == "boolean":
        field.check()
    else:
        field.fill(str(value))


def hand_in_papers(page: Page, folder: Path) -> None:
    for box in page.locator("input[type=file]").all():
        key = box.get_attribute("name")
        assert key is not None
        photo = real_photo(folder / f"{key}.jpg")
        box.set_input_files(photo)
        expect(page.locator(".file-done", has_text=photo.name)).to_be_visible()
    page.get_by_role("button", name="继续，核对提交").click()


def submit(page: Page) -> str:
    page.get_by_role("button", name="提交申请").dblclick()
    expect(page.get_by_text("申请已提交").first).to_be_visible()
    found = re.search(r"AL-\d{4}-\d{6}", page.inner_text("main"))
    assert found
    # The worker hands the parts to their departments while she looks on.
    expect(page.get_by_text("等待受理")).to_have_count(3, timeout=30_000)
    return found[0]


def part(number: str, code: str) -> str:
    """Return the number of the bundle's part for an item."""
    position = BundlePart.objects.get(parent__number=number, item__code=code).position
    return f"{number}-{position}"


# At the counter and in the departments


def receive_at_the_counter(platform: Platform, number: str) -> None:
    page = sign_in(platform, "counter")
    page.goto(f"{platform.url}/desk/window/?q={number}")
    page.locator("tbody tr", has_text=f"{number}-1").get_by_role("link", name="一件事").click()
    expect(page.get_by_role("heading", name=re.compile(number))).to_be_visible()
    page.locator("[name=prechecked]").check()
    page.get_by_role("button", name="全部受理（3 项）").click()
    expect(page.get_by_text("处理完毕，共 3 个事项")).to_be_visible(timeout=30_000)
    page.context.close()


def open_part(platform: Platform, username: str, number: str) -> Page:
    page = sign_in(platform, username)
    page.goto(f"{platform.url}/desk/cases/{number}/")
    expect(page.get_by_text(SHOP).first).to_be_visible()
    # Everybody sees how the others stand.
    expect(page.locator("#bundle")).to_contain_text("开办餐饮店一件事")
    return page


def recommend(platform: Platform, username: str, number: str) -> None:
    page = open_part(platform, username, number)
    if page.locator("#acts").get_by_role("button", name="领办", exact=True).count():
        act(page, "领办")
    propose(page)
    page.context.close()


def propose(page: Page) -> None:
    act(page, "提出审查意见")
    page.locator("[name=outcome]").first.check()
    page.fill("[name=opinion]", "材料齐全，符合规定条件")
    confirm(page, "提出审查意见")
    expect(page.get_by_text("等待作出决定").first).to_be_visible()


def grant(platform: Platform, username: str, number: str) -> None:
    page = open_part(platform, username, number)
    act(page, "准予许可")
    page.fill("[name=reasons]", "符合法定条件")
    confirm(page, "下一步，核对")
    confirm(page, "确认准予许可")
    expect(page.get_by_text("准予许可").first).to_be_visible()
    page.context.close()


def go_to_the_site_together(platform: Platform, number: str) -> None:
    """The fire brigade arranges one visit, the market bureau comes along with officers of its own."""
    fire, food = part(number, FIRE), part(number, ITEM)
    brigade = open_part(platform, "fire_reviewer", fire)
    act(brigade, "领办")
    act(brigade, "安排现场核查")
    brigade.get_by_label("秦海涛").check()
    brigade.get_by_label("陶丽娟").check()
    brigade.get_by_label(re.compile("澄波区市场监督管理局.*食品经营许可")).check()
    brigade.fill("[name=planned_at]", f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}")
    brigade.fill("[name=allowed_days]", "5")
    confirm(brigade, "安排现场核查")
    expect(brigade.locator("#joint-visit")).to_contain_text("澄波区市场监督管理局")

    market = open_part(platform, "reviewer", food)
    act(market, "确认联合核查")
    market.get_by_label("林国栋").check()
    market.get_by_label("何志刚").check()
    confirm(market, "确认联合核查")
    expect(market.locator("#joint-visit")).to_contain_text("何志刚")
    for page in (brigade, market):
        page.reload()
        act(page, "记录核查结果")
        page.get_by_label("符合要求", exact=True).check()
        page.fill("[name=findings]", "现场与申请一致")
        confirm(page, "记录核查结果")
        propose(page)
        page.context.close()


# Supervision


def watch_and_urge(platform: Platform, number: str) -> None:
    """The supervisor sees every part with both clocks, and urges the one that nobody has begun."""
    sign = part(number, SIGN)
    page = sign_in(platform, "supervisor")
    page.goto(f"{platform.url}/desk/supervision/cases/?q={number}")
    expect(page.locator("tbody tr", has_text=number)).to_have_count(4)  # the bundle, and three that run
    page.locator("tbody tr", has_text=sign).get_by_role("link").first.click()
    expect(page.locator("#evidence")).to_contain_text("日志第")
    page.get_by_role("button", name="催办", exact=True).first.click()
    page.locator("dialog[open] textarea").fill("请尽快领办审查。")
    page.locator("dialog[open]").get_by_role("button", name="催办", exact=True).click()
    expect(page.locator("#urgings")).to_contain_text("请尽快领办审查。")
    page.context.close()


def see_on_the_wall(platform: Platform) -> None:
    page = sign_in(platform, "supervisor")
    page.goto(f"{platform.url}/desk/supervision/wall/")
    expect(page.locator("body")).to_contain_text(re.compile(r"收件\s*4\s*作出决定\s*4"))
    page.context.close()


# Results


def collect_first_result(page: Page, platform: Platform, number: str, folder: Path) -> Path:
    """The business licence is there while the other departments still work."""
    page.goto(f"{platform.url}/hall/cases/")
    page.get_by_role("link", name=re.compile("开办餐饮店一件事")).first.click()
    link = page.get_by_role("link", name=re.compile("营业执照")).and_(page.locator("[download]"))
    expect(reloaded(page, link)).to_be_visible()
    with page.expect_download() as download:
        link.first.click()
    path = folder / "licence.pdf"
    download.value.save_as(path)
    assert SHOP in PdfReader(path).pages[0].extract_text().replace("\n", "")
    # What the first part produced was filled in and never asked for: the next one starts by itself.
    expect(reloaded(page, page.get_by_text(part(number, ITEM)))).to_be_visible()
    food = Case.objects.get(number=part(number, ITEM))
    assert food.state == "accepted"
    assert food.form["credit_code"].startswith("92")
    return path


def reloaded(page: Page, wanted: Locator) -> Locator:
    """Reload as a person who waits does, until ``wanted`` is there; the deadline is the last expectation's."""
    for _ in range(60):
        if wanted.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return wanted.first


def verify_as_a_stranger(platform: Platform, licence: Path) -> None:
    stranger = platform.open(PHONE_SCREEN)
    stranger.goto(read_code(licence))
    expect(stranger.get_by_text("真实、有效").first).to_be_visible()
    expect(stranger.get_by_text(SHOP).first).to_be_visible()
    expect(stranger.get_by_text(NAME)).to_have_count(0)
    stranger.set_input_files("input[type=file]", licence)
    stranger.get_by_role("button", name="核对文件").click()
    expect(stranger.get_by_text("一字不差").first).to_be_visible()
    stranger.context.close()


def see_the_end(page: Page, platform: Platform, number: str) -> None:
    page.goto(f"{platform.url}/hall/cases/")
    page.get_by_role("link", name=re.compile("开办餐饮店一件事")).first.click()
    expect(reloaded(page, page.get_by_text("请您对整件事评价"))).to_be_visible()
    expect(page.get_by_text(re.compile("一件事办结告知单")).first).to_be_visible()
    page.get_by_label("非常满意").check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("5 分").first).to_be_visible()
    bundle = Case.objects.get(number=number, item_version__item__code=BUNDLE)
    assert (bundle.state, bundle.clocks.filter(finished_at=None).count()) == ("completed", 0)
