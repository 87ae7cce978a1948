from django.urls import path

from alerts.views import alert, delivery, inbox, unsubscribe

urlpatterns = [
    path("", inbox.alerts, name="alerts"),
    path("bell/", inbox.alerts_bell, name="alerts_bell"),
    path("readings/", inbox.readings, name="alerts_readings"),
    path("lateness/", delivery.lateness, name="alerts_lateness"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("questions/<int:pk>/answer/", alert.answer, name="alert_answer"),
    path("<int:pk>/", alert.alert, name="alert"),
    path("<int:pk>/action/", alert.action, name="alert_action"),
    path("<int:pk>/snooze/", alert.snooze, name="alert_snooze"),
    path("<int:pk>/waking/", alert.waking, name="alert_waking"),
    path("<int:pk>/settlement/", alert.settlement, name="alert_settlement"),
    path("<int:pk>/restoration/", alert.restoration, name="alert_restoration"),
    path("<int:pk>/reading/", alert.reading, name="alert_reading"),
    path("<int:pk>/question/", alert.question, name="alert_question"),
]
