"""What an import changes in a row, for people."""

from zhengtong.screens.sheets.models import SheetRow
from zhengtong.screens.sheets.shape import Shape


def show_changes(row: SheetRow, shape: Shape) -> list[tuple[str, str, str]]:
    """Return a changed row's fields: title, before and after, personal values masked, inner ones left out."""
    shown = []
    for name, (before, after) in (row.content or {}).get("changes", {}).items():
        column = shape.by_name.get(name)
        if column is None:
            continue
        mask = column.mask or (lambda text: text)
        shown.append((column.title, mask(before) if before else "", mask(after) if after else ""))
    return shown
