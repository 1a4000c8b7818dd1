"""The filters of a list: each reads its own parameters of the address, says in words what it asks, and narrows."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.kernel.policy import Actor
from zhengtong.screens.choosing import Chosen, choices_of, is_short
from zhengtong.screens.columns import Field, find_path
from zhengtong.screens.declaration import Filter, ModelScreens
from zhengtong.screens.formbuilding import Chooser
from zhengtong.screens.routing import url_of

LONGEST = 100
Choice = tuple[str, str]


class Meaningless(Exception):
    """What was asked of a filter means nothing; the message says what would."""


@dataclass
class BoundFilter:
    """A filter with what the address asks of it. ``words`` is "" while it asks nothing."""

    declared: Filter
    screens: ModelScreens
    actor: Actor
    title: str
    fields: tuple[Field, ...]
    given: dict[str, list[str]] = field(default_factory=dict)
    words: str = ""
    kind: ClassVar[str] = ""

    @property
    def name(self) -> str:
        return self.declared.field

    @property
    def params(self) -> tuple[str, ...]:
        """The parameters of the address that are this filter's."""
        return (self.name,)

    @property
    def target(self) -> Field:
        return self.fields[-1]

    @property
    def value(self) -> str:
        return next(iter(self.given.get(self.name, [])), "")

    @property
    def is_active(self) -> bool:
        return bool(self.words)

    @property
    def choices(self) -> Sequence[Choice]:
        return ()

    def read(self, query: QueryDict) -> Q | None:
        """Return the condition that ``query`` asks for, None when it asks nothing. Raises Meaningless."""
        for param in self.params:
            texts = [text.strip() for text in query.getlist(param)]
            self.given[param] = [text[:LONGEST] for text in texts if text]
        return self.condition() if any(self.given.values()) else None

    def condition(self) -> Q:
        raise NotImplementedError


class ChoiceFilter(BoundFilter):
    kind = "choice"

    @property
    def choices(self) -> Sequence[Choice]:
        if self.declared.choices is not None:
            return [(str(value), str(words)) for value, words in self.declared.choices(self.actor)]
        if self.target.choices:
            return [(str(value), str(words)) for value, words in self.target.flatchoices if value not in ("", None)]
        return choices_of(self.screens, self.target, self.actor)

    def condition(self) -> Q:
        words = dict(self.choices)
        given = self.given[self.name]
        if unknown := [value for value in given if value not in words]:
            raise Meaningless(_("“%(title)s”里没有“%(value)s”") % {"title": self.title, "value": unknown[0]})
        self.words = "、".join(words[value] for value in given)
        return Q(**{f"{self.name}__in": given}) if len(given) > 1 else Q(**{self.name: given[0]})


class FlagFilter(BoundFilter):
    kind = "flag"

    @property
    def choices(self) -> Sequence[Choice]:
        return [("1", _("是")), ("0", _("否"))]

    def condition(self) -> Q:
        if self.value not in ("0", "1"):
            raise Meaningless(_("“%(title)s”只能选是或者否") % {"title": self.title})
        self.words = dict(self.choices)[self.value]
        return Q(**{self.name: self.value == "1"})


