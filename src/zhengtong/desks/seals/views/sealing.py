"""The document that was sent and the sealed copies that came of it."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from zhengtong.capabilities.seals.public import VIEW, CopyState
from zhengtong.core.files.public import file_response
from zhengtong.desks.seals.views.uses import find_use
from zhengtong.screens.access import actor_of, for_staff


@require_safe
@for_staff(VIEW)
def open_document(request: HttpRequest, number: str) -> HttpResponseBase:
    return file_response(find_use(request, number).file, actor=actor_of(request), as_attachment=False)


@require_safe
@for_staff(VIEW)
def download(request: HttpRequest, number: str, copy_id: int) -> HttpResponseBase:
    use = find_use(request, number)
    copy = use.sealed_copies.filter(pk=copy_id, state=CopyState.SEALED).select_related("file").first()
    if copy is None or copy.file is None:
        raise Http404
    return file_response(copy.file, actor=actor_of(request), as_attachment=True)
