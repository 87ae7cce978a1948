from django.urls import path

from pipeline.views import catalogue, stall_rules

urlpatterns = [
    path("stages/", catalogue.stages, name="settings_stages"),
    path("stages/new/", catalogue.stage_new, name="settings_stage_new"),
    path("stages/<int:pk>/", catalogue.stage, name="settings_stage"),
    path("stages/<int:pk>/position/", catalogue.stage_position, name="settings_stage_position"),
    path("stages/<int:pk>/removal/", catalogue.stage_removal, name="settings_stage_removal"),
    path("stalls/", stall_rules.stalls, name="settings_stalls"),
    path("stalls/sentence/", stall_rules.sentence, name="settings_stall_sentence"),
    path("products/", catalogue.products, name="settings_products"),
    path("products/new/", catalogue.product_new, name="settings_product_new"),
    path("products/<int:pk>/", catalogue.product, name="settings_product"),
]
