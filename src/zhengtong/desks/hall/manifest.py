"""What the hall brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import ITEM_KIND
from zhengtong.core.search.public import ResultPage
from zhengtong.kernel.modules import Module
from zhengtong.screens.declaration import CITIZEN, PUBLIC
from zhengtong.screens.tours import TourStep

HOME = "hall:home"

MODULE = Module(
    code="hall",
    title=_("服务大厅"),
    declares=(
        ResultPage(ITEM_KIND, "hall:item"),
        TourStep(
            "hall.search",
            HOME,
            "search",
            _("先搜要办的事"),
            _("用平常的话就行，比如“开饭店”，也可以打拼音。点开的办事指南会说能不能办、要什么、要多久。"),
            order=10,
            audience=PUBLIC,
        ),
        TourStep(
            "hall.bundles",
            HOME,
            "bundles",
            _("几个部门的事一次办"),
            _("开店这样的事要找几个部门。从这里进去，填一张表、交一套材料，各部门同时办。"),
            order=20,
            audience=PUBLIC,
        ),
        TourStep(
            "hall.mine",
            HOME,
            "mine",
            _("您的办件在这里"),
            _("填了一半的、在办的、要您补正的都排在最前面，点开就能看到哪天之前办完。"),
            order=30,
            audience=CITIZEN,
        ),
        TourStep(
            "hall.account",
            HOME,
            "account",
            _("登录和个人信息"),
            _("登录一次，姓名和身份证号就不用再填。替企业或者家人办事，也在这里添加。"),
            order=40,
            audience=PUBLIC,
        ),
        TourStep(
            "hall.look",
            HOME,
            "look",
            _("看得清、听得到"),
            _("字小了按“大字”，看不清按“高对比”，想听按旁边的“朗读”。选一次，以后都这样显示。"),
            order=50,
            audience=PUBLIC,
        ),
    ),
)
