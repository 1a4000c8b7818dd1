"""Every address of the platform."""

from django.conf import settings
from django.urls import include, path

from zhengtong.config import probes

urlpatterns = [
    # First: programs call these by the hundred a second, and looking through all others takes a fifth of such a call.
    path("", include("zhengtong.capabilities.interfaces.urls")),
    path("exchange/v1/nodes/", include("zhengtong.capabilities.nodes.urls")),
    path("healthz", probes.healthz),
    path("readyz", probes.readyz),
    path("metrics", probes.metrics),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("zhengtong.core.identity.urls")),
    path("messages/", include("zhengtong.core.messages.urls")),
    path("payments/", include("zhengtong.capabilities.payments.urls")),
    path("geography/", include("zhengtong.capabilities.geography.urls")),
    path("api/", include("zhengtong.config.api")),
    path("", include("zhengtong.screens.routes")),
    path("desk/window/", include("zhengtong.desks.window.urls")),
    path("", include("zhengtong.desks.supervision.urls")),
    # These have addresses of the public as well, so each writes its own whole.
    path("", include("zhengtong.desks.administration.urls")),
    path("", include("zhengtong.desks.powers.urls")),
    path("", include("zhengtong.desks.items.urls")),
    path("", include("zhengtong.desks.processes.urls")),
    path("", include("zhengtong.desks.letters.urls")),
    path("", include("zhengtong.desks.lobby.urls")),
    path("", include("zhengtong.desks.ratings.urls")),
    path("", include("zhengtong.desks.cashier.urls")),
    path("", include("zhengtong.capabilities.signon.urls")),
    path("", include("zhengtong.capabilities.pki.urls")),
    path("", include("zhengtong.capabilities.timestamps.urls")),
    path("", include("zhengtong.capabilities.seals.urls")),
    path("", include("zhengtong.desks.trust.urls")),
    path("", include("zhengtong.desks.seals.urls")),
    path("", include("zhengtong.desks.licences.urls")),
    path("", include("zhengtong.desks.security.urls")),
    path("", include("zhengtong.desks.oversight.urls")),
    path("", include("zhengtong.desks.marks.urls")),
    path("", include("zhengtong.desks.sources.urls")),
    path("", include("zhengtong.desks.catalogue.urls")),
    path("", include("zhengtong.desks.contracts.urls")),
    path("", include("zhengtong.desks.exchange.urls")),
    path("", include("zhengtong.desks.interfaces.urls")),
    path("", include("zhengtong.desks.nodes.urls")),
    path("", include("zhengtong.desks.sharing.urls")),
    path("desk/", include("zhengtong.desks.workbench.urls")),
    path("", include("zhengtong.desks.hall.urls")),
]

if settings.DEMO:
    # The phone that the demo's texts arrive at.
    urlpatterns.insert(0, path("demo/inbox/", include("zhengtong.core.messages.demo_urls")))

handler400 = "zhengtong.config.errors.bad_request"
handler403 = "zhengtong.config.errors.permission_denied"
handler404 = "zhengtong.config.errors.page_not_found"
handler500 = "zhengtong.config.errors.server_error"
