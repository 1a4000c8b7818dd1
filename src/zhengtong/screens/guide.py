"""The sample content of the style guide: every component with text as long and as plain as in real use."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from zhengtong.screens.formats import cn_date
from zhengtong.screens.icons import NAMES
from zhengtong.screens.templatetags.look import chip, deadline


class SampleForm(forms.Form):
    """One field of every kind."""

    shop = forms.CharField(label="店铺名称", max_length=40, help_text="与营业执照上的名称一致")
    phone = forms.CharField(label="联系电话", help_text="用来接收补正和办结的短信")
    opens_on = forms.DateField(label="计划开业日期", required=False)
    town = forms.ChoiceField(
        label="经营场所所在乡镇", choices=[("", "请选择"), ("1", "临江镇"), ("2", "青石镇"), ("3", "北桥街道")]
    )
    kind = forms.ChoiceField(
        label="主体业态",
        widget=forms.RadioSelect,
        choices=[("catering", "餐饮服务经营者"), ("sales", "食品销售经营者"), ("canteen", "单位食堂")],
    )
    items = forms.MultipleChoiceField(
        label="经营项目",
        widget=forms.CheckboxSelectMultiple,
        choices=[("hot", "热食类食品制售"), ("cold", "冷食类食品制售"), ("drink", "自制饮品制售")],
        required=False,
    )
    reason = forms.CharField(label="情况说明", widget=forms.Textarea, max_length=200, required=False)
    promise = forms.BooleanField(label="我承诺所填内容和上传的材料真实有效")
    stars = forms.ChoiceField(
        label="您对这次服务满意吗", choices=[(str(n), str(n)) for n in range(1, 6)], required=False
    )


def _bound_form() -> SampleForm:
    form = SampleForm({"shop": "", "phone": "1380001", "kind": "catering", "town": "1", "items": ["hot"], "stars": "4"})
    form.add_error("phone", "手机号码是 11 位数字，您填了 7 位")
    return form


def sample(request: HttpRequest) -> dict[str, Any]:
    now: datetime = timezone.now()
    names = ["开办餐饮店", "食品经营许可变更", "小作坊登记", "食品经营许可延续", "食品经营许可注销"]
    people = ["王秀兰", "临江镇好再来餐馆", "欧阳文静", "安澜市百味食品有限公司", "李建国"]
    clocks = [(-1, "danger"), (0, "warning"), (2, ""), (9, ""), (14, "")]
    return {
        "form": SampleForm(),
        "wrong_form": _bound_form(),
        "now": now,
        "crumbs": [("首页", "/"), ("企业办事", "#"), ("食品经营许可", "")],
        "step_titles": ["基本情况", "经营场所", "上传材料", "核对提交"],
        "events": [
            {"title": "提交申请", "at": now - timedelta(days=6), "who": "王秀兰", "text": "共上传 5 份材料"},
            {"title": "受理", "at": now - timedelta(days=5), "who": "政务服务中心 3 号窗口"},
            {
                "title": "现场核查",
                "at": now,
                "state": "current",
                "who": "市场监督管理局",
                "text": "两名核查人员将在 11月24日 上午到店，请安排人员在场。核查时间不计入办理时限。",
            },
            {"title": "作出决定", "at": "预计 2026年12月3日 (周四) 前", "state": "upcoming"},
        ],
        "rows_facts": [
            ("店铺名称", "临江镇好再来餐馆", "#"),
            ("经营场所", "安澜市临江镇沿河路 18 号 1 层", "#"),
            {"label": "统一社会信用代码", "value": "92990102MA0000000X", "note": "来自市场主体库"},
            ("计划开业日期", None, "#", "补填"),
        ],
        "columns": [
            ("number", "编号", "nowrap"),
            ("item", "事项", "main"),
            ("applicant", "申请人"),
            ("stage", "环节"),
            ("clock", "时限", "sort"),
            ("fee", "次数", "number sort"),
        ],
        "side_facts": [("法定", "20个工作日"), ("承诺", "5个工作日"), ("到期", cn_date(now + timedelta(days=20)))],
        "table_rows": [
            {
                "url": "#",
                "key": f"AL-2026-{123 + n:06d}",
                "tone": tone,
                "cells": {
                    "number": f"AL-2026-{123 + n:06d}",
                    "item": names[n],
                    "applicant": people[n],
                    "stage": chip("待决定", "info"),
                    "clock": deadline(days, unit="short"),
                    "fee": n + 1,
                },
            }
            for n, (days, tone) in enumerate(clocks)
        ],
        "page": {"previous": "", "next": "eyJpZCI6NX0", "total": 1000, "capped": True},
        "tab_items": [
            ("全部", "#", True, 12),
            ("今日到期", "#", False, 3),
            ("超期", "#", False, 1),
            ("已暂停", "#", False, 0),
        ],
        "files": [
            {
                "id": 1,
                "name": "经营场所平面图.png",
                "size": 245_760,
                "url": "/static/screens/sample-plan.svg",
                "kind": "image/svg+xml",
                "delete_url": "/look/",
            },
            {
                "id": 2,
                "name": "食品安全管理制度.pdf",
                "size": 1_258_291,
                "url": "#",
                "kind": "application/pdf",
                "note": "共 6 页",
            },
        ],
        "desk_menu": [
            ("#", "待办", "inbox", 12, True),
            ("#", "已办", "check", 0, False),
            ("#", "办件", "list", 0, False),
            ("#", "督查", "flag", 1, False),
            ("#", "证照", "shield", 0, False),
            ("#", "统计", "chart", 0, False),
        ],
        "desk_person": {
            "name": "王敏",
            "post": "市场监督管理局 食品科审批员",
            "switch_url": "#",
            "posts": [(1, "市场监督管理局 食品科审批员", True), (2, "政务服务中心 综合窗口", False)],
        },
        "desk_todo": {"url": "#", "count": 12},
        "desk_messages": {"url": "#", "count": 2},
        "desk_search": {"url": "/look/", "query": ""},
        "icons": NAMES,
    }
