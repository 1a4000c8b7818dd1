"""Seals, their life, their use and their ledger."""

import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("identity", "0008_limit_agents_to_matters"),
        ("pki", "0001_keep_certificates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Making",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("image_svg", models.TextField(verbose_name="图样")),
                ("key_name", models.CharField(max_length=80, unique=True)),
                ("sm2_key_name", models.CharField(max_length=80, unique=True)),
                ("ses_seal", models.BinaryField()),
                ("made_at", models.DateTimeField(verbose_name="制作时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="停止使用时间")),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pki.certificate"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="制作人",
                    ),
                ),
                (
                    "sm2_certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pki.certificate"
                    ),
                ),
            ],
            options={
                "verbose_name": "印章版本",
            },
        ),
        migrations.CreateModel(
            name="OutsideSystem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="系统名称")),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("token_begins", models.CharField(max_length=8, verbose_name="令牌开头")),
                ("daily_quota", models.PositiveIntegerField(default=200, verbose_name="每日份数上限")),
                ("is_active", models.BooleanField(default=True, verbose_name="有效")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="最近使用")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="所属单位",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="责任人",
                    ),
                ),
            ],
            options={
                "verbose_name": "接入系统",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code", models.CharField(max_length=13, unique=True, verbose_name="印章编码")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("statutory", "法定名称章"),
                            ("special", "专用章"),
                            ("representative", "法定代表人名章"),
                            ("personal", "个人签名"),
                        ],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="印章名称")),
                ("text", models.CharField(max_length=60, verbose_name="印文")),
                ("line", models.CharField(blank=True, max_length=20, verbose_name="专用名称")),
                (
                    "shape",
                    models.CharField(
                        choices=[("round", "圆形"), ("oval", "椭圆形"), ("square", "方形"), ("signature", "签名")],
                        max_length=10,
                        verbose_name="形状",
                    ),
                ),
                ("width_mm", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="宽（毫米）")),
                ("height_mm", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="高（毫米）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preparing", "制发中"),
                            ("active", "使用中"),
                            ("suspended", "已停用"),
                            ("destroyed", "已注销"),
                            ("abandoned", "未制发"),
                        ],
                        default="preparing",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="申请时间")),
                ("filing_number", models.CharField(blank=True, max_length=40, verbose_name="备案号")),
                ("enabled_at", models.DateTimeField(null=True, verbose_name="启用时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="注销时间")),
                ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="注销原因")),
                (
                    "keeper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="保管人",
                    ),
                ),
                (
                    "making",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_by",
                        to="seals.making",
                        verbose_name="在用版本",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="使用单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "印章",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="making",
            name="seal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="makings", to="seals.seal"
            ),
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=120, verbose_name="批次名称")),
                ("reason", models.CharField(max_length=500, verbose_name="用印事由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("collecting", "准备中"),
                            ("waiting", "待批准"),
                            ("running", "用印中"),
                            ("done", "已完成"),
                            ("refused", "不同意"),
                            ("cancelled", "已取消"),
                        ],
                        default="collecting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="意见")),
                ("binding", models.CharField(blank=True, max_length=64, verbose_name="批准的内容摘要")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.appointment"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="seals.seal",
                        verbose_name="印章",
                    ),
                ),
            ],
            options={
                "verbose_name": "批量用印",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SealApplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="申请编号")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("issue", "制发"), ("change", "变更"), ("remake", "重新制作"), ("destroy", "注销")],
                        max_length=10,
                        verbose_name="事由",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("review", "待审核"),
                            ("approval", "待批准"),
                            ("making", "待制作"),
                            ("filing", "待备案"),
                            ("enabling", "待启用"),
                            ("done", "已办结"),
                            ("returned", "退回修改"),
                            ("refused", "不予批准"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="review",
                        max_length=10,
                        verbose_name="环节",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("wanted", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("applied_at", models.DateTimeField(verbose_name="申请时间")),
                ("due_at", models.DateTimeField(null=True, verbose_name="本环节期限")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="申请人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="申请单位",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="seals.seal",
                        verbose_name="印章",
                    ),
                ),
            ],
            options={
                "verbose_name": "印章申请",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ApplicationPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="材料")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="seals.sealapplication"
                    ),
                ),
            ],
            options={
                "verbose_name": "申请材料",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SealedCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("copy", models.PositiveSmallIntegerField(verbose_name="第几份")),
                (
                    "render",
                    models.CharField(choices=[("pdf", "PDF"), ("ofd", "OFD")], max_length=4, verbose_name="格式"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待用印"),
                            ("sealed", "已用印"),
                            ("failed", "未能用印"),
                            ("cancelled", "已取消"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("sha256", models.CharField(blank=True, db_index=True, max_length=64, verbose_name="用印后摘要")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="未能用印的原因")),
                ("sealed_at", models.DateTimeField(null=True, verbose_name="用印时间")),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "verbose_name": "用印份",
                "ordering": ["use_id", "copy", "-render"],
            },
        ),
        migrations.CreateModel(
            name="LedgerRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                ("at", models.DateTimeField(verbose_name="用印时间")),
                ("title", models.CharField(max_length=200, verbose_name="文件")),
                ("sha256_before", models.CharField(db_index=True, max_length=64, verbose_name="用印前摘要")),
                ("sha256_after", models.CharField(db_index=True, max_length=64, verbose_name="用印后摘要")),
                (
                    "content",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="内容"),
                ),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="上一行摘要")),
                ("digest", models.CharField(max_length=64, verbose_name="本行摘要（SM3）")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="seals.seal",
                        verbose_name="印章",
                    ),
                ),
                (
                    "copy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ledger_row", to="seals.sealedcopy"
                    ),
                ),
            ],
            options={
                "verbose_name": "用印记录",
                "ordering": ["seal_id", "number"],
            },
        ),
        migrations.CreateModel(
            name="SealRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("days.review", "审核期限（工作日）"),
                            ("days.approval", "批准期限（工作日）"),
                            ("days.making", "制作期限（工作日）"),
                            ("days.filing", "备案期限（工作日）"),
                            ("days.enabling", "启用期限（工作日）"),
                            ("days.returned", "修改后再次申请的期限（工作日）"),
                            ("days.use", "用印审批期限（工作日）"),
                            ("hours.approved", "批准用印后有效（小时）"),
                            ("size.county", "县级机关部门法定名称章直径（毫米）"),
                            ("size.city", "市级机关部门法定名称章直径（毫米）"),
                            ("size.town", "乡镇机关法定名称章直径（毫米）"),
                            ("size.other", "其他单位法定名称章直径（毫米）"),
                            ("size.special", "圆形专用章直径（毫米）"),
                            ("most.batch", "一批最多份数"),
                        ],
                        max_length=20,
                        verbose_name="规则",
                    ),
                ),
                ("value", models.PositiveIntegerField(verbose_name="数值")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
            ],
            options={
                "verbose_name": "印章规则",
                "ordering": ["key", "-valid_from"],
                "constraints": [models.UniqueConstraint(fields=("key", "valid_from"), name="one_seal_rule_a_day")],
            },
        ),
        migrations.CreateModel(
            name="SealStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("apply", "申请"),
                            ("resubmit", "修改后再次申请"),
                            ("withdraw", "撤回申请"),
                            ("review", "审核通过"),
                            ("return", "退回修改"),
                            ("approve", "批准"),
                            ("refuse", "不予批准"),
                            ("make", "制作"),
                            ("file", "备案"),
                            ("enable", "启用"),
                            ("suspend", "停用"),
                            ("resume", "恢复使用"),
                            ("destroy", "注销"),
                            ("hand_over", "移交保管"),
                        ],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="意见")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="seals.sealapplication",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="seals.seal"
                    ),
                ),
            ],
            options={
                "verbose_name": "印章经历",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SealUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="用印编号")),
                ("title", models.CharField(max_length=200, verbose_name="文件标题")),
                ("document_kind", models.CharField(blank=True, max_length=60, verbose_name="文件种类")),
                ("reason", models.CharField(max_length=500, verbose_name="用印事由")),
                ("sha256", models.CharField(db_index=True, max_length=64, verbose_name="文件摘要")),
                ("pages", models.PositiveIntegerField(verbose_name="页数")),
                ("ofd_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "places",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="位置"),
                ),
                ("copies", models.PositiveSmallIntegerField(default=1, verbose_name="份数")),
                ("binding", models.CharField(blank=True, max_length=64, verbose_name="批准的内容摘要")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待选位置"),
                            ("waiting", "待批准"),
                            ("approved", "已批准，待用印"),
                            ("sealed", "已用印"),
                            ("refused", "不同意"),
                            ("withdrawn", "已撤回"),
                            ("failed", "未能用印"),
                            ("expired", "批准已过期"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="未能用印的原因")),
                ("idempotency_key", models.CharField(blank=True, max_length=80)),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="意见")),
                ("valid_until", models.DateTimeField(null=True, verbose_name="批准有效至")),
                (
                    "applicant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="申请人",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="seals.batch"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="批准人",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "ofd_file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="用印单位",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="seals.seal",
                        verbose_name="印章",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seals.outsidesystem",
                        verbose_name="接入系统",
                    ),
                ),
            ],
            options={
                "verbose_name": "用印申请",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="sealedcopy",
            name="use",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sealed_copies", to="seals.sealuse"
            ),
        ),
        migrations.CreateModel(
            name="StandingAuthorisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document_kind", models.CharField(max_length=60, verbose_name="文件种类")),
                ("valid_from", models.DateField(verbose_name="自")),
                ("valid_until", models.DateField(verbose_name="至")),
                ("daily_ceiling", models.PositiveIntegerField(verbose_name="每日上限（份）")),
                ("total_ceiling", models.PositiveIntegerField(verbose_name="总上限（份）")),
                ("used", models.PositiveIntegerField(default=0, verbose_name="已用（份）")),
                ("reason", models.CharField(max_length=500, verbose_name="授权理由")),
                ("granted_at", models.DateTimeField(verbose_name="授权时间")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("revoke_reason", models.CharField(blank=True, max_length=300, verbose_name="撤销原因")),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.appointment",
                        verbose_name="授权人",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organisation",
                        verbose_name="授权单位",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorisations",
                        to="seals.seal",
                        verbose_name="印章",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seals.outsidesystem",
                        verbose_name="接入系统",
                    ),
                ),
            ],
            options={
                "verbose_name": "常设授权",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="sealuse",
            name="authorisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="seals.standingauthorisation",
                verbose_name="常设授权",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidesystem",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="one_outside_system_a_name"),
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["organisation", "state", "id"], name="seals_by_office"),
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["name"], name="seals_by_name", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(
                condition=models.Q(("keeper__isnull", False)), fields=["keeper"], name="seals_by_keeper"
            ),
        ),
        migrations.AddConstraint(
            model_name="making",
            constraint=models.UniqueConstraint(fields=("seal", "number"), name="one_making_a_number"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["organisation", "-id"], name="seal_batches_by_office"),
        ),
        migrations.AddIndex(
            model_name="sealapplication",
            index=models.Index(fields=["organisation", "stage", "id"], name="seal_applications_by_office"),
        ),
        migrations.AddConstraint(
            model_name="sealapplication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stage__in", ["review", "approval", "making", "filing", "enabling", "returned"])),
                fields=("seal",),
                name="one_open_application_a_seal",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerrow",
            index=models.Index(fields=["organisation", "-id"], name="ledger_by_office"),
        ),
        migrations.AddConstraint(
            model_name="ledgerrow",
            constraint=models.UniqueConstraint(fields=("seal", "number"), name="one_ledger_row_a_number"),
        ),
        migrations.AddIndex(
            model_name="sealstep",
            index=models.Index(fields=["seal", "id"], name="steps_of_seal"),
        ),
        migrations.AddConstraint(
            model_name="sealedcopy",
            constraint=models.UniqueConstraint(fields=("use", "copy", "render"), name="one_row_a_document_and_copy"),
        ),
        migrations.AddConstraint(
            model_name="sealedcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sealed"), _negated=True),
                    models.Q(("file__isnull", False), models.Q(("sha256", ""), _negated=True)),
                    _connector="OR",
                ),
                name="a_sealed_copy_has_its_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gte", models.F("valid_from"))), name="authorised_for_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingauthorisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("seal", "document_kind", "system"),
                name="one_authorisation_a_seal_and_kind",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="sealuse",
            index=models.Index(fields=["organisation", "state", "-id"], name="seal_uses_by_office"),
        ),
        migrations.AddIndex(
            model_name="sealuse",
            index=models.Index(fields=["system", "asked_at"], name="seal_uses_by_system"),
        ),
        migrations.AddConstraint(
            model_name="sealuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("system", "document_kind", "idempotency_key"),
                name="one_use_an_idempotency_key",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="sealuse",
            constraint=models.CheckConstraint(condition=models.Q(("copies__gte", 1)), name="at_least_a_copy"),
        ),
    ]