class DatesFilter(BoundFilter):
    kind = "dates"

    @property
    def params(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_until")

    @property
    def first(self) -> str:
        return next(iter(self.given.get(self.params[0], [])), "")

    @property
    def last(self) -> str:
        return next(iter(self.given.get(self.params[1], [])), "")

    def condition(self) -> Q:
        first, last = self._day(self.first), self._day(self.last)
        if first and last and first > last:
            raise Meaningless(_("“%(title)s”的起始日期晚于截止日期") % {"title": self.title})
        is_moment = isinstance(self.target, models.DateTimeField)
        asked = Q()
        if first:
            asked &= Q(**{f"{self.name}__gte": _moment(first) if is_moment else first})
        if last:
            # Up to the end of the day.
            asked &= Q(**{f"{self.name}__lt": _moment(last + timedelta(days=1)) if is_moment else last + timedelta(1)})
        self.words = _("%(first)s 至 %(last)s") % {"first": first or "…", "last": last or "…"}
        return asked

    def _day(self, text: str) -> date | None:
        if not text:
            return None
        try:
            day = parse_date(text)
        except ValueError:  # 2026-02-30
            day = None
        if day is None or day.year >= date.max.year or day.year < 1000:  # a zone's midnight has to be a moment
            raise Meaningless(_("“%(title)s”的日期“%(value)s”不存在") % {"title": self.title, "value": text})
        return day


class TreeFilter(BoundFilter):
    """A region or an organisation, and all below it."""

    kind = "chooser"

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.screens, self.target, self.actor)

    @property
    def control(self) -> SafeString:
        """Its input, which offers rows as one types."""
        url = url_of(self.screens, "options", field=self.name)
        attrs = {"id": f"filter-{self.name}", "class": "input", "maxlength": LONGEST}
        return Chooser(url).render(self.name, self.value, attrs)

    def condition(self) -> Q:
        row = self._row()
        model = type(row)
        below = model._default_manager.filter(path__contained_by=row.path).order_by()
        self.words = _("%(name)s及以下") % {"name": row}
        return Q(**{f"{self.name}__in": below.values("pk")})

    def _row(self) -> Any:
        try:
            return self.chosen.find(self.value)
        except LookupError as error:
            raise Meaningless(f"“{self.title}”：{error}") from None


class RowFilter(TreeFilter):
    """A row of another model, chosen by the beginning of its name."""

    def condition(self) -> Q:
        row = self._row()
        self.words = str(row)
        return Q(**{self.name: row.pk})


class ExactFilter(BoundFilter):
    kind = "exact"

    def condition(self) -> Q:
        # The field's own form field knows how many digits its column holds.
        made = self.target.formfield() or forms.IntegerField(min_value=0, max_value=models.BigIntegerField.MAX_BIGINT)
        try:
            value = made.clean(self.value)
        except ValidationError:
            told = {"title": self.title, "value": self.value}
            raise Meaningless(_("“%(title)s”不能是“%(value)s”") % told) from None
        self.words = self.value
        return Q(**{self.name: value})


class DigestFilter(BoundFilter):
    """A personal number, whole: found by its keyed digest, and never shown in the words."""

    kind = "digest"

    def condition(self) -> Q:
        text = unicodedata.normalize("NFKC", self.value).replace(" ", "").upper()
        if self.declared.read is not None:
            try:
                text = self.declared.read(text)
            except Exception as error:
                if not hasattr(error, "message"):
                    raise
                raise Meaningless(f"“{self.title}”：{error.message}") from None
        self.words = _("已填写")
        return Q(**{self.declared.digest_field: digest(text)})


KINDS: dict[str, type[BoundFilter]] = {
    "choice": ChoiceFilter,
    "flag": FlagFilter,
    "dates": DatesFilter,
    "region": TreeFilter,
    "organisation": TreeFilter,
    "row": RowFilter,
    "exact": ExactFilter,
    "digest": DigestFilter,
}


def kind_of(declared: Filter, target: Field) -> str:
    """Return how a filter is asked: as declared, or as its field's type suggests."""
    if declared.kind:
        return declared.kind
    if declared.choices is not None or target.choices:
        return "choice"
    if isinstance(target, models.BooleanField):
        return "flag"
    if isinstance(target, models.DateField):  # moments too
        return "dates"
    related = target.related_model
    if isinstance(related, type) and issubclass(related, Region):
        return "region"
    if isinstance(related, type) and issubclass(related, Organisation):
        return "organisation"
    if isinstance(related, type):
        return "choice" if is_short(related) else "row"
    return "exact"


def bind_filter(screens: ModelScreens, filter_: str | Filter, actor: Actor, titles: dict[str, Any]) -> BoundFilter:
    """Return the filter for ``actor``. ``titles`` are those of the columns. Raises FieldDoesNotExist."""
    declared = Filter(filter_) if isinstance(filter_, str) else filter_
    fields = find_path(screens.model, declared.field)
    title = declared.title or titles.get(declared.field) or fields[0].verbose_name
    return KINDS[kind_of(declared, fields[-1])](declared, screens, actor, str(title), fields)


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
