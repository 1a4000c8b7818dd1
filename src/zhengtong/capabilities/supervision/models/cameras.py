"""Cameras at counters, and who looked at what for which purpose."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Camera(models.Model):
    """A camera of a counter's organisation. ``address`` is the recorder's page with ``{from}`` and ``{to}`` in it."""

    organisation = models.ForeignKey("identity.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    place = models.CharField(_("位置"), max_length=100, blank=True)
    address = models.CharField(_("回放地址"), max_length=500)
    is_enabled = models.BooleanField(_("启用"), default=True)
    added_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("登记时间"), db_default=Now())

    class Meta:
        verbose_name = _("窗口摄像机")
        ordering = ["organisation_id", "name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_camera_a_name")]

    def __str__(self) -> str:
        return self.name


class VideoOpening(models.Model):
    """That somebody opened a camera's recording of an event, and why. Only ever added to."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="openings")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    event_id = models.BigIntegerField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    purpose = models.CharField(_("用途"), max_length=200)
    opened_by = models.ForeignKey("identity.Appointment", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("调阅时间"), db_default=Now())

    class Meta:
        verbose_name = _("视频调阅")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.first}"
