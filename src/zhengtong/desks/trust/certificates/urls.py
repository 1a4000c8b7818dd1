"""Addresses of certificates beside those of the declared screens."""

from django.urls import path

from zhengtong.desks.trust.certificates import files, own

OWN = "account/certificates/"

urlpatterns = [
    path(OWN, own.show_own, name="own_certificates"),
    path(f"{OWN}apply/", own.apply, name="apply_for_certificate"),
    path(f"{OWN}applications/<str:number>/collect/", own.collect, name="collect_certificate"),
    path(f"{OWN}applications/<str:number>/withdraw/", own.withdraw, name="withdraw_application"),
    path(f"{OWN}<int:renews>/renew/", own.apply, name="renew_certificate"),
    path(f"{OWN}<int:certificate_id>/give-up/", own.give_up, name="give_up_certificate"),
    path(f"{OWN}<int:certificate_id>/file.<str:form>", own.download, name="own_certificate_file"),
    path("desk/trust/certificate-profiles/", files.show_profiles, name="profiles"),
    path("desk/trust/certificate-files/<int:certificate_id>.<str:form>", files.download, name="certificate_file"),
]
