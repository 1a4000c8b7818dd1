"""What one needs to work at this desk."""

from typing import Final

COMPILE: Final = "workflow.compile_process"
MIGRATE_COMMON: Final = "workflow.migrate_common"
VIEW_CASE: Final = "cases.view_case"
