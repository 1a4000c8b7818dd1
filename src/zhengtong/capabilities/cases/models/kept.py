"""What an applicant keeps to hand in again: her own library of materials."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptMaterial(models.Model):
    """A file that an applicant put into her library herself, or named and dated there (我的材料).

    What she handed in with her applications is in the library without a row here. ``document`` is the code of the
    material that it is, where the library knows. It belongs to the citizen, or to the enterprise that she acted for.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    legal_entity = models.ForeignKey("identity.LegalEntity", on_delete=models.CASCADE, null=True, related_name="+")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("材料名称"), max_length=120)
    document = models.CharField(max_length=60, blank=True, default="")
    valid_until = models.DateField(_("有效期至"), null=True)
    added_at = models.DateTimeField(_("存入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("我的材料")
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="kept_materials_of_a_person")]

    def __str__(self) -> str:
        return self.name
