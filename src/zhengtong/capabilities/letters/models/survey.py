"""Surveys: questions, who has taken part, and what was answered; the last two don't know of each other."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhengtong.core.crypto.public import EncryptedJSONField


class SurveyKind(models.TextChoices):
    SURVEY = "survey", _("调查")
    CALL = "call", _("意见征集")


class SurveyState(models.TextChoices):
    DRAFT = "draft", _("编制中")
    PUBLISHED = "published", _("已发布")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("单选")
    MULTIPLE = "multiple", _("多选")
    SCORE = "score", _("打分（1—5）")
    TEXT = "text", _("问答")


class Survey(models.Model):
    """What the public is asked between two moments. Its questions are fixed when it is published."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("形式"), max_length=10, choices=SurveyKind.choices, default=SurveyKind.SURVEY)
    title = models.CharField(_("标题"), max_length=100)
    lead = models.TextField(_("说明"), max_length=2000, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name=_("主办单位"), on_delete=models.PROTECT, related_name="+"
    )
    opens_at = models.DateTimeField(_("开始"))
    closes_at = models.DateTimeField(_("结束"))
    state = models.CharField(_("状态"), max_length=10, choices=SurveyState.choices, default=SurveyState.DRAFT)
    conclusion = models.TextField(_("采纳情况和说明"), max_length=5000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("调查征集")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="surveys_by_office"),
            models.Index(fields=["-closes_at", "-id"], name="surveys_by_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(closes_at__gt=models.F("opens_at")), name="survey_ends_later")
        ]

    def __str__(self) -> str:
        return self.title


class SurveyQuestion(models.Model):
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("题型"), max_length=10, choices=QuestionKind.choices)
    text = models.CharField(_("题目"), max_length=200)
    choices = models.JSONField(_("选项"), default=list, blank=True)
    is_required = models.BooleanField(_("必答"), default=True)

    class Meta:
        verbose_name = _("题目")
        ordering = ["number", "id"]

    def __str__(self) -> str:
        return self.text


class SurveyTaker(models.Model):
    """Who has taken part, so that nobody does twice."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="takers", db_index=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("参与")
        constraints = [models.UniqueConstraint(fields=["survey", "account"], name="one_answer_an_account")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.account_id}"


class SurveyAnswers(models.Model):
    """What somebody answered, by the questions' ids; under a random key, so that their order tells nothing."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    answers = EncryptedJSONField(default=dict)

    class Meta:
        verbose_name = _("答卷")

    def __str__(self) -> str:
        return str(self.pk)
