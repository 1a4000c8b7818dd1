"""What the administration brings: its screens over identity, calendar, rules, jobs and the journal."""

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from zhengtong.capabilities.cases.public import LegalRule
from zhengtong.core.audit.public import ActionWords, AuditRecord
from zhengtong.core.identity.public import Protected, Reorganisation
from zhengtong.desks.administration.models import PublicRecord
from zhengtong.desks.administration.permissions import PERMISSIONS, ROLES
from zhengtong.desks.administration.screens import SCREENS
from zhengtong.desks.administration.search import SEARCHABLE
from zhengtong.desks.administration.templates_menu import TEMPLATES_ENTRY
from zhengtong.kernel.models import CalendarNotice
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="administration",
    title=_("系统管理"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        ActionWords(
            "administration",
            {
                "job_retried": _("重新执行后台任务"),
                "job_discarded": _("放弃后台任务"),
                "calendar_imported": _("录入节假日安排"),
            },
        ),
        Protected(CalendarNotice, is_unscoped=True),
        Protected(LegalRule, is_unscoped=True),
        Protected(ProcrastinateJob, is_unscoped=True),
        Protected(AuditRecord, organisation="organisation"),
        Protected(PublicRecord, is_unscoped=True),
        Protected(Reorganisation, is_unscoped=True),
        *SCREENS,
        *SEARCHABLE,
        TEMPLATES_ENTRY,
    ),
)
