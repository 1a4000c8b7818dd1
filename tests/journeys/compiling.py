"""A department from its founding to its first published item: how its people compile power, guide, form and process."""

import re

from playwright.sync_api import Page, expect

from tests.cast import Cast, _organisation, _staff
from tests.journeys.acting import confirm, sign_in
from tests.journeys.conftest import Platform
from tests.journeys.test_draw_a_process import begin, drag, panel, saved, write
from zhengtong.capabilities.cases.public import ItemOffice, ServiceItem
from zhengtong.core.identity import public as identity

OWN = identity.Reach.OWN
BUREAU, CENTRE, FIRE = "澄波区文化广电和旅游局", "澄波区政务服务中心", "澄波区消防救援局"
POWER, ITEM, PROCESS = "WL-XK-88", "arts-training-permit", "arts-review"
NAME = "校外艺术培训场所许可"


def found_a_department(cast: Cast) -> None:
    """A new bureau: people in their posts, and nothing compiled yet."""
    region = cast.office.region
    bureau = _organisation(BUREAU, identity.OrganisationKind.DEPARTMENT, region, cast.office.organisation.parent)
    people = {
        "arts_clerk": ("崔敏", ("power_compiler", "item_clerk", "process_compiler")),
        "arts_publisher": ("郝志远", ("item_publisher",)),
        "arts_reviewer": ("段文静", ("reviewer",)),
        "arts_second": ("田立群", ("reviewer",)),
        "arts_approver": ("康建国", ("approver",)),
    }
    for username, (name, roles) in people.items():
        _staff(username, name, bureau, dict.fromkeys(roles, OWN))
    assert not ItemOffice.objects.filter(organisation=bureau).exists()
    assert not ServiceItem.objects.filter(organisation=bureau).exists()


# The power


