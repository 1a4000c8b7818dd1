"""Asking for corrections in several parts of one application in one go: one list, one notice a part."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhengtong.capabilities.bundles.public import BundlePart, PartText, list_part_texts
from zhengtong.capabilities.cases.public import (
    Case,
    Conflict,
    RuleBroken,
    Situation,
    StaleCase,
    get_definition,
    list_answers,
    list_material_views,
    request_corrections,
    say,
)
from zhengtong.desks.window.forms import MarkRow, MarksForm, describe_given, list_told
from zhengtong.desks.window.receiving import list_to_accept
from zhengtong.kernel.policy import Denied


class SomeNotSent(Conflict):
    """Some of the notices went out, some didn't: the page is shown as it is now."""

    def __init__(self, sent: str, failed: str) -> None:
        if sent:
            super().__init__(gettext_noop("已发出补正通知：%(sent)s；没有发出：%(failed)s"), sent=sent, failed=failed)
        else:
            super().__init__(gettext_noop("没有发出补正通知：%(failed)s"), failed=failed)


@dataclass
class Target:
    """An answer or a material of the bundle, and under which name each part that waits has it."""

    label: str
    uses: list[tuple[BundlePart, str]] = field(default_factory=list)

    @property
    def group(self) -> str:
        return _("几个事项共用") if len(self.uses) > 1 else self.uses[0][0].item.name


class PartMarksForm(MarksForm):
    """What is marked under a shared answer goes to every part that uses it; each part gets its own notice."""

    # Which parts the page showed, each as it was.
    waiting = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, situation: Situation, *args: Any, **options: Any) -> None:
        self.parts = list_to_accept(situation.case)
        self.waiting_now = ",".join(f"{part.pk}:{part.case.version}" for part in self.parts if part.case)
        options["initial"] = {"waiting": self.waiting_now}
        super().__init__(situation, *args, **options)
        self.targets = self._list_targets(situation.case)
        for target, found in self.targets.items():
            self._ask(target, found.label)

    def _list_targets(self, parent: Case) -> dict[str, Target]:
        texts = {text.code: text for text in list_part_texts(get_definition(parent.item_version_id))}
        found: dict[str, Target] = {}
        self.locked: set[tuple[int, str]] = set()
        for part in self.parts:
            assert part.case is not None  # it waits for acceptance
            told = list_told(part.case)
            for own, key, label in _list_asked(part, texts[part.item.code]):
                found.setdefault(key, Target(label)).uses.append((part, own))
                if told is not None and own not in told:
                    self.locked.add((part.pk, own))
        return found

    def groups(self) -> list[tuple[str, list[MarkRow]]]:
        """Return the rows: first what several parts share, then each part's own."""
        case = self.situation.case
        answers = {f"field:{a.key}": a.text for section in list_answers(case) for a in section.answers}
        given = {f"material:{view.key}": view for view in list_material_views(case, "window")}
        grouped: dict[str, list[MarkRow]] = {}
        for target, found in sorted(self.targets.items(), key=lambda pair: len(pair[1].uses) == 1):
            shown, files = describe_given(given.get(target)) if target.startswith("material:") else ("", ())
            row = self._make_row(
                target,
                found.label,
                answers.get(target, shown),
                files,
                is_locked=all((part.pk, own) in self.locked for part, own in found.uses),
            )
            grouped.setdefault(found.group, []).append(row)
        return list(grouped.items())

    def marks_of(self, part: BundlePart) -> list[tuple[str, str]]:
        """Return the marks of one part under its own names."""
        return [
            (own, message)
            for target, message in self.marks()
            for each, own in self.targets[target].uses
            if each.pk == part.pk and (part.pk, own) not in self.locked
        ]

    def preview(self) -> list[tuple[str, str]]:
        return [
            (f"{part.item.name} · {self._own_label(part, own)}", message)
            for part in self.parts
            for own, message in self.marks_of(part)
        ]

    def _own_label(self, part: BundlePart, own: str) -> str:
        return get_definition(part.item_version_id).label(own) or own


def _list_asked(part: BundlePart, text: PartText) -> list[tuple[str, str, str]]:
    """Return what the part's item asks for: its own target, the bundle's, and the words."""
    assert part.case is not None  # it waits for acceptance
    definition, form = get_definition(part.item_version_id), part.case.form
    fields = [
        (f"field:{spec.key}", f"field:{text.fields[spec.key]}", spec.label)
        for section in definition.list_asked(form)
        for spec in section.fields
        if spec.key in text.fields
    ]
    materials = [
        (f"material:{spec.key}", f"material:{text.materials[spec.key]}", spec.name)
        for spec in definition.materials
        if spec.is_asked(form) and spec.key in text.materials
    ]
    return fields + materials


def mark_parts(situation: Situation, form: PartMarksForm) -> None:
    """Send each part's notice by itself. Raises StaleCase when a part was handled since the page was shown, and
    SomeNotSent naming those that couldn't be sent."""
    if form.cleaned_data["waiting"] != form.waiting_now:
        raise StaleCase
    sent: list[str] = []
    failed: list[str] = []
    for part in form.parts:
        marks: list[Any] = form.marks_of(part)
        if not marks:
            continue
        assert part.case is not None  # it waits for acceptance
        try:
            request_corrections(actor=situation.actor, case_id=part.case.pk, marks=marks, version=part.case.version)
        except Denied:
            failed.append(_("“%(name)s”：您的岗位不能受理") % {"name": part.item.name})
        except RuleBroken as error:
            failed.append(f"“{part.item.name}”{say(error, get_definition(part.item_version_id))}")
        else:
            sent.append(part.item.name)
    if failed:
        raise SomeNotSent("、".join(sent), "；".join(failed))
