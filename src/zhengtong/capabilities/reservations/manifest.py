"""What reservations bring: slots at a hall, queue numbers and who is called."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Module

MODULE = Module(code="reservations", title=_("预约排队"), declares=())
