"""What the files module brings: no permission of its own, because who may read a file follows from its case."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import DataKeyUse, SealedStore
from zhengtong.core.files.holders import MARKABLE_FILE
from zhengtong.core.files.journal import ACTION_WORDS
from zhengtong.core.files.models import StoredFile
from zhengtong.core.files.services import reseal_files
from zhengtong.core.identity.public import Protected
from zhengtong.core.marks.public import MARK_RULE
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="files",
    title=_("文件"),
    declares=(
        ACTION_WORDS,
        SealedStore("files", DataKeyUse.FILES, reseal_files),
        Protected(StoredFile, **MARK_RULE),
        MARKABLE_FILE,
    ),
)
