"""What the files module brings: no permission of its own, because who may read a file follows from its case."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.files.journal import ACTION_WORDS
from zhengtong.kernel.modules import Module

MODULE = Module(code="files", title=_("文件"), declares=(ACTION_WORDS,))
