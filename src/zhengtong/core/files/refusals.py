"""Why an upload is refused, in a sentence that says what is wrong with it and what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.core.files.domain import FORMS, Content, FileKind, names_of

# Codes are stable: programs read them, and the probe process hands them over.
SENTENCES: dict[str, Promise] = {
    "empty": gettext_lazy("这个文件是空的（0 字节）。请重新选择文件。"),
    "incomplete": gettext_lazy("文件没有传完整。请检查网络后重新上传。"),
    "too_large": gettext_lazy("文件超过 %(limit)s 的上限。请压缩、降低清晰度或拆成几个文件后再上传。"),
    "bad_name": gettext_lazy("文件名里有不能使用的字符。请改名后再上传。"),
    "not_allowed": gettext_lazy("这里不收 %(kind)s 文件。可以上传：%(allowed)s。"),
    "unknown": gettext_lazy("认不出这个文件的内容。可以上传：%(allowed)s。"),
    "looks_like": gettext_lazy("这个文件的内容是%(what)s，不能上传。可以上传：%(allowed)s。"),
    "misnamed": gettext_lazy(
        "文件名以 .%(extension)s 结尾，内容却是 %(kind)s。请把结尾改成 .%(right)s，或者换成真正的文件后再上传。"
    ),
    "no_extension": gettext_lazy("文件名没有结尾。内容是 %(kind)s，请把文件名改成以 .%(right)s 结尾后再上传。"),
    "disguised": gettext_lazy("文件名以 .%(extension)s 结尾，内容却是%(what)s。请上传真正的文件。"),
    "buried_pdf": gettext_lazy("这个 PDF 的开头混入了别的内容。请用软件打开后另存为 PDF，再上传。"),
    "pdf_encrypted": gettext_lazy("这个 PDF 设了密码或使用限制。请去掉密码和限制，另存后再上传。"),
    "pdf_unreadable": gettext_lazy("这个 PDF 打不开，可能已经损坏。请重新生成或扫描后再上传。"),
    "pdf_no_pages": gettext_lazy("这个 PDF 里一页也没有。请检查后重新上传。"),
    "image_unreadable": gettext_lazy("这张图片打不开，可能已经损坏。请重新拍照或另存后再上传。"),
    "image_truncated": gettext_lazy("这张图片不完整，可能没有保存好。请重新拍照或另存后再上传。"),
    "image_too_many_pixels": gettext_lazy("这张图片超过 %(megapixels)s 万像素。请缩小后再上传。"),
    "package_unreadable": gettext_lazy("这个文件打不开，可能已经损坏。请用软件打开后另存，再上传。"),
    "package_bomb": gettext_lazy("这个文件解压后大得不正常，为安全起见不能上传。请用软件打开后另存，再上传。"),
    "package_encrypted": gettext_lazy("这个文件设了密码。请去掉密码，另存后再上传。"),
    "package_nested": gettext_lazy("这个文件里套着别的压缩包，为安全起见不能上传。请把内容拆开后分别上传。"),
    "package_macros": gettext_lazy("这个文件带有宏（程序），为安全起见不能上传。请另存为不带宏的文件或 PDF，再上传。"),
    "package_unsafe": gettext_lazy("这个文件的内部结构不安全，不能上传。请用软件打开后另存，再上传。"),
    "state_secret": gettext_lazy(
        "这个文件标有国家秘密的密级（秘密、机密或者绝密），不得在本网络上传、存储和传输（保守国家秘密法第二十六条、第三十一条），"
        "没有保存。请立即停止操作，把载体交本单位保密工作机构处理。"
    ),
    "zip": gettext_lazy("这里不收压缩包。请解压后分别上传。可以上传：%(allowed)s。"),
    "too_complex": gettext_lazy("这个文件过于复杂，检查不完。请用软件打开后另存为普通 PDF，再上传。"),
    "infected": gettext_lazy("这个文件里查出了病毒，没有保存。请先给设备杀毒，再换一个文件上传。"),
    "scanner_unavailable": gettext_lazy("病毒检查暂时不能用，文件没有保存。请过几分钟再上传。"),
}

_WHAT: dict[Content, Promise] = {
    Content.PROGRAM: gettext_lazy("可执行程序"),
    Content.HTML: gettext_lazy("网页"),
    Content.SVG: gettext_lazy("SVG 矢量图（可以带脚本）"),
    Content.SCRIPT: gettext_lazy("脚本程序"),
    Content.OLE: gettext_lazy("旧版 Office 文档，或者加了密码的 Office 文档"),
    Content.ARCHIVE: gettext_lazy("压缩包"),
    Content.HEIC: gettext_lazy("HEIC 照片（请在手机上转成 JPG）"),
    Content.IMAGE: gettext_lazy("别的格式的图片（请另存为 JPG 或 PNG）"),
    Content.VIDEO: gettext_lazy("视频或录音"),
    Content.TEXT: gettext_lazy("纯文本"),
}


class UploadRefused(Exception):
    """An upload isn't taken. ``code`` is stable, ``message`` is the sentence for the person."""

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        message = str(SENTENCES[code]) % dict(params or {})
        super().__init__(message)
        self.code = code
        self.message = message


def refuse_content(what: Content, extension: str, allowed: frozenset[FileKind]) -> UploadRefused:
    """Return the refusal of bytes that are none of the platform's kinds."""
    names = names_of(allowed)
    if what is Content.BURIED_PDF:
        return UploadRefused("buried_pdf")
    if what is Content.ZIP:
        return UploadRefused("zip", {"allowed": names})
    if what not in _WHAT:
        return UploadRefused("unknown", {"allowed": names})
    if any(extension in form.extensions for form in FORMS.values()) and what is not Content.OLE:
        return UploadRefused("disguised", {"extension": extension, "what": _WHAT[what]})
    return UploadRefused("looks_like", {"what": _WHAT[what], "allowed": names})


def describe_limit(allowed: frozenset[FileKind], limit: str) -> str:
    """Return the help text of a file field: which kinds, how large."""
    return _("可以上传 %(kinds)s，每个文件不超过 %(limit)s。") % {"kinds": names_of(allowed), "limit": limit}
