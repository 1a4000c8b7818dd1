"""What a column's name and comment suggest: is it personal, how grave, how to cover it. A person confirms every one."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guess:
    """``personal`` and ``mask`` as in ``catalogue.models``; ``grade`` after GB/T 43697, 1 lowest."""

    personal: str = "none"
    mask: str = "none"
    grade: int = 1

    @property
    def is_plain(self) -> bool:
        return self == PLAIN


PLAIN = Guess()
# Of an organisation, not of a person: a licence's address, an enterprise's phone are open (企业信息公示暂行条例).
_OFFICES = re.compile(r"企业|单位|公司|机构|组织|经营|统一社会信用代码|credit_?code|org_|corp|company", re.I)
# First match wins: what is graver stands first. 个人信息保护法 第二十八条, GB/T 35273-2020 附录B.
_RULES: tuple[tuple[re.Pattern[str], Guess, bool], ...] = tuple(
    (re.compile(pattern, re.I), guess, is_anyones)
    for pattern, guess, is_anyones in (
        (r"指纹|人脸|虹膜|声纹|基因|finger_?print|face_|iris|dna", Guess("sensitive", "hidden", 4), True),
        (
            r"病|诊断|症状|用药|体检|残疾|孕|精神|diagnos|disease|medical|symptom|disab",
            Guess("sensitive", "hidden", 3),
            True,
        ),
        (r"宗教|信仰|政治面貌|religio|犯罪|前科|crimin", Guess("sensitive", "hidden", 3), True),
        (r"身份证|公民身份|证件号|护照号|sfz|id_?card|id_?no|idnum|passport", Guess("sensitive", "number", 3), True),
        (r"银行卡|银行账|开户账|卡号|bank_?(no|acc|card)|account_?no", Guess("sensitive", "number", 3), True),
        (r"未成年|儿童姓名|学生姓名|监护人|child_?name|student_?name|guardian", Guess("sensitive", "name", 3), True),
        (r"法定代表人|负责人|联系人|经办人|legal_?rep|contact_?(person|name)", Guess("personal", "name", 2), True),
        (r"手机|移动电话|mobile|cell_?phone", Guess("personal", "phone", 2), True),
        (r"电话|phone|\btel", Guess("personal", "phone", 2), False),
        (r"邮箱|电子邮件|e_?mail", Guess("personal", "digest", 2), False),
        (r"住址|户籍地|居住地|家庭地址|通讯地址|home_?addr|residence", Guess("personal", "address", 2), True),
        (r"地址|addr", Guess("personal", "address", 2), False),
        (r"出生|生日|birth", Guess("personal", "year", 2), True),
        (r"姓名|xm\b|full_?name|person_?name|citizen_?name", Guess("personal", "name", 2), True),
        (r"民族|婚姻|学历|ethnic|marital|marriage", Guess("personal", "none", 2), True),
    )
)


def guess(column: str, comment: str = "") -> Guess:
    """Return what the names suggest. Nothing is certain: 法人姓名 is found, a column called ``c17`` isn't."""
    words = f"{column} {comment}"
    is_office = _OFFICES.search(words) is not None
    for pattern, found, is_anyones in _RULES:
        if pattern.search(words) and (is_anyones or not is_office):
            return found
    return PLAIN


def name_of(column: str, comment: str = "") -> str:
    """Return an item's name: the first clause of the comment, or else the column's own."""
    first = re.split(r"[，,;；:：（(\n]", comment.strip(), maxsplit=1)[0].strip()
    return (first or column)[:100]
