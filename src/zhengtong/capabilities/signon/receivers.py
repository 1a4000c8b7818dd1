"""What allauth and Django tell of signing in becomes a proof of the session."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from zhengtong.capabilities.signon.applications import receivers as applications
from zhengtong.capabilities.signon.domain import Proof
from zhengtong.capabilities.signon.session import add_proof, list_proofs
from zhengtong.core.identity.public import Account

__all__ = ["applications"]

PROOF_OF = {"password": Proof.PASSWORD, "code": Proof.TEXT}


@receiver(authentication_step_completed, dispatch_uid="signon.step")
def keep_step(request: HttpRequest, user: Any, method: str, **_rest: Any) -> None:
    if isinstance(user, Account) and method in PROOF_OF:
        add_proof(request, user, PROOF_OF[method])


@receiver(user_logged_in, dispatch_uid="signon.signed_in")
def keep_sign_in(request: HttpRequest, user: Any, **_rest: Any) -> None:
    """Whoever was let in by a way that says nothing of itself proved one thing: a text, or being let in by hand."""
    if isinstance(user, Account) and hasattr(request, "session") and not list_proofs(request, user):
        add_proof(request, user, Proof.TEXT)
