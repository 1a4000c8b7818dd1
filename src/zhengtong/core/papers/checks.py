"""System checks: every kind of paper has its template, and this machine can set Chinese."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register

from zhengtong.core.papers.fonts import FontsMissing, open_font_case
from zhengtong.core.papers.kinds import PaperKind
from zhengtong.core.papers.typesetting import ROOT
from zhengtong.kernel.modules import registry


@register()
def every_kind_has_its_template(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for kind in registry.of(PaperKind):
        if not kind.template.is_file():
            found.append(Error(f"paper kind {kind.code!r}: no template {kind.template}", id="papers.E001"))
        elif not kind.template.resolve().is_relative_to(ROOT):
            found.append(Error(f"paper kind {kind.code!r}: {kind.template} is outside {ROOT}", id="papers.E002"))
    return found


# Looking at fonts takes a third of a second: only with `check --deploy`, and when the worker starts printing.
@register(Tags.compatibility, deploy=True)
def fonts_can_show_chinese(**kwargs: Any) -> list[CheckMessage]:
    try:
        case = open_font_case()
    except FontsMissing as error:
        return [Warning(str(error), id="papers.W001")]
    if not case.has_preferred:
        return [
            Warning(
                f"文书将用 {case.song[0]} 排印，建议安装 fonts-noto-cjk，使各处排印一致。",
                id="papers.W002",
            )
        ]
    return []
