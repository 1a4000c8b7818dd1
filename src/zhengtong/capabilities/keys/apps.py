"""Keys: what there are, who keeps them, what was done with them; the signer that holds them."""

from zhengtong.kernel.modules import ModuleConfig


class KeysConfig(ModuleConfig):
    name = "zhengtong.capabilities.keys"
    label = "keys"
    verbose_name = "密钥"
