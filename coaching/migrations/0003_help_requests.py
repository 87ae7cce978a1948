"""A rep asks the manager above for help with a deal."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coaching", "0002_debrief_reviewed_at"),
        ("pipeline", "0004_indexes_for_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("send_email", "Send this e-mail"),
                            ("call_person", "Call this person"),
                            ("join_call", "Join a call"),
                            ("unblock", "Unblock something inside"),
                            ("opinion", "Give an opinion"),
                        ],
                        max_length=11,
                        verbose_name="What",
                    ),
                ),
                ("synopsis", models.TextField(blank=True, max_length=5000)),
                (
                    "how_it_helps",
                    models.TextField(max_length=5000, verbose_name="How it will help"),
                ),
                (
                    "draft_subject",
                    models.CharField(blank=True, max_length=200, verbose_name="Subject"),
                ),
                ("draft", models.TextField(blank=True, max_length=5000, verbose_name="Draft")),
                ("wanted_on", models.DateField(verbose_name="Wanted by")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("asked", "The rep asked"),
                            ("stepped_in", "The manager stepped in"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("was_stalled", models.BooleanField(default=False, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("accepted", "Accepted"),
                            ("done", "Done"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("asked_at", models.DateTimeField(editable=False)),
                ("accepted_at", models.DateTimeField(editable=False, null=True)),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("outcome", models.CharField(blank=True, editable=False, max_length=500)),
                ("decline_reason", models.CharField(blank=True, editable=False, max_length=500)),
                ("seen_at", models.DateTimeField(editable=False, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="help_asked_for",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_of",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="help_given",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="help_requests",
                        to="pipeline.call",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="help_requests",
                        to="pipeline.contact",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="help_requests",
                        to="pipeline.opportunity",
                    ),
                ),
            ],
            options={
                "ordering": ["wanted_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "accepted"])),
                        fields=["asked_of", "wanted_on", "id"],
                        name="help_waiting",
                    ),
                    models.Index(fields=["asked_of", "asked_at"], name="help_by_manager"),
                    models.Index(fields=["opportunity", "asked_at"], name="help_on_deal"),
                    models.Index(
                        condition=models.Q(("seen_at", None), ("state__in", ["done", "declined"])),
                        fields=["opportunity"],
                        name="help_unread",
                    ),
                ],
            },
        ),
    ]
