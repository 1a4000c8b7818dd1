"""What a person keeps of a list: her views of it, and the columns that she chose; and which tours she has seen."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list's filters, order and columns under a name: a person's own, or with an ``organisation`` everybody's there.

    ``screens`` is the key of the declaration. ``query`` are the address's parameters, ``columns`` names in their order,
    ``titles`` what both were called when the view was saved, for the day on which one of them is gone. The row without
    a name holds the columns that its person chose last. A deleted view can be taken back for some days.
    """

    screens = models.CharField(_("列表"), max_length=120)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("账号")
    )
    organisation = models.ForeignKey(
        "identity.Organisation", on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("机构")
    )
    name = models.CharField(_("名称"), max_length=40, blank=True)
    query = models.JSONField(_("条件"), default=dict)
    columns = ArrayField(models.CharField(max_length=100), verbose_name=_("列"), default=list)
    titles = models.JSONField(_("当时的标题"), default=dict)
    is_default = models.BooleanField(_("打开列表时使用"), default=False)
    saved_at = models.DateTimeField(_("保存时间"), auto_now=True)
    deleted_at = models.DateTimeField(_("删除时间"), null=True)

    class Meta:
        verbose_name = _("视图")
        indexes = [
            models.Index(fields=["account", "screens"], name="views_by_account"),
            models.Index(
                fields=["organisation", "screens"], name="views_by_office", condition=Q(organisation__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "screens", "name"],
                condition=Q(organisation=None, deleted_at=None),
                name="one_own_view_a_name",
            ),
            models.UniqueConstraint(
                fields=["organisation", "screens", "name"],
                condition=Q(organisation__isnull=False, deleted_at=None),
                name="one_office_view_a_name",
            ),
            models.UniqueConstraint(
                fields=["account", "screens"],
                condition=Q(organisation=None, deleted_at=None, is_default=True),
                name="one_own_default_view",
            ),
            models.UniqueConstraint(
                fields=["organisation", "screens"],
                condition=Q(organisation__isnull=False, deleted_at=None, is_default=True),
                name="one_office_default_view",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.screens


class SeenTour(models.Model):
    """The steps of a page's tour that an account was shown or declined; ``page`` is the name of the page's view."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("账号")
    )
    page = models.CharField(_("页面"), max_length=120)
    steps = ArrayField(models.CharField(max_length=100), verbose_name=_("看过的步骤"), default=list)
    seen_at = models.DateTimeField(_("看过的时间"), auto_now=True)

    class Meta:
        verbose_name = _("看过的引导")
        constraints = [models.UniqueConstraint(fields=["account", "page"], name="one_tour_a_page")]

    def __str__(self) -> str:
        return self.page
