"""Dictionaries: lists of codes that a standard or an office keeps, and that forms offer to choose from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Dictionary(models.Model):
    """A list of codes, as 民族 of GB/T 3304. Forms name it by ``code``."""

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    standard = models.CharField(_("依据的标准"), max_length=100, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("字典")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class DictionaryEntry(models.Model):
    """One code. It is never deleted: answers that name it are read for as long as their cases are kept."""

    dictionary = models.ForeignKey(Dictionary, on_delete=models.PROTECT, related_name="entries", verbose_name=_("字典"))
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=100)
    position = models.PositiveIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("可选"), default=True)

    class Meta:
        verbose_name = _("字典项")
        ordering = ["dictionary", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["dictionary", "code"], name="one_entry_a_code")]
        indexes = [models.Index(fields=["dictionary", "position", "id"], name="entries_in_order")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
