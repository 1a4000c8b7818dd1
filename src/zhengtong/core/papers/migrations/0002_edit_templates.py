"""Texts that stand in the place of supplied templates, and with which a paper was set."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0007_find_by_beginning"),
        ("papers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="paper",
            name="template_fault",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="文书种类")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="版本")),
                ("source", models.TextField(blank=True, verbose_name="模板")),
                ("is_supplied", models.BooleanField(default=False, verbose_name="系统自带")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="修改理由")),
                ("opinion", models.CharField(blank=True, max_length=1000, verbose_name="审核意见")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("compiling", "编制中"),
                            ("in_review", "待审核"),
                            ("returned", "退回修改"),
                            ("published", "已发布"),
                            ("abandoned", "已放弃"),
                        ],
                        default="compiling",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, verbose_name="修改次数")),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="修改时间")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="papers.templateversion",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
            ],
            options={
                "verbose_name": "文书模板",
            },
        ),
        migrations.AddField(
            model_name="paper",
            name="template_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="papers.templateversion",
            ),
        ),
        migrations.AddIndex(
            model_name="templateversion",
            index=models.Index(
                condition=models.Q(("status", "published")), fields=["kind", "-published_at"], name="template_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(fields=("kind", "number"), name="one_template_a_kind_and_number"),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["compiling", "in_review", "returned"])),
                fields=("kind",),
                name="one_open_template_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    models.Q(
                        ("number__isnull", False), ("published_at__isnull", False), ("reviewed_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_published_template_has_its_number",
            ),
        ),
    ]
