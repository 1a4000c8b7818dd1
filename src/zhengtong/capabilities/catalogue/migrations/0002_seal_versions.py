"""A published version stays as it is: its digest closes it, and the database refuses to change it from then on."""

import django.db.models.deletion
from django.db import migrations, models


CLOSE = """
CREATE FUNCTION catalogue_refuse_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.digest = '' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status'
        AND (NEW.status = OLD.status OR (OLD.status = 'published' AND NEW.status = 'superseded')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % of the catalogue is published and stays as it is', OLD.id
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION catalogue_refuse_field() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.version_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.version_id; END IF;
    IF EXISTS (SELECT 1 FROM catalogue_resourceversion WHERE id = ANY(touched) AND digest <> '') THEN
        RAISE EXCEPTION 'the fields of a published version stay as they are' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER catalogue_versions_stay BEFORE UPDATE OR DELETE ON catalogue_resourceversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_version();
CREATE TRIGGER catalogue_fields_stay BEFORE INSERT OR UPDATE OR DELETE ON catalogue_field
    FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_field();
"""
OPEN = """
DROP TRIGGER catalogue_fields_stay ON catalogue_field;
DROP TRIGGER catalogue_versions_stay ON catalogue_resourceversion;
DROP FUNCTION catalogue_refuse_field();
DROP FUNCTION catalogue_refuse_version();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_keep_the_catalogue"),
        ("identity", "0008_limit_agents_to_matters"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[("department", "部门审核"), ("authority", "主管审核"), ("correction", "退回后修改")],
                        max_length=10,
                        verbose_name="环节",
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="期限（工作日）")),
                ("source", models.CharField(max_length=150, verbose_name="依据")),
                ("article", models.CharField(blank=True, max_length=40, verbose_name="条款")),
                ("effective_from", models.DateField(verbose_name="生效日期")),
                ("effective_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                ("is_unverified", models.BooleanField(default=True, verbose_name="待核对")),
            ],
            options={
                "verbose_name": "目录审核期限",
            },
        ),
        migrations.CreateModel(
            name="CatalogueSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                (
                    "state",
                    models.CharField(
                        choices=[("checked", "待确认"), ("applied", "已导入"), ("cancelled", "已放弃")],
                        default="checked",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("plan", models.JSONField(default=list, verbose_name="差异")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="导入时间")),
            ],
            options={
                "verbose_name": "目录表格",
            },
        ),
        migrations.AddField(
            model_name="field",
            name="is_proposed",
            field=models.BooleanField(default=False, verbose_name="推测，待核对"),
        ),
        migrations.AddField(
            model_name="resourceversion",
            name="digest",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="内容摘要"),
        ),
        migrations.AddField(
            model_name="resourceversion",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="办理期限"),
        ),
        migrations.AddField(
            model_name="resourceversion",
            name="related",
            field=models.CharField(blank=True, default="", max_length=300, verbose_name="关联资源代码"),
        ),
        migrations.AddField(
            model_name="resourceversion",
            name="reviewed_at",
            field=models.DateTimeField(null=True, verbose_name="部门审核时间"),
        ),
        migrations.AddField(
            model_name="resourceversion",
            name="revision",
            field=models.PositiveIntegerField(default=0, verbose_name="保存次数"),
        ),
        migrations.AddConstraint(
            model_name="resourceversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["draft", "department", "authority", "returned"])),
                fields=("resource",),
                name="one_open_version_a_resource",
            ),
        ),
        migrations.AddConstraint(
            model_name="cataloguelimit",
            constraint=models.UniqueConstraint(fields=("step", "effective_from"), name="one_catalogue_limit_a_day"),
        ),
        migrations.AddConstraint(
            model_name="cataloguelimit",
            constraint=models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="catalogue_limit_of_a_day"),
        ),
        migrations.AddField(
            model_name="cataloguesheet",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.organisation",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            model_name="cataloguesheet",
            name="uploaded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.appointment",
                verbose_name="上传人",
            ),
        ),
        migrations.AddIndex(
            model_name="cataloguesheet",
            index=models.Index(fields=["organisation", "-id"], name="catalogue_sheets_by_office"),
        ),
        migrations.AlterField(
            model_name="resource",
            name="abstract",
            field=models.TextField(blank=True, verbose_name="资源摘要"),
        ),
        migrations.AlterField(
            model_name="resourceversion",
            name="abstract",
            field=models.TextField(verbose_name="资源摘要"),
        ),
        migrations.RunSQL(CLOSE, OPEN),
    ]
