from django.urls import path

from reviews import views

urlpatterns = [
    path("agreements/", views.agreements, name="agreements"),
    path("agreements/<int:pk>/completion/", views.completion, name="agreement_completion"),
    path("agreements/<int:pk>/drop/", views.drop, name="agreement_drop"),
    path("agreements/<int:pk>/restoration/", views.restoration, name="agreement_restoration"),
]