def compile_a_power(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/desk/powers/versions/new/")
    page.select_option("[name=power_list]", label="权责清单")
    page.fill("[name=code]", POWER)
    page.fill("[name=name]", NAME)
    page.select_option("[name=kind]", "licence")
    page.fill("[name=organ]", "文化广电和旅游局")
    page.select_option("[name=level]", "county")
    page.fill("[name=basis_title] >> nth=0", "校外培训管理条例")
    page.fill("[name=basis_article] >> nth=0", "第十二条")
    page.fill("[name=basis_text] >> nth=0", "设立校外培训机构，应当取得许可。")
    page.fill("[name=procedure]", "受理\n审查\n决定\n送达")
    page.fill("[name=responsibilities]", "一次性告知所需材料。\n对培训场所进行检查。")
    page.fill("[name=reason]", "《校外培训管理条例》施行，新增此项")
    confirm(page, "编制新的权力事项")
    expect(page.get_by_text("已保存为编制中的版本").first).to_be_visible()
    take(page, "送审")
    confirm(page, "送审")
    expect(page.get_by_text("已送法制机构审核").first).to_be_visible()


def take(page: Page, name: str) -> None:
    """Open an act of a row's page, out of its menu when it isn't the main one."""
    main = page.locator("main")
    found = main.get_by_role("link", name=name, exact=True).first
    if not found.is_visible():
        main.locator("summary", has_text="更多").first.click()
    found.click()


def review_the_power(platform: Platform) -> None:
    page = sign_in(platform, "legal")
    page.goto(f"{platform.url}/desk/?scope=office")
    page.locator("tbody tr", has_text=NAME).get_by_role("link").first.click()
    expect(page.get_by_text("设立校外培训机构，应当取得许可").first).to_be_visible()
    take(page, "审核通过并发布")
    page.fill("[name=opinion]", "依据充分，同意列入清单")
    confirm(page, "审核通过并发布")
    expect(page.get_by_text("已发布").first).to_be_visible()
    # It is public at once.
    page.goto(f"{platform.url}/open/powers/{POWER}/")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    page.context.close()


# The item


def begin_the_item(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/desk/items/new/")
    page.fill("[name=name]", NAME)
    page.fill("[name=code]", ITEM)
    page.get_by_role("button", name="开始编制").click()
    page.wait_for_url("**/parts/basic/")
    go_to(page, "检查和发布")
    # The gate lists all that is missing, each with the section that mends it; nothing can be sent yet.
    gate = page.locator("#gate")
    expect(gate).to_contain_text(re.compile(r"发布前还有 \d\d 处要填好"))
    for said in ("没有写明所依据的权力事项", "没有填写办理依据", "没有选择法定期限", "没有实施机构和窗口"):
        expect(gate).to_contain_text(said)
    for said in ("没有编制材料目录", "指南没有回答“我能办吗”", "没有写明办理步骤", "表单没有字段"):
        expect(gate).to_contain_text(said)
    expect(page.get_by_role("button", name="送审")).to_have_count(0)


def go_to(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="编制的各节").get_by_role("link", name=re.compile(f"^{section}")).click()


def save(page: Page) -> None:
    page.locator("#part-form").get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存").first).to_be_visible()


def add_row(page: Page, act_name: str, /, **values: str) -> str:
    """Add a row and fill it in; return how its fields are called."""
    rows = page.locator("[data-row]")
    before = rows.count()
    page.get_by_role("button", name=act_name).click()
    expect(rows).to_have_count(before + 1)
    prefix = f"r{rows.last.locator('[name=row]').input_value()}-"
    for name, value in values.items():
        page.fill(f"[name={prefix}{name}]", value)
    return prefix


def write_the_guide(page: Page) -> None:
    go_to(page, "基本信息")
    page.select_option("[name=power]", POWER)
    page.locator("[name=type][value=promised]").check()
    page.locator("[name=audience][value=person]").check()
    page.fill("[name=summary]", "开办画室、琴行、舞蹈班等校外艺术培训场所的，开办前办理。不收费。")
    page.fill("[name=aliases]", "开画室\n开舞蹈班")
    page.locator("[name=life_events]").first.check()
    save(page)
    go_to(page, "办理依据")
    add_row(page, "添加一条依据", title="校外培训管理条例", article="第十二条", text="设立校外培训机构，应当取得许可。")
    save(page)
    go_to(page, "办理条件")
    add_row(page, "添加一个条件", value="有固定的培训场所，符合消防安全要求。")
    save(page)
    go_to(page, "期限")
    page.select_option("[name=statutory]", "licensing.decision")
    page.fill("[name=promised_days]", "40")
    page.locator("#part-form").get_by_role("button", name="保存", exact=True).click()
    # More than the law gives is refused while it is typed.
    expect(page.get_by_text("规定的 20 日").first).to_be_visible()
    page.fill("[name=promised_days]", "10")
    save(page)
    go_to(page, "收费")
    page.fill("[name=amount]", "0")
    page.fill("[name=basis]", "不收费")
    save(page)
    go_to(page, "渠道和窗口")
    page.locator("[name=online]").check()
    page.locator("[name=window]").check()
    row = add_row(
        page,
        "添加一个实施机构",
        address="澄波区滨江路1号政务服务中心一楼",
        hours="工作日 9:00—17:00",
        phone="0990-2100088",
        supervision_phone="0990-12345",
    )
    page.select_option(f"[name={row}organisation]", label=BUREAU)
    page.select_option(f"[name={row}window]", label=CENTRE)
    save(page)
    go_to(page, "指南文字")
    for key, words in (
        ("can_i", "在澄波区开办校外艺术培训场所的，都要办理。"),
        ("what_do_i_need", "场所平面图；租来的场所还要租赁合同。"),
        ("how_long", "十个工作日。"),
        ("how_much", "不收费。"),
        ("where", "网上或者政务服务中心。"),
        ("law", "《校外培训管理条例》第十二条。"),
    ):
        page.fill(f"[name={key}]", words)
    save(page)


def ask_about_the_situation(page: Page) -> None:
    """One question decides which of the two materials is asked for."""
    go_to(page, "情形导办")
    add_row(page, "添加一个问题", label="场所是租的吗？", options="是\n不是")
    save(page)
    go_to(page, "材料")
    plan = add_row(page, "添加一份新材料", name="培训场所平面图", source="申请人自备")
    page.locator(f"[name={plan}required]").check()
    page.locator(f"[name={plan}kinds][value=pdf]").check()
    lease = add_row(page, "添加一份新材料", name="房屋租赁合同", source="申请人自备")
    page.locator(f"[name={lease}required]").check()
    page.locator(f"[name={lease}kinds][value=pdf]").check()
    page.locator("[data-row]").last.get_by_role("button", name="保存并设置条件").click()
    page.wait_for_url("**/condition/")
    page.select_option("[name=f0]", label="场所是租的吗？")
    page.locator("[name=v0][value=是]").check()
    page.get_by_role("button", name="保存条件").click()
    page.wait_for_url("**/parts/materials/")
    expect(page.locator("[data-row]").last).to_contain_text("场所是租的吗")


# The form, drawn


def add_field(page: Page, kind: str, label: str, key: str) -> None:
    page.locator(f"[data-palette] [data-type={kind}]").click()
    name_it(page, label, key)


def name_it(page: Page, label: str, key: str) -> None:
    prop(page, "名称", label)
    prop(page, "代码", key)
    expect(page.locator("[data-canvas]")).to_contain_text(label)


def prop(page: Page, title: str, value: str) -> None:
    box = page.locator("[data-properties]").get_by_label(title, exact=True)
    box.fill(value)
    box.press("Tab")


def draw_the_form(page: Page) -> None:
    go_to(page, "表单")
    add_field(page, "text", "申请人", "applicant")
    page.locator("[data-properties]").get_by_label("从登记信息带出").select_option("applicant.name")
    add_field(page, "id_number", "身份证号码", "id_number")
    page.locator("[data-properties]").get_by_label("从登记信息带出").select_option("applicant.id_number")
    add_field(page, "phone", "联系电话", "phone")
    page.locator("[data-properties]").get_by_label("从登记信息带出").select_option("applicant.phone")
    add_field(page, "text", "场所名称", "studio")
    add_field(page, "number", "场所面积（平方米）", "area")
    # Asked only of large places.
    add_field(page, "textarea", "消防措施", "fire_measures")
    properties = page.locator("[data-properties]")
    properties.get_by_label("什么时候显示").first.select_option("all")
    rule = properties.locator(".designer-rule")
    rule.locator("select").first.select_option("area")
    rule.get_by_label("不小于").last.fill("200")
    rule.get_by_label("不小于").last.press("Tab")
    # Rows, and what is calculated from them; the first attempt names a field that isn't there.
    add_field(page, "repeat", "教师", "teachers")
    for kind, label, key in (("text", "姓名", "who"), ("number", "每周课时", "hours")):
        properties.get_by_label("每行的字段").select_option(kind)
        name_it(page, label, key)
        page.locator("[data-canvas] .designer-choose", has_text="教师").first.click()
    add_field(page, "calculated", "每周总课时", "all_hours")
    prop(page, "公式", "sum(teacher.hours)")
    save_form(page)
    findings = page.locator("[data-findings]")
    expect(findings).to_contain_text("“每周总课时”的公式用到了“teacher”，表单里没有这个字段")
    prop(page, "公式", "sum(teachers.hours)")
    save_form(page)
    expect(findings).to_contain_text("没有发现问题")
    page.go_back()


def save_form(page: Page) -> None:
    page.get_by_role("button", name="保存表单").click()
    expect(page.locator("[data-designer-status]")).to_contain_text("保存")


# The process, drawn


def draw_the_process(page: Page, platform: Platform) -> None:
    """Between the review and its recheck comes the fire brigade, for large places."""
    begin(page, platform, "艺术培训场所审查", PROCESS)
    drag(page, "review", 560, 420)
    panel(page, "办理环节")
    page.select_option("[data-properties] [data-key=organisation]", label=FIRE)
    write(page, "name", "消防核验")
    write(page, "days", "3")
    write(page, "outcomes", "合格,不合格")
    expect(page.locator("[data-findings]")).to_contain_text("“消防核验”从开始走不到")
    page.locator("[data-element-id=step_1] .djs-hit").first.click()
    panel(page, "审查")
    page.select_option("[data-key=append-kind]", "branch")
    page.click("[data-key=append]")
    panel(page, "")
    write(page, "name", "面积大吗")
    page.select_option("[data-key=connect-to]", "step_3")
    page.click("[data-key=connect]")
    page.select_option("[data-key=default]", label="到复核")
    page.locator("[data-properties] textarea").fill("form.area >= 200")
    page.keyboard.press("Tab")
    saved(page)
    page.locator("[data-findings] button", has_text="消防核验").first.click()
    page.select_option("[data-key=connect-to]", "step_2")
    page.click("[data-key=connect]")
    expect(page.locator("[data-findings]")).not_to_contain_text("错误")
    saved(page)
    page.get_by_role("link", name="模拟").click()
    page.fill("[name='given-form.area']", "300")
    page.get_by_role("button", name="走一遍").click()
    expect(page.locator("#trace")).to_contain_text("消防核验")
    expect(page.locator("#trace")).to_contain_text("走到了结束。")
    page.goto(f"{platform.url}/desk/processes/{PROCESS}/publish/")
    page.get_by_role("button", name="确认发布").click()
    expect(page.get_by_text("第1版已发布，")).to_be_visible()


# The item again: what is still missing, then a second person


def finish_the_item(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/desk/items/?q=校外艺术")
    page.locator("tbody tr", has_text=NAME).get_by_role("link").first.click()
    expect(page.locator("#gate")).to_contain_text("没有写明办理步骤")
    go_to(page, "流程和步骤")
    page.select_option("[name=process]", PROCESS)
    add_row(page, "添加一个步骤", name="申请", text="在网上填表、上传材料。")
    add_row(page, "添加一个步骤", name="审查", text="审查材料，面积大的由消防部门核验。")
    save(page)
    go_to(page, "证照")
    page.select_option("[name=licence_kind]", label="本事项自己的证照")
    page.fill("[name=licence_name]", "校外艺术培训场所许可证")
    page.fill("[name=number_pattern]", "艺{division}{sequence:4}")
    page.get_by_label("场所名称").check()
    save(page)
    go_to(page, "检查和发布")
    expect(page.get_by_text("都填好了，可以送审")).to_be_visible()
    page.fill("[name=reason]", "新设事项")
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_text("已送审").first).to_be_visible()
    page.context.close()


def publish_the_item(platform: Platform) -> None:
    page = sign_in(platform, "arts_publisher")
    page.goto(f"{platform.url}/desk/items/?tab=review")
    page.locator("tbody tr", has_text=NAME).get_by_role("link").first.click()
    page.get_by_role("button", name="审核通过并发布").click()
    expect(page.get_by_text("已发布第 1 版，大厅里马上能看到").first).to_be_visible()
    page.context.close()
