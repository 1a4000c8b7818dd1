"""Decisions about the tree of organisations, planned or made; the stamp by which reaches are kept; where staff belong."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Statement by statement, in the transaction of the change: nobody can forget it, and what is rolled back wasn't.
STAMP = """
CREATE FUNCTION identity_stamp_trees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_treestamp (id, stamp) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$;
CREATE TRIGGER identity_stamp_organisations AFTER INSERT OR DELETE OR UPDATE OF id, path, region_id
    ON identity_organisation FOR EACH STATEMENT EXECUTE FUNCTION identity_stamp_trees();
CREATE TRIGGER identity_stamp_regions AFTER INSERT OR DELETE OR UPDATE OF id, path
    ON identity_region FOR EACH STATEMENT EXECUTE FUNCTION identity_stamp_trees();
CREATE TRIGGER identity_stamp_successions AFTER INSERT OR DELETE OR UPDATE
    ON identity_succession FOR EACH STATEMENT EXECUTE FUNCTION identity_stamp_trees();
INSERT INTO identity_treestamp (id, stamp) VALUES (1, gen_random_uuid());
"""
UNSTAMP = """
DROP TRIGGER identity_stamp_organisations ON identity_organisation;
DROP TRIGGER identity_stamp_regions ON identity_region;
DROP TRIGGER identity_stamp_successions ON identity_succession;
DROP FUNCTION identity_stamp_trees();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_keep_identity_in_full")]

    operations = [
        migrations.CreateModel(
            name="Reorganisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("founded", "设立"),
                            ("renamed", "更名"),
                            ("moved", "调整隶属关系"),
                            ("merged", "合并"),
                            ("split", "分设"),
                            ("abolished", "撤销"),
                            ("corrected", "更正"),
                        ],
                        max_length=10,
                        verbose_name="变动",
                    ),
                ),
                ("on_date", models.DateField(verbose_name="生效日期")),
                ("basis", models.CharField(blank=True, max_length=120, verbose_name="依据文号")),
                ("details", models.JSONField(default=dict, verbose_name="内容")),
                ("decided_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="生效时间")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="取消时间")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="未能生效的原因")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "organisations",
                    models.ManyToManyField(
                        related_name="reorganisations", to="identity.organisation", verbose_name="机构"
                    ),
                ),
            ],
            options={"verbose_name": "机构调整"},
        ),
        migrations.AddIndex(
            model_name="reorganisation",
            index=models.Index(
                condition=models.Q(("applied_at", None), ("cancelled_at", None)),
                fields=["on_date"],
                name="reorganisations_to_apply",
            ),
        ),
        migrations.CreateModel(
            name="TreeStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stamp", models.UUIDField(default=uuid.uuid4)),
            ],
            options={"verbose_name": "机构树版本"},
        ),
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.AddField(
            model_name="staffmember",
            name="left_date",
            field=models.DateField(null=True, verbose_name="离任日期"),
        ),
        migrations.AddField(
            model_name="staffmember",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff",
                to="identity.organisation",
                verbose_name="所属机构",
            ),
        ),
        migrations.AddIndex(
            model_name="region",
            index=models.Index(fields=["name"], name="regions_by_name", opclasses=["varchar_pattern_ops"]),
        ),
    ]
