"""The JSON interface: public items, progress and results."""

urlpatterns: list = []
