"""Other offices are asked for their opinion; papers between offices are not the applicant's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_keep_dictionaries"),
        ("identity", "0007_find_by_beginning"),
        ("papers", "0002_edit_templates"),
    ]

    operations = [
        migrations.AddField(
            model_name="casedocument",
            name="is_internal",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="task",
            name="node",
            field=models.CharField(
                choices=[
                    ("acceptance", "受理"),
                    ("review", "审查"),
                    ("process", "流程办理"),
                    ("decision", "决定"),
                    ("extension", "延期审批"),
                    ("delivery", "送达"),
                    ("countersign", "加签"),
                    ("consultation", "征求意见"),
                ],
                max_length=20,
                verbose_name="环节",
            ),
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=500, verbose_name="征求什么意见")),
                ("days", models.PositiveSmallIntegerField(verbose_name="答复期限（工作日）")),
                ("due_at", models.DateTimeField(verbose_name="答复期限")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="征求时间")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("is_dropped", models.BooleanField(default=False)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consultations", to="cases.case"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="papers.paper"),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.task"
                    ),
                ),
            ],
            options={
                "verbose_name": "征求意见",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None), ("is_dropped", False), ("reminded_at", None)),
                        fields=["due_at"],
                        name="consultations_to_remind",
                    )
                ],
            },
        ),
    ]
