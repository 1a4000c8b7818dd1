"""What acts on licences are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords("licences", {"issue_licence": _("颁发电子证照")}, names={"licences.licence": "number"})
