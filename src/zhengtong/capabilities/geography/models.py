"""Where the regions lie. All geometry is stored in EPSG:4490 (CGCS2000), longitude before latitude, in degrees."""

from django.contrib.gis.db.models import MultiPolygonField
from django.db import models
from django.utils.translation import gettext_lazy as _

SRID = 4490


class RegionBoundary(models.Model):
    """行政区域界线 of one region. Neighbours share their vertices, and a region is the union of those below it."""

    region = models.OneToOneField(
        "identity.Region", on_delete=models.CASCADE, related_name="+", verbose_name=_("行政区划")
    )
    geometry = MultiPolygonField(_("界线"), srid=SRID)

    class Meta:
        verbose_name = _("行政区域界线")

    def __str__(self) -> str:
        return str(self.region)
