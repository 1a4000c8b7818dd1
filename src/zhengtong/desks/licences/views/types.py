"""证照目录: the types of licence, who issues them, how many are in force, and whether they bear a seal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.licences.public import count_types
from zhengtong.screens.access import actor_of, for_staff


@require_GET
@for_staff("licences.view_licence")
def list_types(request: HttpRequest) -> HttpResponse:
    columns = [
        ("title", _("证照"), "main"),
        ("code", _("类型代码"), ""),
        ("office", _("发证机关"), ""),
        ("issued", _("已颁发"), "number"),
        ("in_force", _("有效"), "number"),
        ("seal", _("电子印章"), ""),
    ]
    rows = [
        {
            "cells": {
                "title": each.title,
                "code": each.code,
                "office": each.office,
                "issued": each.issued,
                "in_force": each.in_force,
                "seal": each.seal or _("没有常设授权，不加盖"),
            }
        }
        for each in count_types(actor_of(request))
    ]
    return render(request, "licences_desk/types.html", {"columns": columns, "rows": rows})
