"""Electronic seals: their life, their use, and the documents they stand on."""

from zhengtong.kernel.modules import ModuleConfig


class SealsConfig(ModuleConfig):
    name = "zhengtong.capabilities.seals"
    label = "seals"
    verbose_name = "电子印章"
