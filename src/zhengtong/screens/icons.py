"""The icon set: drawn on a 24 × 24 grid with a 2-unit stroke, inlined so that they take the colour of the text."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_DRAWINGS = {
    "search": '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>',
    "home": '<path d="M3 11 12 4l9 7"/><path d="M5 10v10h5v-6h4v6h5V10"/>',
    "inbox": '<path d="M4 13 6.5 5h11L20 13v6H4z"/><path d="M4 13h5l1.5 3h3L15 13h5"/>',
    "file": '<path d="M6 3h8l5 5v13H6z"/><path d="M14 3v5h5"/><path d="M9 13h6M9 17h6"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "alert": '<path d="M12 4 2.5 20h19z"/><path d="M12 10v4M12 17v.01"/>',
    "stop": '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 8v5M12 16v.01"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8v.01"/>',
    "dot": '<circle cx="12" cy="12" r="5" fill="currentColor"/>',
    "ring": '<circle cx="12" cy="12" r="5"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.7-4.500 4-7 8-7s7.300 2.500 8 7"/>',
    "users": '<circle cx="9" cy="8" r="3.500"/><path d="M2.500 20c.6-4 3.200-6 6.500-6s5.900 2 6.500 6"/>'
    '<path d="M16 4.800a3.500 3.500 0 0 1 0 6.400M18 14.500c2 .8 3.100 2.700 3.500 5.500"/>',
    "building": '<path d="M5 21V4h9v17M14 9h5v12M3 21h18"/><path d="M8 8h3M8 12h3M8 16h3"/>',
    "map": '<path d="m3 6 6-2 6 2 6-2v14l-6 2-6-2-6 2z"/><path d="M9 4v14M15 6v14"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V9h16v8h-3"/><path d="M7 14h10v7H7z"/>',
    "download": '<path d="M12 4v11m-4.500-4L12 15.500 16.500 11M4 20h16"/>',
    "upload": '<path d="M12 16V5M7.500 9 12 4.500 16.500 9M4 20h16"/>',
    "chevron": '<path d="m9 6 6 6-6 6"/>',
    "chevron-left": '<path d="m15 6-6 6 6 6"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "sort-up": '<path d="m7 14 5-5 5 5"/>',
    "sort-down": '<path d="m7 10 5 5 5-5"/>',
    "sort-none": '<path d="m8 9.500 4-4 4 4M8 14.500l4 4 4-4"/>',
    "arrow": '<path d="M4 12h15m-6-6 6 6-6 6"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "star": '<path d="m12 3.500 2.600 5.500 6 .8-4.400 4.200 1.100 6L12 17.100 6.700 20l1.100-6L3.400 9.800l6-.8z"/>',
    "pause": '<path d="M9 6v12M15 6v12" stroke-width="3"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "trash": '<path d="M4 7h16M9 7V4h6v3M6.500 7l1 14h9l1-14M10 11v6M14 11v6"/>',
    "edit": '<path d="M4 20h4L20 8l-4-4L4 16z"/><path d="m13 7 4 4"/>',
    "calendar": '<path d="M4 6h16v15H4zM4 11h16M8 3v5M16 3v5"/>',
    "phone": '<path d="M5 3h4l2 5-2.500 2a12 12 0 0 0 5.500 5.500'
    'l2-2.500 5 2v4c0 1-1 2-2 2C11 21 3 13 3 5c0-1 1-2 2-2z"/>',
    "message": '<path d="M4 5h16v12H10l-5 4v-4H4z"/><path d="M8 10h8M8 13h5"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01"/>',
    "chart": '<path d="M4 4v16h16"/><path d="M9 16v-5M13 16V7M17 16v-3"/>',
    "globe": '<circle cx="12" cy="12" r="9"/>'
    '<path d="M3 12h18M12 3c3 3 3.500 6 3.500 9s-.5 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3z"/>',
    "contrast": '<circle cx="12" cy="12" r="9"/><path d="M12 3v18a9 9 0 0 0 0-18z" fill="currentColor"/>',
    "text-size": '<path d="M3 19 8.500 5 14 19M5 14h7M15 19l3.500-8 3.500 8M16.200 16.500h4.600"/>',
    "external": '<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>',
    "logout": '<path d="M10 4H4v16h6M9 12h12m-4-4 4 4-4 4"/>',
    "shield": '<path d="M12 3 4 6v6c0 5 3.500 8 8 9 4.500-1 8-4 8-9V6z"/><path d="m8.500 12 2.500 2.500L15.500 10"/>',
    "camera": '<path d="M4 7h4l2-3h4l2 3h4v13H4z"/><circle cx="12" cy="13" r="4"/>',
    "flag": '<path d="M5 21V4h13l-2.500 4.500L18 13H5"/>',
    "settings": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "send": '<path d="M21 3 3 10.500l7 3.500 3.500 7z"/><path d="m21 3-11 11"/>',
    "sound": '<path d="M4 9.500h4L13 5v14l-5-4.500H4z"/>'
    '<path d="M16.500 9a4.500 4.500 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11"/>',
    "back": '<path d="M20 12H5m6-6-6 6 6 6"/>',
    "copy": '<path d="M8 8h12v12H8z"/><path d="M16 8V4H4v12h4"/>',
}

NAMES = tuple(_DRAWINGS)


def draw_icon(name: str, *, size: int = 20, label: str = "") -> SafeString:
    """An inline SVG; decoration for screen readers unless it has a ``label``.

    An unknown name draws a ring: a missing picture must not take a page down.
    """
    # A page has a hundred of them and few different ones; those with a label are rare and are made each time.
    return _draw(name, size, label) if label else _draw_unlabelled(name, size)


@lru_cache(maxsize=512)
def _draw_unlabelled(name: str, size: int) -> SafeString:
    return _draw(name, size, "")


def _draw(name: str, size: int, label: str) -> SafeString:
    drawing = mark_safe(_DRAWINGS.get(name, _DRAWINGS["ring"]))
    naming = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="{}" height="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        size,
        size,
        naming,
        drawing,
    )
