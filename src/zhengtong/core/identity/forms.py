"""What people type about themselves: signing in, registering, details, enterprises. Errors say what to do."""

import re
import unicodedata
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.domain import (
    InvalidIdentifier,
    normalise,
    parse_citizen_number,
    parse_credit_code,
    parse_phone,
)
from zhengtong.core.identity.models import Account, MandateKind

PASSWORD_HINT = _("至少 8 位，不能全是数字，也不要用常见的密码")
LONGEST_PASSWORD = 128
_SPACES = re.compile(r"\s+")


def in_words(error: InvalidIdentifier) -> forms.ValidationError:
    """Return the parser's sentence in the language of the request."""
    return forms.ValidationError(gettext(error.template) % error.params, code=error.code)


class PhoneField(forms.CharField):
    """A mainland mobile number, cleaned to eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["label"] = _("手机号")
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("error_messages", {"required": _("请填写手机号码")})
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        if not text:
            return ""
        try:
            return parse_phone(text).value
        except InvalidIdentifier as error:
            raise in_words(error) from None


def password_field(label: Any, *, is_new: bool, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_PASSWORD,
        help_text=hint,
        error_messages={"required": _("请填写密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if is_new else "current-password"}),
    )


class SignInForm(allauth_forms.LoginForm):
    """Phone, or user name for staff. A phone is brought into one form first: each way of writing it counts as one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("手机号或用户名"),
            max_length=64,
            error_messages={"required": _("请填写手机号或用户名")},
            help_text=_("群众用注册时的手机号，工作人员用单位分配的用户名"),
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )
        self.fields["password"] = password_field(_("密码"), is_new=False)
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        text = str(self.cleaned_data["login"])
        try:
            return parse_phone(text).value
        except InvalidIdentifier:
            return text.strip().lower()


class RegisterForm(allauth_forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("本人正在使用的手机号，用来登录和接收办件通知")
        self.fields["password1"] = password_field(_("设置密码"), is_new=True, hint=PASSWORD_HINT)


class CodeMixin:
    """Six digits from a text, as the phone's keyboard offers them."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("短信验证码"),
            max_length=20,
            error_messages={"required": _("请填写短信里的6位数字")},
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        )


class VerifyPhoneForm(CodeMixin, allauth_forms.VerifyPhoneForm):
    pass


class SignInCodeForm(CodeMixin, allauth_forms.ConfirmLoginCodeForm):
    pass


class ResetCodeForm(CodeMixin, allauth_forms.ConfirmPasswordResetCodeForm):
    pass


class ChangePhoneForm(allauth_forms.ChangePhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("新手机号")


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("登录密码"), is_new=False)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("oldpassword", _("现在的密码")),
            ("password1", _("新密码")),
            ("password2", _("再输入一次新密码")),
        ):
            field = self.fields[name]
            field.label, field.help_text = label, PASSWORD_HINT if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)
            field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
            field.error_messages["required"] = _("请填写密码")

    def clean(self) -> dict[str, Any]:
        # allauth's own sentence for the difference isn't in the platform's catalogue.
        cleaned = forms.Form.clean(self) or {}
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", _("两次输入的新密码不一样，请重新输入"))
        return cleaned


class ResetPhoneForm(forms.Form):
    phone = PhoneField()


class NewPasswordForm(forms.Form):
    password = password_field(_("新密码"), is_new=True, hint=PASSWORD_HINT)

    def __init__(self, *args: Any, account: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.account)
        return password


def tidy(text: str) -> str:
    """Return ``text`` composed (NFC), without invisible characters, with single spaces."""
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in ("Cf", "Co", "Cs"))
    return _SPACES.sub(" ", kept).strip()


def clean_name(text: str) -> str:
    """Return a person's name: letters of any script, and the dots, spaces and hyphens inside names."""
    name = re.sub("[•．‧∙・]", "·", tidy(text))
    if len(name) < 2:
        raise forms.ValidationError(_("请填写身份证上的姓名，至少两个字"))
    wrong = next((c for c in name if not (c in "· .-'" or unicodedata.category(c)[0] in "LM")), None)
    if wrong:
        raise forms.ValidationError(
            _("姓名里不能有“%(character)s”，请按身份证上的姓名填写"), params={"character": wrong}
        )
    return name


class ProfileForm(forms.Form):
    """A citizen's details. ``has_number``: one is on record, and an empty field keeps it."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=40,
        help_text=_("与身份证上的一致"),
        error_messages={"required": _("请填写身份证上的姓名")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_number = forms.CharField(
        label=_("公民身份号码"),
        max_length=60,
        error_messages={"required": _("请填写身份证号码")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    address = forms.CharField(
        label=_("住址"),
        max_length=200,
        help_text=_("现在居住的地方，写到门牌号"),
        error_messages={"required": _("请填写现在居住的地址")},
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, has_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_number = has_number
        number = self.fields["id_number"]
        number.required = not has_number
        number.help_text = _("已登记，不改就不用填") if has_number else _("身份证上的18位号码，用来核验您的身份")

    def clean_name(self) -> str:
        return clean_name(str(self.cleaned_data["name"]))

    def clean_id_number(self) -> str:
        text = str(self.cleaned_data["id_number"])
        if self.has_number and not normalise(text):
            return ""
        try:
            return parse_citizen_number(text).value
        except InvalidIdentifier as error:
            raise in_words(error) from None

    def clean_address(self) -> str:
        address = tidy(str(self.cleaned_data["address"]))
        if len(address) < 4:
            raise forms.ValidationError(_("地址太短，请写到路名、小区和门牌号"))
        return address


class EnterpriseForm(forms.Form):
    """The enterprise that a citizen wants to act for."""

    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=60,
        help_text=_("营业执照上的18位代码"),
        error_messages={"required": _("请填写营业执照上的统一社会信用代码")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    name = forms.CharField(
        label=_("企业名称"),
        max_length=120,
        help_text=_("与营业执照上的一致"),
        error_messages={"required": _("请填写营业执照上的名称")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=_("您在企业的身份"),
        choices=MandateKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择您的身份")},
    )

    def clean_credit_code(self) -> str:
        try:
            return parse_credit_code(str(self.cleaned_data["credit_code"])).value
        except InvalidIdentifier as error:
            raise in_words(error) from None

    def clean_name(self) -> str:
        name = tidy(str(self.cleaned_data["name"]))
        if len(name) < 2:
            raise forms.ValidationError(_("请填写营业执照上的完整名称"))
        return name
