"""The same checks for programs: a file is sent, the report comes back, nothing is kept."""

from datetime import datetime
from typing import Annotated, Any, Literal

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from ninja import File, Form, Router, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from pydantic import Field

from zhengtong.capabilities.seals.public import Report, check_file

router = Router()


class CheckAnswer(Schema):
    code: str = Field(description="检查项，稳定，程序据此判断")
    name: str
    outcome: Literal["passed", "failed", "unknown"] = Field(description="passed 通过，failed 不通过，unknown 无法确认")
    sentence: str


class SealAnswer(Schema):
    name: str = Field(description="印章名称")
    code: str = Field(description="印章编码，不知道时为空")
    holder: str = Field(description="证书写明的持有者")
    issuer: str = Field(description="证书的颁发机构")
    certificate: str = Field(description="证书序列号，十六进制")
    sealed_at: datetime | None = Field(description="盖章时间")
    is_time_proved: bool = Field(description="盖章时间有可信时间戳证明")
    pages: list[int] = Field(description="印章显示在第几页，从 1 数起")
    outcome: Literal["passed", "failed", "unknown"]
    checks: list[CheckAnswer]


class FileVerification(Schema):
    verdict: Literal["genuine", "doubtful", "invalid", "changed", "unsealed", "unreadable"] = Field(
        description="genuine 有效且未改动；doubtful 有项目无法确认；invalid 印章不能认可；changed 被改动或伪造；"
        "unsealed 没有印章；unreadable 不能查验"
    )
    title: str
    sentence: str
    code: str = Field(description="不能查验的原因，其他情况为空")
    form: str = Field(description="pdf、ofd，或者为空")
    sha256: str
    size: int
    pages: int
    checks: list[CheckAnswer]
    seals: list[SealAnswer]


@router.post(
    "/sealed-files/verify",
    response=FileVerification,
    operation_id="verify_file",
    tags=["results"],
    summary="查验文件上的电子印章",
)
@sensitive_variables("password")
def verify_file(
    request: HttpRequest,
    response: HttpResponse,
    file: Annotated[UploadedFile, File(description="PDF 或者 OFD 原件")],
    password: Annotated[str, Form(max_length=128, description="打开 PDF 的密码，没有就不填")] = "",
) -> dict[str, Any]:
    """Check every seal on a PDF or OFD, sealed here or elsewhere. The file isn't kept."""
    if not ratelimit.consume(request, action="verify_file"):
        raise HttpError(429, _("查验得太频繁，请过几分钟再试。"))
    add_never_cache_headers(response)
    return _describe(check_file(file.read(), password=password))


def _describe(report: Report) -> dict[str, Any]:
    return {
        "verdict": report.verdict,
        "title": report.title,
        "sentence": report.sentence,
        "code": report.code,
        "form": report.form,
        "sha256": report.sha256,
        "size": report.size,
        "pages": report.pages,
        "checks": report.checks,
        "seals": report.seals,
    }
