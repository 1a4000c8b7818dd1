"""Addresses of fees: those of payers under /hall/payments/, those of the cashier under /desk/cashier/."""

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from zhengtong.desks.cashier.views import days, home, payers


class DayConverter(StringConverter):
    """A day as 2026-11-21; what is none isn't found."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:  # type: ignore[override]  # a day, where its base has the text
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

ORDER = "hall/payments/<uuid:public_id>/"
DAY = "desk/cashier/days/<day:day>/"

app_name = "cashier"
urlpatterns = [
    path("hall/payments/", payers.list_mine, name="mine"),
    path(ORDER, payers.show_order, name="order"),
    path(f"{ORDER}pay/", payers.pay, name="pay"),
    path(f"{ORDER}return/", payers.come_back, name="return"),
    path(f"{ORDER}refund/", payers.ask_back, name="refund"),
    path("desk/cashier/", home.show_home, name="home"),
    path("desk/cashier/days/", days.list_days, name="days"),
    path("desk/cashier/days/run/", days.run, name="run"),
    path(DAY, days.show_day, name="day"),
    path(f"{DAY}differences.csv", days.export, name="export"),
    path(f"{DAY}differences/<int:difference_id>/", days.settle, name="settle"),
]
