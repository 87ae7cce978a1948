from django.urls import include, path

from pipeline.views import accounts, buyer, contacts, opportunities, opportunity, removal

DEAL = "opportunities/<int:pk>/"

urlpatterns = [
    path("opportunities/", opportunities.opportunities, name="opportunities"),
    path("opportunities/new/", opportunities.new, name="opportunity_new"),
    path("opportunities/export/", opportunities.export, name="opportunities_export"),
    path(DEAL + "stage-changes/", opportunity.stage_changes, name="opportunity_stage_changes"),
    path(DEAL + "closure/", opportunity.closure, name="opportunity_closure"),
    path(DEAL + "reopening/", opportunity.reopening, name="opportunity_reopening"),
    path(DEAL + "close-date/", opportunity.close_date, name="opportunity_close_date"),
    path(DEAL + "amount/", opportunity.amount, name="opportunity_amount"),
    path(DEAL + "next-step/", opportunity.next_step, name="opportunity_next_step"),
    path(DEAL + "owner/", opportunity.owner, name="opportunity_owner"),
    path(DEAL + "forecast/", opportunity.forecast, name="opportunity_forecast"),
    path(DEAL + "description/", opportunity.description, name="opportunity_description"),
    path(DEAL + "buyer-answers/<slug:question>/", buyer.buyer_answers, name="buyer_answers"),
    path(DEAL + "buying-roles/", buyer.buying_roles, name="buying_roles"),
    path(DEAL + "buyer-actions/", buyer.buyer_actions, name="buyer_actions"),
    path(DEAL + "proposals/", buyer.proposals, name="proposals"),
    path(DEAL + "restorations/<str:token>/", removal.restoration, name="opportunity_restoration"),
    path("buying-roles/<int:pk>/", buyer.buying_role, name="buying_role"),
    path("buying-roles/<int:pk>/removal/", removal.buying_role, name="buying_role_removal"),
    path("buyer-actions/<int:pk>/removal/", removal.buyer_action, name="buyer_action_removal"),
    path("proposals/<int:pk>/removal/", removal.proposal, name="proposal_removal"),
    path("imports/", include("pipeline.imports.urls")),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.new, name="account_new"),
    path("accounts/options/", accounts.options, name="account_options"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/description/", accounts.description, name="account_description"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/new/", contacts.new, name="contact_new"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/description/", contacts.description, name="contact_description"),
]
