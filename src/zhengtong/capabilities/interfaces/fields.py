"""Choosing a row by its code: what one has found elsewhere, however many there are and whoever's it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.public import Resource
from zhengtong.capabilities.sources.public import Source


class ResourceByCode(forms.CharField):
    """The code of an entry of the catalogue, which everybody may look up; becomes the entry."""

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        found = Resource.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("目录里没有这个资源代码。"))
        return found


class SourceByCode(forms.CharField):
    """The code of a source; whether it is the provider's is for the service to say."""

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        found = Source.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("没有这个代码的数据源。"))
        return found
