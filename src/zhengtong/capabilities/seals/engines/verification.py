"""Judging any file that somebody brings: PDF or OFD, sealed here or elsewhere, whole or made to do harm."""

from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.seals.engines.judging import Register
from zhengtong.capabilities.seals.engines.material import LARGEST_FILE, SealingRefused
from zhengtong.capabilities.seals.engines.pdf_reading import PDF_FAULTS
from zhengtong.capabilities.seals.engines.report import Check, Report, failed, passed, unknown
from zhengtong.capabilities.seals.engines.trust import Anchors, get_anchors
from zhengtong.capabilities.seals.engines.verify_ofd import verify_ofd
from zhengtong.capabilities.seals.engines.verify_pdf import verify_pdf

NO_REGISTER = Register(find_seal=lambda _fingerprint, _at: None, find_document=lambda _digest: None)
# Said to somebody who wants to check a file, not to seal it.
_SENTENCES = {
    "password_needed": gettext_lazy("这份 PDF 加了密码。请填上打开它的密码再查验。"),
    "wrong_password": gettext_lazy("密码不对，打不开这份 PDF。请核对密码后再试。"),
    "encrypted_ofd": gettext_lazy("这份 OFD 加了密码，不能查验。请向发给您的人要没有加密的文件。"),
    "too_many": gettext_lazy("文件上的印章太多（超过 60 个），没有查验。"),
    "too_many_objects": gettext_lazy("文件的结构太复杂，没有查验。"),
    "too_large": gettext_lazy("文件太大，或者解开后太大，没有查验。"),
    "dangerous": gettext_lazy("这份文件的结构不正常，像是故意做来让程序出错的，没有查验。"),
    "several_documents": gettext_lazy("这份 OFD 里有多份文档，请拆开后分别查验。"),
    "empty": gettext_lazy("文件是空的，请重新选择。"),
    "not_supported": gettext_lazy("只能查验 PDF 和 OFD 文件。照片、截图和打印件请用核验码查。"),
    "unreadable": gettext_lazy("文件已损坏，读不出来。请重新下载，或者向发给您的人要一份。"),
}


def verify_file(
    content: bytes,
    *,
    password: str = "",
    anchors: Anchors | None = None,
    register: Register = NO_REGISTER,
) -> Report:
    """Return what was found about ``content``. Raises nothing for what an outsider can send."""
    digest, size = sha256(content).hexdigest(), len(content)
    form = _recognise(content)
    code = ""
    if not content:
        code = "empty"
    elif size > LARGEST_FILE:
        code = "too_large"
    elif not form:
        code = "not_supported"
    if code:
        return Report(form, digest, size, (_unreadable(code),), code=code)
    anchors = anchors or get_anchors()
    try:
        if form == "pdf":
            pages, seals = verify_pdf(content, anchors=anchors, register=register, password=password)
        else:
            pages, seals = verify_ofd(content, anchors=anchors, register=register)
    except SealingRefused as error:
        return Report(form, digest, size, (_unreadable(error.code, str(error)),), code=error.code)
    except (*PDF_FAULTS, MemoryError):
        # A library met what its author didn't expect: for whoever asks that is a broken file.
        return Report(form, digest, size, (_unreadable("unreadable"),), code="unreadable")
    return Report(form, digest, size, (_check_origin(digest, register),), seals, pages)


def _recognise(content: bytes) -> str:
    if b"%PDF-" in content[:1024]:
        return "pdf"
    return "ofd" if content.startswith(b"PK\x03\x04") else ""


def _unreadable(code: str, sentence: str = "") -> Check:
    return failed(code, _("读取文件"), str(_SENTENCES.get(code) or sentence or _SENTENCES["unreadable"]))


def _check_origin(digest: str, register: Register) -> Check:
    name = _("是不是本平台的文件")
    origin = register.find_document(digest)
    if origin is not None:
        return passed("origin", name, origin.sentence)
    return unknown("origin", name, _("本平台没有和它一字不差的文件：是别处的文件，或者后来又存过、盖过章。"))
