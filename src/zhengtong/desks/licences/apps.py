"""The desk of organs that issue electronic licences, and the pages of those who hold them."""

from zhengtong.kernel.modules import ModuleConfig


class LicencesDeskConfig(ModuleConfig):
    name = "zhengtong.desks.licences"
    label = "licences_desk"
    verbose_name = "电子证照"
