from django.urls import path

from pipeline.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("new/", views.new, name="import_new"),
    path("<int:pk>/", views.import_, name="import"),
    path("<int:pk>/mapping/", views.mapping, name="import_mapping"),
    path("<int:pk>/commit/", views.commit, name="import_commit"),
    path("<int:pk>/discard/", views.discard, name="import_discard"),
    path("<int:pk>/problems/", views.problems, name="import_problems"),
]
