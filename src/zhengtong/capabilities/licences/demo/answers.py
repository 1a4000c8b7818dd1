"""What is written in the demo's cases: answers to the form, corrections, findings, reasons, appraisals."""

import random
from typing import Any

from zhengtong.capabilities.registers.public import Enterprise, Resident

_STREETS = ("安澜大道", "文澜路", "人民路", "解放路", "澄江路", "书院街", "长桥路", "迎宾路", "花巷", "新港路")
_CATERING = (
    ["热食类食品制售"],
    ["热食类食品制售", "冷食类食品制售"],
    ["热食类食品制售", "自制饮品制售"],
    ["自制饮品制售"],
)
_SALES = (["散装食品销售"], ["散装食品和预包装食品销售"])
CATERING = "餐饮服务经营者"

MARKS = (
    ("material:premises_plan", "布局图没有标明洗手池和冷藏设备的位置，请补画后重新上传。"),
    ("material:safety_rules", "缺少食品安全事故处置方案，请补充后重新上传。"),
    ("field:premises_area", "填写的面积与布局图不一致，请核对后重新填写。"),
    ("field:staff_count", "从业人数少于健康证明的人数，请核对。"),
)
HEALTH_MARK = ("material:health_certificates", "有一人的健康证明已过有效期，请上传新的证明。")

NOT_REQUIRED = "您只销售预包装食品，依照《食品安全法》第三十五条不需要取得食品经营许可，请到本窗口办理备案。"
NOT_COMPETENT = "您的经营场所不在本辖区内，食品经营许可由经营场所所在地的市场监督管理部门办理。"
PASSED = (
    "场所布局与申请材料一致，水池、冷藏、消毒设施齐全，生熟分开，现场符合要求。",
    "现场整洁，三防设施到位，操作流程合理，从业人员健康证明在有效期内。",
    "布局与图纸一致；更衣间已按要求设置，符合要求。",
)
FAILED = "粗加工区与备餐区没有隔开，只有一个水池，洗消设施不足，与申请材料不符。"
PROPOSE_GRANT = (
    "材料齐全，符合法定条件，拟准予。",
    "经书面审查和核对登记信息，符合规定，拟准予许可。",
    "符合要求，拟同意。",
)
PROPOSE_REFUSE = "经营场所布局不合理，达不到防止交叉污染的要求，拟不予许可。"
GRANTED = (
    "符合《食品安全法》第三十三条规定的条件，准予许可。",
    "经审查符合法定条件、标准，准予许可。",
    "同意审查意见，准予许可。",
)
REFUSED = (
    "经现场核查，食品加工区与生活区没有分隔，洗消设施不足，不符合食品安全标准。",
    "经营场所与公共厕所的距离不足，不符合保持规定距离的要求。",
    "提交的布局图与现场不一致，且加工流程存在生熟交叉，不符合规定条件。",
)
REFUSAL_BASIS = "《中华人民共和国食品安全法》第三十三条第一款第二项、第四项"
RETURNED = ("现场核查记录缺少第二名核查人员的签字，请补充后再报。", "冷食类项目的专间面积没有说明，请核实。")
EXTENSION = ("申请项目较多，需要向专家咨询冷食类专间的设置。", "连锁总部的管理制度须向外地市场监管部门核实。")
EXTENSION_OPINION = "情况属实，同意延长。"
DELEGATED = ("外出参加培训", "与申请人相识，申请回避", "工作调整")
WITHDRAWN = ("改在别处开店，不办了。", "合伙人退出，暂不开业。", "填错了经营场所，重新申请。")
COMMENTS = {
    5: ("全程在网上办完，没有跑腿，很快。", "窗口的同志很耐心，一次说清楚。", "两天就拿到电子证，方便。", "", ""),
    4: ("整体不错，上传图纸的时候慢了点。", "比预想的快。", ""),
    3: ("补正了一次，希望要求写得更清楚。", "一般。"),
    2: ("等得有点久，电话不好打通。",),
    1: ("超过了承诺的时间，没有人主动说明。",),
}
SCORES = ((5, 66), (4, 20), (3, 8), (2, 4), (1, 2))


def give_appraisal(rng: random.Random, *, is_late: bool) -> tuple[int, str]:
    """Return a score and its words; who waited too long is seldom pleased."""
    score = rng.choice((1, 2, 3)) if is_late else rng.choices(*zip(*SCORES, strict=True))[0]
    return score, rng.choice(COMMENTS[score])


def known_answers(enterprise: Enterprise, contact: tuple[str, str]) -> dict[str, Any]:
    """Return what the platform fills in for an applicant. ``contact`` is her name and phone."""
    return {
        "operator_name": enterprise.name,
        "credit_code": enterprise.credit_code,
        "legal_representative": enterprise.representative_name,
        "residence": enterprise.address,
        "contact_name": contact[0],
        "contact_phone": contact[1],
    }


def typed_answers(
    enterprise: Enterprise, representative: Resident, phone: str, rng: random.Random, *, at_counter: bool, is_new: bool
) -> dict[str, Any]:
    """Return what the applicant types herself. ``is_new``: not the place that the business is registered at."""
    is_catering = "餐饮服务" in enterprise.business_scope
    return {
        "legal_representative_id": representative.id_number,
        "premises": _another_place(enterprise, rng) if is_new else enterprise.address,
        "premises_area": str(rng.choice((18, 26, 35, 48, 60, 85, 120, 180, 260))),
        "staff_count": str(rng.randint(1, 12)),
        "business_form": CATERING if is_catering else "食品销售经营者",
        "business_items": list(rng.choice(_CATERING if is_catering else _SALES)),
        "sells_online": rng.random() < 0.4,
        "safety_manager_name": representative.name,
        "safety_manager_id": representative.id_number,
        "safety_manager_phone": phone,
        "safety_manager_post": "食品安全员",
        "delivery_method": "到窗口领取" if at_counter else "只要电子证",
        "is_truthful": True,
    }


def _another_place(enterprise: Enterprise, rng: random.Random) -> str:
    town = enterprise.region
    start = enterprise.address.partition(town.name)[0]
    return f"{start}{town.name}{rng.choice(_STREETS)}{rng.randint(1, 199)}号{rng.randint(1, 9)}号铺"


def corrected_value(key: str, old: Any) -> str:
    """Return the answer that follows a correction of a number."""
    number = int(float(str(old) or 1))
    return str(number + (2 if key == "staff_count" else 6))
