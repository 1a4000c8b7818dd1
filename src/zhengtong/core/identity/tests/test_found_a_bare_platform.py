"""An operator with an empty platform makes its first organisation and three administrators, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from zhengtong.core.identity.models import Account, Organisation, PostRole
from zhengtong.core.identity.selectors import get_account_actor

pytestmark = pytest.mark.django_db
PEOPLE = {"system": "zhang:张一", "security": "lier:李二", "audit": "wang:王三"}


def found(**changes: str) -> str:
    told = StringIO()
    options = {"region": "331000", "name": "某市", **PEOPLE, **changes}
    call_command("found", "某市人民政府", stdout=told, **options)
    return told.getvalue()


def test_three_people_get_three_roles_and_can_sign_in() -> None:
    told = found()
    government = Organisation.objects.get()
    assert (government.name, government.region.name, government.region.level) == ("某市人民政府", "某市", "city")
    assert set(PostRole.objects.values_list("role", flat=True)) == {
        "system_administrator",
        "security_administrator",
        "audit_administrator",
    }
    password = told.split("zhang")[1].split()[0]
    account = Account.objects.get(username="zhang")
    assert account.check_password(password)
    actor = get_account_actor(account)
    assert actor.reach("identity.manage_organisations") == {government.pk}
    assert not actor.has("identity.manage_roles")


def test_it_is_done_once_and_by_three_people() -> None:
    with pytest.raises(CommandError, match="三个人"):
        found(audit="zhang:张一")
    assert not Organisation.objects.exists()
    found()
    with pytest.raises(CommandError, match="已经有机构"):
        found(system="zhao:赵四", security="qian:钱五", audit="sun:孙六")


def test_an_unknown_place_needs_a_name() -> None:
    with pytest.raises(CommandError, match="请先导入区划"):
        found(name="")
    with pytest.raises(CommandError, match="用户名:姓名"):
        found(system="zhang")
