"""Who gets what of a thing that is rosa's. Written by hand; `test_access.py` reads it.

One mark a person, in the order of ACTORS:
    +  reached, and may see it          o  reached, and rosa's thing is not in the answer
    -  404: it does not exist for them  x  403: they know of it and may not
"""

from dataclasses import dataclass, field

ACTORS = ["rep", "peer", "manager", "other manager", "executive", "administrator"]


@dataclass(frozen=True)
class Route:
    """The thing in its address ("" for none) and the marks of each method it serves."""

    thing: str = ""
    marks: dict[str, str] = field(default_factory=dict)
    is_api: bool = False
    query: str = ""
    body: dict[str, str] = field(default_factory=dict)  # where the refusal comes after the form

    @property
    def methods(self) -> list[str]:
        return list(self.marks)

    def mark(self, method: str, actor: str) -> str | None:
        marks = self.marks.get(method)
        return marks[ACTORS.index(actor)] if marks else None


def page(
    thing: str = "", *, query: str = "", body: dict[str, str] | None = None, **marks: str
) -> Route:
    return Route(thing, marks, query=query, body=body or {})


def api(thing: str = "", *, body: dict[str, str] | None = None, **marks: str) -> Route:
    return Route(thing, marks, is_api=True, body=body or {})


EVERYBODY = "++++++"
LINE = "+-+-+-"  # the rep and the managers above
LINE_AND_ADMIN = "+-+-++"
ADMIN = "xxxxx+"
PAIR = "+-+---"  # the two people of a 1-on-1
SEEN_BY_LINE = "+o+o+o"  # a list that holds rosa's things for her line
SEEN_BY_LINE_AND_ADMIN = "+o+o++"
ROWS = "?metric={metric}&first=1900-01-01&last=2199-12-31"

MATERIAL = {
    "differentiators": "differentiator",
    "questions": "question",
    "icp_criteria": "icp_criterion",
    "priorities": "priority",
}

