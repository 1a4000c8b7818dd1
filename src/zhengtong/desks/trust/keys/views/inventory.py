"""密钥目录: what keys there are, one of them, and what may be asked for it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.keys import public as keys
from zhengtong.capabilities.keys.public import ASK, VIEW, AlgorithmWords, Key, PurposeWords, StateWords
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Purpose, SignerRefused
from zhengtong.desks.trust.keys.assured import ACT
from zhengtong.desks.trust.keys.forms import DestroyForm, ReasonForm, ReleaseForm
from zhengtong.kernel.assurance import require_assurance
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_date, cn_datetime
from zhengtong.screens.sheets.plain_csv import csv_response
from zhengtong.screens.templatetags.look import chip

# Clocks of machines that keep time drift by less.
_BEHIND_SECONDS = 5
_SHOWN = 200


def _standing(key: Key) -> str:
    tones = {"active": "success", "retired": "neutral", "destroyed": "danger"}
    return chip(StateWords(key.state).label, tones[key.state])


def _rotation(key: Key) -> str:
    due = key.next_rotation
    if due is None:
        return "—"
    return chip(_("%(day)s 已到期") % {"day": cn_date(due)}, "warning") if due < timezone.now() else cn_date(due)


def _place(key: Key) -> str:
    if key.state == "destroyed":
        return _("已清除")
    if key.is_in_device:
        return _("密码设备内")
    return _("托管，包裹存放") if key.purpose is Purpose.ENCIPHERMENT else _("包裹存放")


@require_GET
@for_staff(VIEW)
def list_keys(request: HttpRequest) -> HttpResponse:
    chosen, words = request.GET.get("purpose", ""), request.GET.get("q", "").strip()[:100]
    every = keys.list_keys()
    shown = [each for each in every if chosen in ("", each.purpose) and words in each.name]
    status, custody = keys.get_status(), keys.get_custody()
    here = reverse("trust_desk:keys")
    counts = {purpose: sum(1 for each in every if each.purpose == purpose) for purpose in PurposeWords.values}
    tabs = [(_("全部"), here, not chosen, len(every))]
    tabs += [
        (str(PurposeWords(purpose).label), f"{here}?purpose={purpose}", chosen == purpose, count)
        for purpose, count in counts.items()
        if count
    ]
    context = {
        "status": status,
        "is_behind": status.clock_behind > _BEHIND_SECONDS,
        "behind": round(status.clock_behind),
        "newest": status.key_encryption_keys[0],
        "is_kek_due": status.key_encryption_keys[0].next_rotation < timezone.now(),
        "custody": custody,
        "open": sum(1 for each in keys.list_requests() if each.state in ("open", "approved")),
        "active": sum(1 for each in every if each.state == "active"),
        "due": sum(1 for each in every if each.next_rotation and each.next_rotation < timezone.now()),
        "may_ask": actor_of(request).has(ASK),
        "tabs": tabs,
        "words": words,
        "chosen": chosen,
        "hidden": max(0, len(shown) - _SHOWN),
        "columns": [
            ("name", _("名称"), "main"),
            ("purpose", _("用途")),
            ("algorithm", _("算法")),
            ("place", _("存放")),
            ("state", _("状态")),
            ("made", _("生成时间")),
            ("uses", _("使用次数"), "number"),
            ("next", _("下次轮换")),
        ],
        "rows": [
            {
                "url": reverse("trust_desk:key", args=[each.name]),
                "cells": {
                    "name": each.name,
                    "purpose": PurposeWords(each.purpose).label,
                    "algorithm": AlgorithmWords(each.algorithm).label,
                    "place": _place(each),
                    "state": _standing(each),
                    "made": cn_datetime(each.made_at),
                    "uses": each.uses,
                    "next": _rotation(each),
                },
            }
            for each in shown[:_SHOWN]
        ],
    }
    return render(request, "trust/keys/inventory.html", context)


@require_GET
@for_staff(VIEW)
def export(request: HttpRequest) -> HttpResponseBase:
    found = keys.list_keys()
    record(actor_of(request), "keys.export", ("keys.inventory", "all"))
    heads = (_("名称"), _("用途"), _("算法"), _("存放"), _("状态"), _("生成时间"), _("使用次数"), _("下次轮换"))
    lines = (
        (
            each.name,
            PurposeWords(each.purpose).label,
            AlgorithmWords(each.algorithm).label,
            _place(each),
            StateWords(each.state).label,
            f"{timezone.localtime(each.made_at):%Y-%m-%d %H:%M}",
            each.uses,
            f"{timezone.localtime(each.next_rotation):%Y-%m-%d}" if each.next_rotation else "",
        )
        for each in found
    )
    return csv_response("keys", heads, lines)


def _find(name: str) -> Key:
    try:
        return keys.get_key(name)
    except SignerRefused as refused:
        if refused.code in ("unknown_key", "bad_value"):
            raise Http404 from None
        raise


@require_GET
@for_staff(VIEW)
def show_key(request: HttpRequest, name: str) -> HttpResponse:
    return _show(request, _find(name))


def _show(request: HttpRequest, key: Key, status: int = 200, **forms: Any) -> HttpResponse:
    may_ask = actor_of(request).has(ASK) and key.state != "destroyed"
    context = {
        "key": key,
        "state": _standing(key),
        "summary": [
            (_("用途"), PurposeWords(key.purpose).label),
            (_("算法"), AlgorithmWords(key.algorithm).label),
            (_("存放"), _place(key)),
            (_("生成时间"), cn_datetime(key.made_at)),
            (_("使用次数"), key.uses),
            (_("最近使用"), cn_datetime(key.used_at) if key.used_at else _("没有用过")),
            (_("下次轮换"), _rotation(key)),
        ],
        "rotate_form": forms.get("rotate") or ReasonForm(prefix="rotate"),
        "destroy_form": forms.get("destroy") or DestroyForm(prefix="destroy", key=key.name),
        "release_form": forms.get("release") or ReleaseForm(prefix="release"),
        "may_rotate": may_ask and key.can_be_rotated,
        "may_destroy": may_ask,
        "may_release": may_ask and key.purpose is Purpose.ENCIPHERMENT,
        "is_escrowed": key.purpose is Purpose.ENCIPHERMENT,
    }
    return render(request, "trust/keys/key.html", context, status=status)


@require_POST
@for_staff(ASK)
def rotate(request: HttpRequest, name: str) -> HttpResponse:
    require_assurance(request, ACT)
    key, form = _find(name), ReasonForm(request.POST, prefix="rotate")
    if form.is_valid():
        try:
            successor = keys.rotate_key(actor=actor_of(request), name=name, reason=form.cleaned_data["reason"])
        except (keys.KeysRefused, SignerRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("新的密钥已经接替，原来的不再签名。"))
            return redirect("trust_desk:key", successor)
    return _show(request, key, 422, rotate=form)


@require_POST
@for_staff(ASK)
def ask_destroy(request: HttpRequest, name: str) -> HttpResponse:
    require_assurance(request, ACT)
    key = _find(name)
    form = DestroyForm(request.POST, prefix="destroy", key=key.name)
    if form.is_valid():
        try:
            number, _code = keys.ask_custodians(
                actor=actor_of(request), work=keys.Work.DESTROY, subject=name, reason=form.cleaned_data["reason"]
            )
        except (keys.KeysRefused, SignerRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出申请，等两位保管员批准后销毁。"))
            return redirect("trust_desk:key_request", number)
    return _show(request, key, 422, destroy=form)


@require_POST
@for_staff(ASK)
def ask_release(request: HttpRequest, name: str) -> HttpResponse:
    require_assurance(request, ACT)
    key, form = _find(name), ReleaseForm(request.POST, request.FILES, prefix="release")
    if form.is_valid():
        try:
            number, code = keys.ask_custodians(
                actor=actor_of(request),
                work=keys.Work.RELEASE,
                subject=name,
                reason=form.cleaned_data["reason"],
                certificate=form.cleaned_data["certificate"],
            )
        except (keys.KeysRefused, SignerRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出申请。领取码 %(code)s 只显示这一次，请记下来。") % {"code": code})
            return redirect("trust_desk:key_request", number)
    return _show(request, key, 422, release=form)
