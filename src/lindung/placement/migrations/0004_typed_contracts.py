from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placement", "0003_job_order")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="paper_signed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="paper_starts_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="applies_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contract",
            name="recorded_office",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="contract",
            name="employer_recorded_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
