"""How a state secret shows itself: the mark that GB/T 9704-2012 7.2.2 has written on it. Imports no Django."""

import re
import unicodedata

# 机密★10年, 秘密★长期, 绝 密 ☆ 30年; the star makes it a mark and not a word of the text.
_STAR = re.compile(r"(?P<level>绝\s*密|机\s*密|秘\s*密)\s*[★☆✩*＊]\s*(?:\d{1,2}\s*年|长期|解密前|\d{1,3}\s*个?月|$)")
# A file called 【机密】… or …（绝密）.doc
_NAMED = re.compile(r"[\[【(（<《〔]\s*(?P<level>绝密|机密|秘密)\s*[\]】)）>》〕]")
# From the lowest to the highest (保守国家秘密法 art. 14).
_LEVELS = ("秘密", "机密", "绝密")


def find_state_secret(text: str, name: str = "") -> str | None:
    """Return the level of a state secret's mark that ``text`` bears or a file's ``name`` says, None when there is none.

    It recognises marks as GB/T 9704 has them written, on a line of a text, full width or not; it doesn't judge content.
    """
    found = [
        re.sub(r"\s", "", match["level"])
        for line in unicodedata.normalize("NFKC", text).splitlines()
        # 工作秘密★ is no state secret.
        for match in _STAR.finditer(line.replace("工作秘密", ""))
    ]
    plain = unicodedata.normalize("NFKC", name).replace("工作秘密", "")
    found += [match["level"] for match in (*_NAMED.finditer(plain), *_STAR.finditer(plain))]
    return max((re.sub(r"\s", "", each) for each in found), key=_LEVELS.index, default=None)
