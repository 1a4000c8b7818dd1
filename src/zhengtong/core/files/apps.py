"""The files module's application."""

from zhengtong.kernel.modules import ModuleConfig


class FilesConfig(ModuleConfig):
    name = "zhengtong.core.files"
    label = "files"
    verbose_name = "文件"
