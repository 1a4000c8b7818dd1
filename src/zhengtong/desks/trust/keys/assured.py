"""Proving oneself before secrets are typed: what is typed into other forms waits meanwhile, a secret must not."""

from django.http import HttpRequest

from zhengtong.kernel.assurance import AssuranceNeeded, require_assurance

ACT = "trust"


def is_assured(request: HttpRequest) -> bool:
    """Return whether a form with a secret may be taken; where not, its page is opened anew, which asks."""
    try:
        require_assurance(request, ACT)
    except AssuranceNeeded:
        return False
    return True
