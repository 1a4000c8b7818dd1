"""Who may do what with letters, and the roles made of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.modules import Permission, Role

VIEW = "letters.view_letter"
ACCEPT = "letters.accept_letter"
DISPATCH = "letters.dispatch_letter"
HANDLE = "letters.handle_letter"
APPROVE = "letters.approve_answer"
EXTEND = "letters.approve_extension"
CALL_BACK = "letters.call_back"
PUBLISH = "letters.publish_letter"
MANAGE = "letters.manage_letters"
SURVEY = "letters.run_survey"
RATE = "letters.rate_letter"
URGE = "letters.urge_letter"
ANY = (ACCEPT, DISPATCH, HANDLE, APPROVE, EXTEND, CALL_BACK, PUBLISH, MANAGE, VIEW)
# Whoever may do one of these speaks with the writer and so may see who that is, also of a letter kept confidential.
RECEPTION = (ACCEPT, DISPATCH, CALL_BACK)

PERMISSIONS = (
    Permission(VIEW, _("查看来信")),
    Permission(ACCEPT, _("登记和受理来信")),
    Permission(DISPATCH, _("派发来信")),
    Permission(HANDLE, _("办理来信")),
    Permission(APPROVE, _("审核答复")),
    Permission(EXTEND, _("批准来信延期")),
    Permission(CALL_BACK, _("回访来信人")),
    Permission(PUBLISH, _("公开来信")),
    Permission(MANAGE, _("管理来信类别和派发规则")),
    Permission(SURVEY, _("编制调查征集")),
    Permission(RATE, _("评价来信答复")),
    Permission(URGE, _("催办自己的来信")),
)
ROLES = (
    Role("letter_operator", _("热线话务员"), (VIEW, ACCEPT, CALL_BACK)),
    Role("letter_dispatcher", _("来信派发员"), (VIEW, DISPATCH, EXTEND)),
    Role("letter_handler", _("来信承办员"), (VIEW, HANDLE)),
    Role("letter_approver", _("来信答复审核员"), (VIEW, APPROVE)),
    Role("letter_publisher", _("来信公开员"), (VIEW, PUBLISH)),
    Role("letter_manager", _("来信管理员"), (VIEW, MANAGE, SURVEY)),
)
