"""密钥台账: what the signer wrote down, whether it still holds together, and the same as a sheet."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.keys import public as keys
from zhengtong.capabilities.keys.public import VIEW, AlgorithmWords, LedgerRow, LedgerWords, PurposeWords, Work
from zhengtong.core.audit.public import record
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate
from zhengtong.screens.sheets.plain_csv import csv_response


def _say_act(row: LedgerRow) -> str:
    return str(LedgerWords(row.act).label) if row.act in LedgerWords.values else row.act


def _say_subject(row: LedgerRow) -> str:
    if row.subject.startswith("custodian-"):
        return _("第 %(seat)s 席保管员") % {"seat": row.subject.removeprefix("custodian-")}
    if row.subject.startswith("kek-"):
        return _("第 %(number)s 号密钥加密密钥") % {"number": row.subject.removeprefix("kek-")}
    return row.subject or "—"


def _say_detail(row: LedgerRow) -> str:
    detail: dict[str, Any] = json.loads(row.detail)
    titles = {
        "algorithm": _("算法"),
        "purpose": _("用途"),
        "place": _("存放"),
        "document": _("文件摘要"),
        "uses": _("次数"),
        "seconds": _("有效秒数") if row.act == LedgerWords.PERMIT else _("多少秒后停用"),
        "since": _("从"),
        "until": _("到"),
        "reason": _("原因"),
        "request": _("申请编号"),
        "work": _("事项"),
        "rewrapped": _("重新包裹的密钥"),
        "predecessor": _("接替"),
        "form": _("形式"),
    }
    return "；".join(f"{titles.get(name, name)} {_say(name, value)}" for name, value in detail.items() if value != "")


def _say(name: str, value: Any) -> str:
    words: dict[str, Any] = {"algorithm": AlgorithmWords, "purpose": PurposeWords, "work": Work}
    if name in words and value in words[name].values:
        return str(words[name](value).label)
    places = {"device": _("密码设备内"), "wrapped": _("包裹存放")}
    forms = {"envelope": _("数字信封"), "p12": "PKCS #12", "p8": "PKCS #8"}
    return {"place": places, "form": forms}.get(name, {}).get(value, str(value))


@require_GET
@for_staff(VIEW)
def list_ledger(request: HttpRequest) -> HttpResponse:
    wrong = keys.copy_ledger()
    words, act = request.GET.get("q", "").strip()[:100], request.GET.get("act", "")
    page = paginate(keys.list_ledger(words, act), request.GET, order=("-number",))
    here = reverse("trust_desk:key_ledger")
    context = {
        "wrong": wrong,
        "words": words,
        "act": act,
        "acts": [("", _("全部事项")), *LedgerWords.choices],
        "here": here,
        "page": page,
        "columns": [
            ("number", _("序号"), "number"),
            ("at", _("时间")),
            ("act", _("事项")),
            ("subject", _("对象"), "main"),
            ("actor", _("人员")),
            ("detail", _("详情"), "wrap"),
        ],
        "rows": [
            {
                "cells": {
                    "number": each.number,
                    "at": cn_datetime(datetime.fromisoformat(each.at)),
                    "act": _say_act(each),
                    "subject": _say_subject(each),
                    "actor": each.actor or _("程序"),
                    "detail": _say_detail(each),
                }
            }
            for each in page.rows
        ],
    }
    return render(request, "trust/keys/ledger.html", context)


@require_GET
@for_staff(VIEW)
def export(request: HttpRequest) -> HttpResponseBase:
    """The whole ledger with its hashes, so that somebody else can check the chain."""
    keys.copy_ledger()
    record(actor_of(request), "keys.export", ("keys.ledger", "all"))
    heads = [_("序号"), _("时间"), _("事项"), _("事项代码"), _("对象"), _("人员"), _("详情"), _("上一行摘要")]
    heads.append(_("摘要"))
    lines = (
        (
            each.number,
            f"{timezone.localtime(datetime.fromisoformat(each.at)):%Y-%m-%d %H:%M:%S}",
            _say_act(each),
            each.act,
            each.subject,
            each.actor,
            each.detail,
            each.previous,
            each.hash,
        )
        for each in keys.list_ledger().order_by("number").iterator()
    )
    return csv_response("key-ledger", heads, lines)
