"""What the engines are given to seal with, where a seal goes, and every reason for which nothing is sealed."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.kernel.modules import Text

MM_PER_POINT = 25.4 / 72
LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SealMaterial:
    """A seal as the engines need it. Certificates and ``ses_seal`` (GB/T 38540 SES_Seal) are DER; ``chain`` goes from
    the issuing authority to the root and leaves the seal's own certificate out.

    ``image_svg`` has the seal's size as its view box's proportion and no background. The SM2 side is empty where a
    seal only seals PDF.
    """

    code: str
    name: str
    kind: str
    image_svg: str
    width_mm: float
    height_mm: float
    certificate: bytes
    chain: tuple[bytes, ...]
    key_name: str
    sm2_certificate: bytes = b""
    sm2_chain: tuple[bytes, ...] = ()
    sm2_key_name: str = ""
    ses_seal: bytes = b""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a seal's image goes: its upper left corner, in millimetres from that of the page as it is seen.

    ``page`` counts from 1.
    """

    page: int
    x_mm: float
    y_mm: float


class SealingRefused(Exception):
    """Nothing was sealed. ``code`` is for programs, the text for the person."""

    code: ClassVar[str] = "refused"
    say: ClassVar[Text] = ""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.code)

    def __str__(self) -> str:
        return _(str(self.say)) % self.values if self.values else _(str(self.say))


class NotAPdf(SealingRefused):
    code = "not_pdf"
    say = gettext_lazy("这不是 PDF 文件，请上传 PDF 文件。")


class BrokenPdf(SealingRefused):
    code = "broken_pdf"
    say = gettext_lazy("这份 PDF 文件已损坏，读不出来。请用原来的软件重新导出一份。")


class CutPdf(SealingRefused):
    code = "cut_pdf"
    say = gettext_lazy("这份 PDF 文件不完整，后面的内容缺失。请重新下载或者重新传一次。")


class EncryptedPdf(SealingRefused):
    code = "encrypted_pdf"
    say = gettext_lazy("这份 PDF 文件加了密码，不能用印。请先去掉密码再上传。")


class XfaForm(SealingRefused):
    code = "xfa_form"
    say = gettext_lazy("这份 PDF 是动态表单（XFA），内容会随软件变化，不能用印。请先打印成普通的 PDF。")


class SealingForbidden(SealingRefused):
    code = "sealing_forbidden"
    say = gettext_lazy("这份文件上已有的签章声明不得再作任何改动，不能再加盖印章。")


class BrokenSeal(SealingRefused):
    code = "broken_seal"
    say = gettext_lazy("这份文件上已有的签章验证不通过，文件可能被改动过，不能再加盖印章。")


class FileTooLarge(SealingRefused):
    code = "too_large"
    say = gettext_lazy("文件太大，最大 64 MB。")


class NoPlacement(SealingRefused):
    code = "no_placement"
    say = gettext_lazy("没有指定印章盖在哪里。")


class PageMissing(SealingRefused):
    code = "page_missing"
    say = gettext_lazy("文件只有 %(pages)s 页，没有第 %(page)s 页。")


class OutsideThePage(SealingRefused):
    code = "outside_page"
    say = gettext_lazy("印章在第 %(page)s 页超出了纸面，请调整位置。")


class OtherDocument(SealingRefused):
    code = "other_document"
    say = gettext_lazy("这不是批准用印的那份文件，内容不一样，不能用印。")


class CertificateNotYetValid(SealingRefused):
    code = "not_yet_valid"
    say = gettext_lazy("印章的证书还没有生效，现在不能用印。")


class CertificateExpired(SealingRefused):
    code = "expired"
    say = gettext_lazy("印章的证书已经过期，请先更新证书。")


class CertificateRevoked(SealingRefused):
    code = "revoked"
    say = gettext_lazy("印章的证书已被吊销，不能用印。")


class OtherKey(SealingRefused):
    code = "other_key"
    say = gettext_lazy("印章的证书和密钥不是一对，不能用印。请联系印章管理员。")


class NoTrustedTime(SealingRefused):
    code = "no_time"
    say = gettext_lazy("时间戳服务现在不签发时间，不能用印。请稍后再试，一直这样请联系平台管理员。")


class NoSm2Side(SealingRefused):
    code = "no_sm2"
    say = gettext_lazy("这枚印章没有国密证书，只能加盖在 PDF 文件上。")


class NotAnOfd(SealingRefused):
    code = "not_ofd"
    say = gettext_lazy("这不是 OFD 文件，请上传 OFD 文件。")


class BrokenOfd(SealingRefused):
    code = "broken_ofd"
    say = gettext_lazy("这份 OFD 文件已损坏，读不出来。请用原来的软件重新导出一份。")


class EncryptedOfd(SealingRefused):
    code = "encrypted_ofd"
    say = gettext_lazy("这份 OFD 文件加了密码，不能用印。请先去掉密码再上传。")


class SeveralDocuments(SealingRefused):
    code = "several_documents"
    say = gettext_lazy("这份 OFD 文件里有多份文档，请拆开后分别用印。")


class BadSealPicture(SealingRefused):
    code = "bad_picture"
    say = gettext_lazy("印章的图样读不出来，请联系印章管理员重新制作。")


class NotConvertible(SealingRefused):
    code = "not_convertible"
    say = gettext_lazy("第 %(page)s 页用了不能转成 OFD 的内容（%(what)s），请改用 PDF。")
