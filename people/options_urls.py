from django.urls import path

from people.views import options

urlpatterns = [path("options/", options.options, name="person_options")]
