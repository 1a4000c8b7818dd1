"""``{% mark_of row %}`` beside a title, ``{% reader_watermark row %}`` over the page of a work secret."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhengtong.core.marks.public import describe_mark, get_markable, may_see_marks
from zhengtong.kernel.marks import Mark

register = template.Library()


@register.simple_tag(takes_context=True)
def mark_of(context: template.Context, row: Any) -> SafeString:
    """Return the row's mark as a chip, which leads to its page whoever may see that."""
    tone = "danger" if row.mark >= Mark.WORK_SECRET else "neutral"
    said = describe_mark(row) if row.mark >= Mark.WORK_SECRET else str(Mark(row.mark).label)
    if not may_see_marks(context["request"].actor, row):
        return format_html('<span class="chip chip-{}">{}</span>', tone, said)
    url = reverse("marks_desk:row", args=[get_markable(row).key, row.pk])
    return format_html('<a class="chip chip-{}" href="{}" title="{}">{}</a>', tone, url, _("密级标识"), said)


@register.simple_tag
def reader_watermark(row: Any) -> SafeString:
    """Return the picture with the reader's name, printed as well; nothing for what is no work secret."""
    if row.mark < Mark.WORK_SECRET:
        return SafeString("")
    picture = '<img class="reader-watermark" src="{}" alt="" aria-hidden="true">'
    return format_html(picture, reverse("marks_desk:reader"))
