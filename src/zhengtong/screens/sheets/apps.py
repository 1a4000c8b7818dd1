"""Imports and exports as a Django application of their own: runs, their rows, their jobs."""

from zhengtong.kernel.modules import ModuleConfig


class SheetsConfig(ModuleConfig):
    name = "zhengtong.screens.sheets"
    label = "sheets"
    verbose_name = "导入导出"
