"""A record names the person whose data was looked at and the agent's own appointment, where there are such."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_insert_only")]

    operations = [
        migrations.AddField(
            model_name="auditrecord",
            name="agent",
            field=models.BigIntegerField(null=True, verbose_name="代理人任职"),
        ),
        migrations.AddField(
            model_name="auditrecord",
            name="subject",
            field=models.CharField(max_length=64, null=True, verbose_name="被查看的人"),
        ),
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(
                condition=Q(("subject__isnull", False)), fields=["subject", "at"], name="audit_by_subject"
            ),
        ),
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(
                condition=Q(("principal__isnull", False)), fields=["principal", "at"], name="audit_by_principal"
            ),
        ),
    ]
