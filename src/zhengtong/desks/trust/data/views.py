"""The desk's page on data keys."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from zhengtong.core.crypto.public import CipherName, DataKey, DataKeyUse, Resealing, list_stores
from zhengtong.desks.trust.data.entries import CHANGE
from zhengtong.desks.trust.data.services import ResealingGoesOn, change_data_key
from zhengtong.screens.access import actor_of, for_staff


@require_safe
@for_staff(CHANGE)
def show_data_keys(request: HttpRequest) -> HttpResponseBase:
    """The keys, and of each use how far sealing anew has come."""
    keys = list(DataKey.objects.defer("wrapped").order_by("-number"))
    uses = [_describe(DataKeyUse(use), keys) for use in DataKeyUse]
    return render(request, "trust/data_keys.html", {"keys": keys, "uses": uses, "ciphers": DataKey.Cipher.choices})


@require_POST
@for_staff(CHANGE)
def change(request: HttpRequest) -> HttpResponseBase:
    use, cipher = request.POST.get("use", ""), request.POST.get("cipher", "")
    if use not in DataKeyUse.values or cipher not in list(CipherName):
        messages.error(request, _("请选择用途和算法。"))
        return redirect("trust_desk:data")
    try:
        key = change_data_key(actor=actor_of(request), use=DataKeyUse(use), cipher=cipher)
    except ResealingGoesOn:
        messages.error(request, _("上一次更换还没有全部完成，等它完成以后再更换。"))
    else:
        said = _("第 %(number)s 号数据密钥已经启用，原有数据正在后台重新加密，不影响使用。")
        messages.success(request, said % {"number": key.number})
    return redirect("trust_desk:data")


def _describe(use: DataKeyUse, keys: list[DataKey]) -> dict[str, object]:
    last = Resealing.objects.filter(use=use).order_by("-pk").first()
    steps = list(last.steps.all()) if last else []
    stores = len(list_stores(use))
    return {
        "use": use,
        "title": use.label,
        "key": next((key for key in keys if key.use == use and key.state == DataKey.State.ACTIVE), None),
        "last": last,
        "done": sum(step.is_done for step in steps),
        "stores": stores,
        "looked": sum(step.looked for step in steps),
        "changed": sum(step.changed_in_all for step in steps),
        "unreadable": sum(step.unreadable for step in steps),
    }