PAGES = {
    "healthz": page(GET="oooooo"),
    "today": page(GET=SEEN_BY_LINE),
    "today_precursors": page(GET="oooooo"),
    # Alerts: those one was told of
    "alerts": page(GET=SEEN_BY_LINE),
    "alerts_bell": page(GET="oooooo"),
    "alerts_readings": page(POST="oooooo"),
    "alert": page("alert", GET=LINE),
    "alert_action": page("alert", POST=LINE),
    "alert_snooze": page("alert", POST=LINE),
    "alert_waking": page("alert", POST=LINE),
    "alert_settlement": page("alert", POST=LINE),
    "alert_restoration": page("alert", POST=LINE),
    "alert_reading": page("alert", POST=LINE),
    "alert_question": page("alert", POST="x-+-+-", body={"text": "Why?"}),
    "alert_answer": page("alert question", POST="+-x---", body={"answer": "Soon"}),
    "unsubscribe": page("unsubscription", GET="oooooo", POST="oooooo"),
    # Pipeline
    "opportunities": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "board": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "board_column": page("stage", GET=SEEN_BY_LINE_AND_ADMIN),
    "board_card": page("deal", POST=LINE_AND_ADMIN),
    "opportunity_place": page("deal", GET="o-o-oo"),
    "saved_views": page(GET=SEEN_BY_LINE_AND_ADMIN, POST=SEEN_BY_LINE_AND_ADMIN),
    "saved_view": page("shared view", GET="+xx-xx", POST="+xx-xx"),
    "saved_view_removal": page("shared view", POST="+xx-xx"),
    "person_options": page(GET="oooooo", query="?owner=ros"),
    "opportunities_export": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "opportunity_new": page(GET=SEEN_BY_LINE_AND_ADMIN, POST=SEEN_BY_LINE_AND_ADMIN),
    "opportunity": page("deal", GET=LINE_AND_ADMIN),
    "opportunity_stage_changes": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_closure": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_reopening": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_close_date": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_amount": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_next_step": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_owner": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_forecast": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_description": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_holds": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "hold_end": page("hold", POST=LINE_AND_ADMIN),
    "opportunity_criterion": page("deal criterion", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "buyer_answers": page("deal question", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "buying_roles": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "buyer_actions": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "proposals": page("deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "opportunity_restoration": page("deal restoration", POST="------"),  # a forged one
    "buying_role": page("buying role", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "buying_role_removal": page("buying role", POST=LINE_AND_ADMIN),
    "buyer_action_removal": page("buyer action", POST=LINE_AND_ADMIN),
    "proposal_removal": page("proposal", POST=LINE_AND_ADMIN),
    "accounts": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "account_options": page(GET=SEEN_BY_LINE_AND_ADMIN, query="?account_name=zan"),
    "account_new": page(GET=SEEN_BY_LINE_AND_ADMIN, POST=SEEN_BY_LINE_AND_ADMIN),
    "account": page("account", GET=LINE_AND_ADMIN),
    "account_description": page("account", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "contacts": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "contact_new": page(GET=SEEN_BY_LINE_AND_ADMIN, POST=SEEN_BY_LINE_AND_ADMIN),
    "contact": page("contact", GET=LINE_AND_ADMIN),
    "contact_description": page("contact", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    # Calls
    "calls": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "calls_week": page(GET=SEEN_BY_LINE_AND_ADMIN),
    "call_new": page(GET=SEEN_BY_LINE_AND_ADMIN, POST=SEEN_BY_LINE_AND_ADMIN),
    "call": page("call", GET=LINE_AND_ADMIN),
    "call_time": page("call", POST=LINE_AND_ADMIN),
    "call_details": page("call", POST=LINE_AND_ADMIN),
    "call_cancellation": page("call", POST=LINE_AND_ADMIN),
    "call_no_show": page("call", POST=LINE_AND_ADMIN),
    "call_restoration": page("call", POST=LINE_AND_ADMIN),
    # Coaching: the rep writes, the line reads, administrators as such see nothing
    "call_plan": page("call", GET=LINE, POST="+-x-x-"),
    "plan": page("plan", GET=LINE),
    "call_plan_filing": page("call", POST="+-x-x-"),
    "inspections": page(GET=SEEN_BY_LINE),
    "inspection": page("plan", POST="x-+-+-", body={"verdict": "good", "version": "9"}),
    "call_debrief": page("held call", GET=LINE, POST="+-x-x-"),
    "call_debrief_filing": page("held call", POST="+-x-x-"),
    "debriefs": page(GET=SEEN_BY_LINE),
    "debrief": page("debrief", GET=LINE),
    "debrief_review": page("debrief", POST="x-+-+-", body={"score": "5"}),
    # Ride-alongs: mia rides with rosa. Drafts are hers alone; what she handed in is the line's
    "ride_alongs": page(GET="+ooooo", query="?show=mine"),
    "ride_alongs_export": page(GET="xxooox"),
    "ride_along_new": page(GET="xxooox", POST="xxooox"),
    "ride_along": page("held ride-along", GET=LINE),
    "ride_along_arrangement": page("ride-along", POST="x-+-+-"),
    "ride_along_cancellation": page("ride-along", POST="x-+-+-", body={"reason": "Ill"}),
    "ride_along_restoration": page("ride-along", POST="x-+-+-"),
    "ride_along_draft": page("ride-along", POST="x-+-x-"),
    "ride_along_holding": page("ride-along", POST="x-+-x-"),
    "ride_along_signature": page("held ride-along", POST="+-x-x-"),
    "inspection_level": page("rosa", GET=LINE, POST="x-+-+-"),
    "person_focus": page("rosa", GET=LINE, POST="x-+-+-"),
    "focus": page("focus", GET=LINE),
    "focus_steps": page("focus", POST="x-+-+-"),
    "focus_ending": page("focus", POST="x-+-+-"),
    "person_diagnoses": page("rosa", GET=LINE),
    "diagnosis_new": page("rosa", GET="x-o-o-", POST="x-o-o-"),
    "agreements": page(GET=SEEN_BY_LINE, POST=SEEN_BY_LINE),
    "agreement_completion": page("agreement", POST=LINE),
    "agreement_drop": page("agreement", GET=LINE, POST=LINE),
    "agreement_restoration": page("agreement", POST=LINE),
    "opportunity_help_requests": page("deal", GET=LINE, POST=LINE),
    "help_requests": page(GET=SEEN_BY_LINE),
    "help_request": page("help request", GET=LINE),
    "help_request_acceptance": page("help request", POST="x-+-+-"),
    "help_request_outcome": page("help request", POST="x-+-+-", body={"outcome": "Done so"}),
    "help_request_decline": page("help request", POST="x-+-+-", body={"reason": "Not now"}),
    "help_request_withdrawal": page("help request", POST="+-x-x-"),
    "help_request_restoration": page("help request", POST=LINE),
    "help_request_acknowledgement": page("help request", POST="+-x-x-"),
    # A team's meeting: all of the team see it, each their own deals; who leads the team runs it
    "pipeline_calls": page(GET="oooooo", POST="------"),  # a start without a team
    "pipeline_call_schedule": page("team", GET="--o-o-", POST="--o-o-"),
    "pipeline_call": page("pipeline call", GET="+o+-++"),
    "pipeline_call_decisions": page("pipeline call", GET="ooo-oo", POST="xxo-ox"),
    "pipeline_call_notes": page("pipeline call", GET="ooo-oo", POST="xx+-+x"),
    "pipeline_call_closing": page("pipeline call", POST="xxo-ox"),
    "pipeline_call_acknowledgement": page("pipeline call", POST="ooo-oo"),
    # 1-on-1s: the two people; the manager plans them, whoever is above only counts
    "reviews": page(GET="+o+ooo"),
    "review_new": page(GET="--o-o-", POST="--o-o-"),
    "review_schedule": page("rosa", GET="--+---", POST="--+---"),
    "review_time": page("coming review", GET="+-+---", POST="+-+---"),
    "review_excuse": page("coming review", GET="x-+---", POST="x-+---"),
    "review_restoration": page("excused review", POST="x-+---"),
    "review_invitation": page("coming review", GET="+-+---"),
    "review": page("running review", GET=PAIR),
    "review_news": page("running review", GET=PAIR, query="?part=1"),
    "review_read_through": page("running review", GET=PAIR),
    "review_start": page("coming review", POST="x-+---"),
    "review_current_part": page("running review", POST=PAIR, body={"part": "2"}),
    "review_pause": page("running review", POST=PAIR),
    "review_resumption": page("running review", POST=PAIR),
    "review_consent": page("running review", POST=PAIR, body={"version": "1"}),
    "review_consent_withdrawal": page("running review", POST=PAIR),
    "review_closing": page("running review", POST="x-+---", body={"version": "1"}),
    "review_remarks": page("closed review", POST=PAIR),
    "review_part": page("running review part", GET=PAIR, POST=PAIR),
    "review_preparation": page("coming review", GET=PAIR, POST="+-x---", body={"version": "1"}),
    "review_note": page("running review", GET=PAIR, POST=PAIR),
    "review_agreements": page("running review", POST=PAIR),
    "review_agreement_split": page("running review agreement", GET=PAIR, POST=PAIR),
    "review_agreement_removal": page("review agreement", POST=PAIR),
    "review_deal": page("running review deal", GET=PAIR, query="?part=3&decide=step"),
    "review_deal_decisions": page("running review deal", POST=PAIR),
    "review_deal_answer": page("running review deal", POST=PAIR),
    # Metrics: administrators see figures, and of coaching only how much there is
    "metrics": page(GET="oooooo"),
    "team_dashboard": page("team", GET="--o-oo"),
    "coaching": page(GET="oooooo"),
    "person": page("rosa", GET=LINE),
    "person_training": page("rosa", GET=LINE),
    "person_precursors": page("rosa", GET="o-o-o-"),
    "person_metrics": page("rosa", GET="o-o-oo"),
    "team_rows": page("team", GET="--+-++", query=ROWS),
    "person_rows": page("rosa", GET=LINE_AND_ADMIN, query=ROWS),
    "metric": page("metric", GET="oooooo"),
    # The playbook: everybody reads it, administrators change it
    "playbook": page(GET="oooooo"),
    **{
        name: page(thing, **marks)
        for names, one in MATERIAL.items()
        for name, thing, marks in (
            (names, "", {"GET": "oooooo"}),
            (f"{names}_export", "", {"GET": "oooooo"}),
            (f"{one}_new", "", {"GET": ADMIN, "POST": ADMIN}),
            (one, one.replace("_", " "), {"GET": ADMIN, "POST": ADMIN}),
            *(
                (f"{one}_{verb}", one.replace("_", " "), {"POST": ADMIN})
                for verb in ("position", "retirement", "restoration")
            ),
        )
    },
    # Training: everybody reads the modules; who is to take one, and the managers above them
    "training_modules": page(GET="oooooo"),
    "training_modules_export": page(GET="oooooo"),
    "training_module_new": page(GET=ADMIN, POST=ADMIN),
    "training_module": page("training module", GET="+ooooo"),
    "training_module_description": page("training module", GET=ADMIN, POST=ADMIN),
    "training_module_position": page("training module", POST=ADMIN),
    "training_module_retirement": page("training module", POST=ADMIN),
    "training_module_restoration": page("training module", POST=ADMIN),
    "onboarding_plans": page(GET=ADMIN),
    "onboarding_plan_new": page(GET=ADMIN, POST=ADMIN),
    "onboarding_plan": page("onboarding plan", GET=ADMIN),
    "onboarding_plan_description": page("onboarding plan", GET=ADMIN, POST=ADMIN),
    "onboarding_steps": page("onboarding plan", GET=ADMIN, POST=ADMIN),
    "onboarding_step_removal": page("onboarding step", POST=ADMIN),
    "training": page(GET="+-+-+-", query="?person={rosa}"),
    "training_new": page(GET="oooooo", POST="oooooo"),
    "training_completion": page(
        "training assignment", GET=LINE, POST="+-x-x-", body={"takeaway": "A", "version": "1"}
    ),
    "training_due_date": page(
        "training assignment",
        GET=LINE,
        POST="x-+-+-",
        body={"due_on": "2026-12-24", "version": "1"},
    ),
    "training_withdrawal": page("training assignment", POST="x-+-+-"),
    "training_reopening": page("training assignment", POST=LINE),
    "account_strategy": page("account", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "account_strategy_steps": page("account", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "strategy_step": page("strategy step", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "strategy_step_completion": page("strategy step", POST=LINE_AND_ADMIN),
    "strategy_step_reopening": page("strategy step", POST=LINE_AND_ADMIN),
    "strategy_step_removal": page("strategy step", POST=LINE_AND_ADMIN),
    # Settings
    "settings": page(GET="oooooo"),
    "settings_profile": page(GET="oooooo", POST="oooooo"),
    "settings_local_time": page(GET="oooooo", query="?time_zone=UTC"),
    "settings_tokens": page(GET="+ooooo", POST="+ooooo"),
    "settings_token_revocation": page("token", POST="+-----"),
    "alert_preferences": page(GET="oooooo", POST="oooooo", body={"group": "pipeline"}),
    "alert_hours": page(POST="oooooo"),
    "settings_absences": page(GET=SEEN_BY_LINE_AND_ADMIN, POST=SEEN_BY_LINE_AND_ADMIN),
    "settings_absence_withdrawal": page("absence", POST=LINE_AND_ADMIN),
    # Webhooks: one's own; administrators see that there are any, and may end them
    "settings_webhooks": page(GET="+oooo+"),
    "settings_webhook_new": page(GET="oooooo", POST="oooooo"),
    "settings_webhook": page("webhook endpoint", GET="+----+"),
    "settings_webhook_description": page("webhook endpoint", GET="+----x", POST="+----x"),
    "settings_webhook_secret": page("webhook endpoint", POST="+----x"),
    "settings_webhook_test": page("webhook endpoint", POST="+----x"),
    "settings_webhook_deactivation": page("webhook endpoint", POST="+----+"),
    "settings_webhook_activation": page("webhook endpoint", POST="+----x"),
    "settings_webhook_removal": page("webhook endpoint", POST="+----+"),
    "settings_webhook_resend": page("webhook delivery", POST="+-----"),
    "settings_calendar": page(GET=ADMIN, POST=ADMIN),
    "settings_quarters": page(GET=ADMIN, query="?fiscal_year_start=2"),
    "settings_reviews": page(POST=ADMIN),
    "settings_holidays": page(POST=ADMIN),
    "settings_holiday_lines": page(POST=ADMIN),
    "settings_holiday_removal": page("holiday", POST=ADMIN),
    "settings_people": page(GET=ADMIN),
    "settings_person_new": page(GET=ADMIN, POST=ADMIN),
    "settings_person": page("rosa", GET=ADMIN, POST=ADMIN),
    "settings_deactivation": page("rosa", POST=ADMIN),
    "settings_activation": page("rosa", POST=ADMIN),
    "settings_invitation": page("rosa", POST=ADMIN),
    "settings_teams": page(GET=ADMIN),
    "settings_team_new": page(GET=ADMIN, POST=ADMIN),
    "settings_team": page("team", GET=ADMIN, POST=ADMIN),
    "settings_team_removal": page("team", POST=ADMIN),
    "settings_stages": page(GET=ADMIN),
    "settings_stage_new": page(GET=ADMIN, POST=ADMIN),
    "settings_stage": page("stage", GET=ADMIN, POST=ADMIN),
    "settings_stage_position": page("stage", POST=ADMIN),
    "settings_stage_removal": page("stage", POST=ADMIN),
    "settings_stalls": page(GET=ADMIN, POST=ADMIN, body={"reason": "silent"}),
    "settings_stall_sentence": page(GET=ADMIN, query="?reason=silent"),
    "settings_alert_rules": page(GET="oooooo"),
    "settings_alert_rule": page("alert kind", GET=ADMIN, POST=ADMIN),
    "settings_delivery": page(GET=ADMIN),
    "settings_delivery_retry": page("failed digest", POST=ADMIN),
    "settings_delivery_retry_all": page(POST=ADMIN),
    "settings_delivery_test_mail": page(POST=ADMIN),
    "alerts_lateness": page(GET="xxoxoo"),
    "settings_products": page(GET=ADMIN),
    "settings_product_new": page(GET=ADMIN, POST=ADMIN),
    "settings_product": page("product", GET=ADMIN, POST=ADMIN),
    "settings_metrics": page(GET=ADMIN),
    "settings_metric_new": page(GET=ADMIN, POST=ADMIN),
    "settings_metric": page("metric", GET=ADMIN, POST=ADMIN),
    "settings_metric_position": page("metric", POST=ADMIN),
    "settings_metric_retirement": page("metric", POST=ADMIN),
    "settings_metric_restoration": page("metric", POST=ADMIN),
    # Behaviours: administrators change all, managers those of teams they lead; everybody reads them
    "settings_behaviours": page(GET="xxoooo"),
    "settings_behaviour_new": page(GET="xxoooo", POST="xxoooo"),
    "settings_behaviour": page("behaviour", GET="xxo-oo", POST="xxo-oo"),
    "settings_behaviour_position": page("behaviour", POST="xxo-oo"),
    "settings_behaviour_retirement": page("behaviour", POST="xxo-oo"),
    "settings_behaviour_restoration": page("behaviour", POST="xxo-oo"),
    "settings_behaviour_versions": page("behaviour", GET="oooooo"),
    "settings_coaching_rules": page(POST=ADMIN),
    "settings_targets": page(GET="xx+x++"),
    "settings_target_new": page(GET="xxoxoo", POST="xxoxoo"),
    "settings_target_end": page("target", GET="xx+x++", POST="xx+x++"),
    "settings_ramps": page(GET=ADMIN),
    "settings_ramp_new": page(GET=ADMIN, POST=ADMIN),
    "settings_ramp": page("ramp", GET=ADMIN, POST=ADMIN),
    "settings_ramp_removal": page("ramp", POST=ADMIN),
    "settings_posted_measures": page(GET=ADMIN),
    "settings_posted_measure_new": page(GET=ADMIN, POST=ADMIN),
    "settings_posted_measure": page("posted measure", GET=ADMIN, POST=ADMIN),
    "imports": page(GET=ADMIN),
    "import_new": page(GET=ADMIN, POST=ADMIN),
    "import": page("import", GET=ADMIN),
    "import_mapping": page("import", GET=ADMIN, POST=ADMIN),
    "import_commit": page("import", POST=ADMIN),
    "import_discard": page("import", POST=ADMIN),
    "import_problems": page("import", GET=ADMIN),
    "settings_sample": page(GET=ADMIN, POST=ADMIN),
}

API = {
    "api_nothing": api(),
    "api_schema": api(GET="oooooo"),
    "api_docs": api(GET="oooooo"),
    "api-me": api(GET="++++++", PATCH="++++++"),
    "api-organisation": api(GET="oooooo", PATCH=ADMIN),
    "api-users-list": api(GET="oooooo", POST=ADMIN),
    "api-users-detail": api("rosa", GET="+-+-++", PATCH=ADMIN),
    "api-users-deactivation": api("rosa", POST=ADMIN, DELETE=ADMIN),
    "api-teams-list": api(GET="oooooo", POST=ADMIN),
    "api-teams-detail": api("team", GET="+++-++", PATCH=ADMIN, DELETE=ADMIN),
    "api-accounts-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-accounts-detail": api("account", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN),
    "api-contacts-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-contacts-detail": api("contact", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN),
    "api-products-list": api(GET="oooooo", POST=ADMIN),
    "api-products-detail": api("product", GET="oooooo", PATCH=ADMIN),
    "api-stages-list": api(GET="oooooo", POST=ADMIN),
    "api-stages-detail": api("stage", GET="oooooo", PATCH=ADMIN, DELETE=ADMIN),
    "api-stages-placement": api("stage", POST=ADMIN),
    "api-opportunities-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-opportunities-detail": api("deal", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN),
    "api-opportunities-closure": api("deal", POST=LINE_AND_ADMIN),
    "api-opportunities-next-step": api("deal", PUT=LINE_AND_ADMIN),
    "api-opportunities-reopening": api("deal", POST=LINE_AND_ADMIN),
    "api-buying-roles-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-buying-roles-detail": api(
        "buying role", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN
    ),
    "api-buyer-answers-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-buyer-answers-detail": api("buyer answer", GET=LINE_AND_ADMIN),
    "api-buyer-actions-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-buyer-actions-detail": api("buyer action", GET=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN),
    "api-proposals-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-proposals-detail": api("proposal", GET=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN),
    "api-exit-criteria-list": api(GET="oooooo"),
    "api-exit-criteria-detail": api("exit criterion", GET="oooooo"),
    "api-criteria-met-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-criteria-met-detail": api("criterion met", GET=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN),
    "api-holds-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-holds-detail": api("hold", GET=LINE_AND_ADMIN),
    "api-holds-ending": api("hold", POST=LINE_AND_ADMIN),
    "api-saved-views-list": api(GET="+ooooo", POST="oooooo"),
    "api-saved-views-detail": api("saved view", GET="+-----", PATCH="+-----", DELETE="+-----"),
    "api-stall-rules": api(GET="oooooo", PATCH=ADMIN),
    "api-pipeline-summary": api(GET="oooooo"),
    "api-calls-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-calls-detail": api("call", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN),
    "api-calls-outcome": api("call", POST=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN),
    "api-call-plans-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-call-plans-detail": api("plan", GET=LINE, PUT="+-x-x-"),
    "api-call-plans-filing": api("plan", POST="+-x-x-"),
    "api-inspections-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-inspections-detail": api("inspection", GET=LINE),
    "api-debriefs-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-debriefs-detail": api("debrief", GET=LINE, PUT="+-x-x-"),
    "api-debriefs-filing": api("debrief", POST="+-x-x-"),
    "api-debriefs-review": api("debrief", POST="x-+-+-", body={"score": "5"}),
    "api-behaviours-list": api(GET="oooooo", POST="oooooo"),
    "api-behaviours-detail": api("behaviour", GET="oooooo", PATCH="xxoxoo"),
    "api-behaviours-retirement": api("behaviour", POST="xxoxoo", DELETE="xxoxoo"),
    "api-behaviours-placement": api("behaviour", POST="xxoxoo", body={"position": "1"}),
    "api-behaviour-scores-list": api(GET=SEEN_BY_LINE),
    "api-behaviour-scores-detail": api("behaviour score", GET=LINE),
    "api-coaching-rules": api(GET="oooooo", PATCH=ADMIN),
    "api-inspection-levels-list": api(GET="oooooo"),
    "api-inspection-levels-detail": api("rosa", GET=LINE),
    "api-inspection-levels-override": api(
        "rosa", POST="x-+-+-", body={"level": "spot", "reason": "So"}
    ),
    "api-focuses-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-focuses-detail": api("focus", GET=LINE),
    "api-focuses-steps": api("focus", POST="x-+-+-", body={"step": "train", "evidence": "Said"}),
    "api-focuses-ending": api("focus", POST="x-+-+-", body={"outcome": "left", "reason": "So"}),
    "api-diagnoses-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-diagnoses-detail": api("diagnosis", GET=LINE),
    "api-diagnosis-evidence": api(GET="oooooo"),
    "api-agreements-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-agreements-detail": api("agreement", GET=LINE, DELETE=LINE),
    "api-agreements-split": api("agreement", POST=LINE),
    "api-agreements-completion": api("agreement", POST=LINE, DELETE=LINE),
    "api-agreements-withdrawal": api("agreement", POST=LINE, DELETE=LINE),
    "api-pipeline-calls-list": api(GET="oooooo", POST="oooooo"),
    "api-pipeline-calls-detail": api("pipeline call", GET="+o+-++", PATCH="xx+-+x"),
    "api-pipeline-calls-closing": api("pipeline call", POST="xx+-+x"),
    "api-pipeline-calls-acknowledgement": api("pipeline call", POST="+o+-++"),
    "api-pipeline-call-decisions-list": api("of pipeline call", GET="+o+-+o", POST="xxo-ox"),
    "api-pipeline-call-schedules-list": api(GET="oooooo", POST="oooooo"),
    "api-pipeline-call-schedules-detail": api(
        "pipeline call schedule", GET="ooo-oo", PATCH="xxo-ox"
    ),
    # 1-on-1s: the two people; whoever is above only counts
    "api-review-schedules-list": api(GET="oooooo", POST="oooooo"),
    "api-review-schedules-detail": api("review schedule", GET="o-o---", PATCH="x-o---"),
    "api-reviews-list": api(GET="+o+ooo", POST="oooooo"),
    "api-reviews-detail": api("running review", GET=PAIR),
    "api-reviews-time": api("coming review", PUT=PAIR),
    "api-reviews-excuse": api(
        "excused review", POST="x-+---", DELETE="x-+---", body={"reason": "Ill"}
    ),
    "api-reviews-start": api("coming review", POST="x-+---"),
    "api-reviews-current-part": api("running review", PUT=PAIR),
    "api-reviews-pause": api("running review", POST=PAIR, DELETE=PAIR),
    "api-reviews-consent": api("running review", POST=PAIR, DELETE=PAIR),
    "api-reviews-closing": api("running review", POST="x-+---"),
    "api-review-preparation": api("of coming review", GET=PAIR, PATCH="+-x---"),
    "api-review-note": api("of running review", GET="o-o---", PATCH="o-o---"),
    "api-review-decisions-list": api("of running review", GET=PAIR, POST=PAIR),
    "api-review-deals-list": api(GET="+o+ooo"),
    "api-review-deals-detail": api("review deal", GET=PAIR),
    "api-review-deals-answer": api("review deal", PUT=PAIR),
    "api-review-parts-list": api(GET="+o+ooo"),
    "api-review-parts-detail": api("review part", GET=PAIR, PATCH=PAIR),
    "api-review-remarks-list": api(GET="+o+ooo", POST="oooooo"),
    "api-review-remarks-detail": api("review remark", GET=PAIR),
    "api-review-counts": api(GET="oooooo"),
    "api-ride-alongs-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-ride-alongs-detail": api("ride-along", GET=LINE, PATCH="x-+-+-"),
    "api-ride-alongs-draft": api("ride-along", PUT="x-+-x-"),
    "api-ride-alongs-holding": api("ride-along", POST="x-+-x-"),
    "api-ride-alongs-cancellation": api(
        "ride-along", POST="x-+-+-", body={"reason": "Ill"}, DELETE="x-+-+-"
    ),
    "api-ride-alongs-signature": api("held ride-along", POST="+-x-x-"),
    "api-help-requests-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-help-requests-detail": api("help request", GET=LINE),
    "api-help-requests-acceptance": api("help request", POST="x-+-+-"),
    "api-help-requests-outcome": api("help request", POST="x-+-+-", body={"outcome": "Done so"}),
    "api-help-requests-decline": api(
        "help request", POST="x-+-+-", body={"reason": "Not now"}, DELETE=LINE
    ),
    "api-help-requests-withdrawal": api("help request", POST="+-x-x-", DELETE=LINE),
    "api-help-requests-acknowledgement": api("help request", POST="+-x-x-"),
    # Alerts: those who were told; who asked and who is asked
    "api-alerts-list": api(GET=SEEN_BY_LINE),
    "api-alerts-detail": api("alert", GET=LINE),
    "api-alerts-reading": api("alert", POST=LINE),
    "api-alerts-action": api("alert", POST=LINE),
    "api-alerts-snooze": api("alert", POST=LINE, DELETE=LINE),
    "api-alerts-settlement": api("alert", POST=LINE, DELETE=LINE),
    "api-alerts-question": api("alert", POST="x-+-+-", body={"text": "Why?"}),
    "api-alerts-answer": api("alert answer", POST="+-x---", body={"answer": "Soon"}),
    "api-alerts-parts": api("of alert", GET="o-o-o-"),
    "api-alert-rules-list": api(GET="oooooo"),
    "api-alert-rules-detail": api("alert kind", GET="oooooo", PATCH=ADMIN),
    "api-alert-preferences-list": api(GET="oooooo"),
    "api-alert-preferences-detail": api("alert kind", GET="oooooo", PATCH="oooooo", PUT="oooooo"),
    "api-delivery-hours": api(GET="oooooo", PATCH="oooooo"),
    **{
        f"api-{names.replace('_', '-')}-{what}": api(thing, **marks)
        for names, one in MATERIAL.items()
        for what, thing, marks in (
            ("list", "", {"GET": "oooooo", "POST": ADMIN}),
            ("detail", one.replace("_", " "), {"GET": "oooooo", "PATCH": ADMIN}),
            ("retirement", one.replace("_", " "), {"POST": ADMIN, "DELETE": ADMIN}),
        )
    },
    "api-accounts-fit": api("account", GET="o-o-oo"),
    "api-training-modules-list": api(GET="oooooo", POST=ADMIN),
    "api-training-modules-detail": api("training module", GET="oooooo", PATCH=ADMIN),
    "api-training-modules-retirement": api("training module", POST=ADMIN, DELETE=ADMIN),
    "api-training-assignments-list": api(GET=SEEN_BY_LINE, POST="oooooo"),
    "api-training-assignments-detail": api(
        "training assignment", GET=LINE, PATCH="x-+-+-", body={"due_on": "2026-12-24"}
    ),
    "api-training-assignments-completion": api(
        "training assignment", POST="+-x-x-", body={"takeaway": "A"}, DELETE=LINE
    ),
    "api-training-assignments-withdrawal": api(
        "training assignment", POST="x-+-+-", DELETE=LINE
    ),
    "api-onboarding-plans-list": api(GET="ooooo+", POST=ADMIN),
    "api-onboarding-plans-detail": api("onboarding plan", GET="-----+", PATCH=ADMIN),
    "api-onboarding-plans-steps": api("onboarding plan", POST=ADMIN),
    "api-onboarding-steps-list": api(GET="oooooo"),
    "api-onboarding-steps-detail": api("onboarding step", GET="-----o", DELETE=ADMIN),
    "api-account-strategies-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-account-strategies-detail": api(
        "account strategy", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN
    ),
    "api-account-strategies-steps": api("account strategy", POST=LINE_AND_ADMIN),
    "api-strategy-steps-list": api(GET=SEEN_BY_LINE_AND_ADMIN),
    "api-strategy-steps-detail": api(
        "strategy step", GET=LINE_AND_ADMIN, PATCH=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN
    ),
    "api-strategy-steps-completion": api(
        "strategy step", POST=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN
    ),
    "api-measures": api(GET="oooooo"),
    "api-posted-measures-list": api(GET="oooooo", POST=ADMIN),
    "api-posted-measures-detail": api("posted measure", GET="oooooo", PATCH=ADMIN),
    "api-metrics-list": api(GET="oooooo", POST=ADMIN),
    "api-metrics-detail": api("metric", GET="oooooo", PATCH=ADMIN),
    "api-metrics-retirement": api("metric", POST=ADMIN, DELETE=ADMIN),
    "api-ramp-tables-list": api(GET="oooooo", POST=ADMIN),
    "api-ramp-tables-detail": api("ramp", GET="oooooo", PATCH=ADMIN, DELETE=ADMIN),
    "api-targets-list": api(GET="oooooo", POST="oooooo"),
    "api-targets-detail": api("target", GET="o-o-oo"),
    "api-targets-ending": api("target", POST="x-o-oo", body={"on": "2026-12-31"}),
    "api-metric-counts-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-metric-counts-detail": api("metric count", GET=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN),
    "api-checkpoints-list": api(GET="oooooo"),
    "api-checkpoints-detail": api("checkpoint", GET="o-o-oo"),
    "api-foretelling-list": api(GET="oooooo"),
    "api-foretelling-detail": api("foretelling", GET="oooooo"),
    "api-metric-values": api(GET="oooooo"),
    "api-scorecards": api(GET="oooooo"),
    "api-absences-list": api(GET=SEEN_BY_LINE_AND_ADMIN, POST="oooooo"),
    "api-absences-detail": api("absence", GET=LINE_AND_ADMIN, DELETE=LINE_AND_ADMIN),
    "api-holidays-list": api(GET="oooooo", POST=ADMIN),
    "api-holidays-detail": api("holiday", GET="oooooo", DELETE=ADMIN),
    "api-tokens-list": api(GET="+ooooo", POST="oooooo"),
    "api-tokens-detail": api("token", GET="+-----", DELETE="+-----"),
    "api-webhook-endpoints-list": api(GET="+oooo+", POST="oooooo"),
    "api-webhook-endpoints-detail": api(
        "webhook endpoint", GET="+----+", PATCH="+----x", DELETE="+----+"
    ),
    "api-webhook-endpoints-secret": api("webhook endpoint", POST="+----x"),
    "api-webhook-endpoints-test": api("webhook endpoint", POST="+----x"),
    "api-webhook-endpoints-deactivation": api("webhook endpoint", POST="+----+", DELETE="+----x"),
    "api-webhook-deliveries-list": api(GET="+ooooo"),
    "api-webhook-deliveries-detail": api("webhook delivery", GET="+-----"),
    "api-webhook-deliveries-resend": api("webhook delivery", POST="+-----"),
    "api-webhook-event-types": api(GET="oooooo"),
    "api-imports-list": api(GET="ooooo+", POST=ADMIN),
    "api-imports-detail": api("import", GET="-----+", PATCH=ADMIN, DELETE=ADMIN),
    "api-imports-check": api("import", POST=ADMIN),
    "api-imports-commit": api("import", POST=ADMIN),
    "api-imports-questions": api("import", GET="-----+"),
    "api-import-problems": api("of import", GET="-----+"),
    "api-import-problems-file": api("import", GET="-----+"),
    "api-stage-changes-list": api("of deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "api-close-date-changes-list": api("of deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "api-amount-changes-list": api("of deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "api-owner-changes-list": api("of deal", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
    "api-outcome-changes-list": api("of deal", GET=LINE_AND_ADMIN),
    "api-next-step-changes-list": api("of deal", GET=LINE_AND_ADMIN),
    "api-stall-reasons-list": api("of deal", GET=LINE_AND_ADMIN),
    "api-timeline-list": api("of deal", GET=LINE_AND_ADMIN),
    "api-reschedules-list": api("of call", GET=LINE_AND_ADMIN, POST=LINE_AND_ADMIN),
}

TABLE: dict[str, Route] = PAGES | API
PUBLIC = {"healthz", "unsubscribe", "api_schema", "api_docs", "api_nothing"}
