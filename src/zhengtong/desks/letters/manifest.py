"""The letters desk's lines in the menu, its page of a letter, and where hits of a search lead."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.letters.public import ACCEPT, ANY, LETTER_KIND, PUBLISHED_KIND, SURVEY, VIEW, LetterPage
from zhengtong.core.search.public import ResultPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

MODULE = Module(
    code="letters_desk",
    title=_("公众互动"),
    declares=(
        MenuEntry("letters.queue", _("来信办理"), "message", "letters_desk:queue", ANY, order=18),
        MenuEntry("letters.new", _("登记来电来访"), "phone", "letters_desk:new", (ACCEPT,), order=19),
        MenuEntry("letters.surveys", _("调查征集"), "chart", "letters_desk:desk_surveys", (SURVEY,), order=84),
        LetterPage("letters_desk:case"),
        ResultPage(LETTER_KIND, "letters_desk:case", VIEW),
        ResultPage(PUBLISHED_KIND, "letters_desk:published_letter"),
    ),
)
