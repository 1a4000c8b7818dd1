"""Keeping a form that was sent when a proof was needed first, so that nothing typed is lost."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from zhengtong.capabilities.signon.models import HeldForm
from zhengtong.core.identity.public import Account

LASTS = timedelta(minutes=10)
TOKENS = ("csrfmiddlewaretoken",)
MOST_FIELDS = 500


@transaction.atomic
def hold_form(*, account: Account, path: str, posted: QueryDict) -> HeldForm:
    """Keep what was sent to ``path``."""
    fields = [[name, value] for name, values in posted.lists() for value in values if name not in TOKENS]
    return hold_fields(account=account, path=path, fields=fields[:MOST_FIELDS])


@transaction.atomic
def hold_fields(*, account: Account, path: str, fields: list[list[str]]) -> HeldForm:
    """Keep names and values for a while, sealed; of one path a person has one at a time."""
    HeldForm.objects.filter(account=account, path=path).delete()
    return HeldForm.objects.create(account=account, path=path, fields=fields)


def get_held(account: Account, key: str) -> HeldForm | None:
    try:
        pk = UUID(key)
    except ValueError:
        return None
    return HeldForm.objects.filter(pk=pk, account=account, created_at__gte=timezone.now() - LASTS).first()


def release_form(held: HeldForm) -> bool:
    """Let go of a held form; False when it was shown already."""
    return bool(HeldForm.objects.filter(pk=held.pk).delete()[0])


def forget_old_forms() -> None:
    HeldForm.objects.filter(created_at__lt=timezone.now() - LASTS).delete()
