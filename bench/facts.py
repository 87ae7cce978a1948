"""The facts of each measured answer by one hand-written query, on PostgreSQL and SQLite."""

from typing import Any

from django.db import connection, transaction

LINE = (
    "(WITH RECURSIVE line(id) AS (SELECT id FROM people_user WHERE id = %(user)s AND is_active "
    "UNION SELECT p.id FROM people_user p JOIN line ON p.reports_to_id = line.id) "
    "SELECT id FROM line)"
)
OF_REPORTS = "c.owner_id IN (SELECT id FROM people_user WHERE reports_to_id = %(user)s)"


def visible(asker: Any, column: str) -> str:
    """The condition that the owner in that column is the asker or under them."""
    if asker.sees_all:
        return "TRUE"
    return f"{column} IN {LINE}" if asker.leads else f"{column} = %(user)s"


def rows(columns: str, rest: str) -> str:
    """A column that holds many rows, as JSON."""
    if connection.vendor == "postgresql":
        one, all_ = f"json_build_array({columns})", "json_agg(v)"
    else:
        one, all_ = f"json_array({columns})", "json_group_array(json(v))"
    return f"(SELECT {all_} FROM (SELECT {one} AS v {rest}) t)"


def ask(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


PLAIN_DEAL = (
    "SELECT o.id, o.version, o.name, o.account_id, o.owner_id, o.product_id, o.stage_id, "
    "o.stage_since, o.status, o.amount, o.currency, o.close_date, o.forecast_category, "
    "o.own_probability, o.own_probability_reason, o.next_step, o.next_step_on, o.opened_on, "
    "o.closed_on, o.lost_reason, o.external_id"
)
DEAL = f"{PLAIN_DEAL}, a.name AS account, u.name AS owner, s.name AS stage, p.name AS product"
DEAL_FROM = (
    " FROM pipeline_opportunity o JOIN people_user u ON u.id = o.owner_id "
    "JOIN pipeline_stage s ON s.id = o.stage_id "
    "LEFT JOIN pipeline_account a ON a.id = o.account_id "
    "LEFT JOIN pipeline_product p ON p.id = o.product_id "
)
PLAIN_CALL = (
    "SELECT c.id, c.version, c.kind, c.channel, c.starts_at, c.ends_at, c.planned_minutes, "
    "c.status, c.actual_minutes, c.status_reason, c.status_at, c.owner_id, c.account_id, "
    "c.opportunity_id"
)
CALL = (
    f"{PLAIN_CALL}, u.name AS owner, "
    "a.name AS account, o.name AS deal, p.id AS plan, p.state, b.filed_at AS debriefed "
    "FROM pipeline_call c JOIN people_user u ON u.id = c.owner_id "
    "LEFT JOIN pipeline_account a ON a.id = c.account_id "
    "LEFT JOIN pipeline_opportunity o ON o.id = c.opportunity_id "
    "LEFT JOIN coaching_callplan p ON p.call_id = c.id "
    "LEFT JOIN coaching_debrief b ON b.call_id = c.id "
)
PLAN = (
    "SELECT p.id, p.version, p.purpose, p.fallback, p.state, p.timeliness, p.filed_at, "
    "p.submitted_at, p.filled_parts, p.validated_parts, c.id AS call, c.kind, c.starts_at, "
    "a.name AS account, o.name AS deal, u.name AS rep, "
)
PLAN_FROM = (
    " FROM coaching_callplan p JOIN pipeline_call c ON c.id = p.call_id "
    "JOIN people_user u ON u.id = c.owner_id "
    "LEFT JOIN pipeline_account a ON a.id = c.account_id "
    "LEFT JOIN pipeline_opportunity o ON o.id = c.opportunity_id "
)
AWAITING = (
    "p.state = 'filed' AND p.to_inspect AND c.status <> 'cancelled' AND c.starts_at > %(now)s "
)
ACCOUNT = (
    "SELECT a.id, a.version, a.name, a.parent_id, a.owner_id, a.sector, a.location, a.website, "
    "a.phone, a.year_established, a.employees, a.annual_revenue, a.notes"
)


def deals(asker: Any, values: dict[str, Any]) -> Any:
    """25 open deals by close date."""
    condition = (
        f" FROM pipeline_opportunity o WHERE o.status = 'open' AND {visible(asker, 'o.owner_id')} "
    )
    return ask(f"{PLAIN_DEAL}{condition} ORDER BY o.close_date, o.id LIMIT 25", values)


def first_deals(asker: Any, values: dict[str, Any]) -> Any:
    """25 deals in the order of their ids, whatever their state."""
    condition = f" FROM pipeline_opportunity o WHERE {visible(asker, 'o.owner_id')} "
    return ask(f"{PLAIN_DEAL}{condition} ORDER BY o.id LIMIT 25", values)


OPEN_TOTALS = "count(*) AS deals, sum(o.amount) AS amount FROM pipeline_opportunity o "


def listed(asker: Any, values: dict[str, Any]) -> Any:
    """50 open deals by close date, with names, beside the count and the sum of all."""
    condition = f"WHERE o.status = 'open' AND {visible(asker, 'o.owner_id')} "
    whole = f"CROSS JOIN (SELECT {OPEN_TOTALS} {condition}) t "
    return ask(
        f"{DEAL}, t.deals, t.amount AS total {DEAL_FROM} {whole} {condition} "
        "ORDER BY o.close_date, o.id LIMIT 50",
        values,
    )


def board(asker: Any, values: dict[str, Any]) -> Any:
    """Each stage with its count, its sum and its first 25 cards."""
    condition = f"WHERE o.status = 'open' AND {visible(asker, 'o.owner_id')} "
    cards = rows(
        "o.id, o.version, o.name, o.amount, o.currency, o.close_date, o.next_step, "
        "o.next_step_on, o.stage_since, a.name, u.name",
        "FROM pipeline_opportunity o JOIN people_user u ON u.id = o.owner_id "
        f"LEFT JOIN pipeline_account a ON a.id = o.account_id {condition} AND o.stage_id = s.id "
        "ORDER BY o.close_date, o.id LIMIT 25",
    )
    whole = f"(SELECT o.stage_id, {OPEN_TOTALS} {condition} GROUP BY o.stage_id) t"
    return ask(
        f"SELECT s.id, s.name, t.deals, t.amount, {cards} AS cards FROM pipeline_stage s "
        f'LEFT JOIN {whole} ON t.stage_id = s.id ORDER BY s."order"',
        values,
    )


def summary(asker: Any, values: dict[str, Any]) -> Any:
    """Count and sum of the open deals of each stage and forecast category."""
    condition = f"WHERE o.status = 'open' AND {visible(asker, 'o.owner_id')} "
    group = "o.stage_id, o.forecast_category, o.currency"
    return ask(f"SELECT {group}, {OPEN_TOTALS} {condition} GROUP BY {group}", values)


def help_asked(asker: Any, values: dict[str, Any]) -> Any:
    """What is asked of the manager, by the day it is wanted."""
    return ask(
        "SELECT h.id, h.kind, h.state, h.synopsis, h.draft, h.wanted_on, h.asked_at, o.name, "
        "o.amount, u.name AS asked_by FROM coaching_helprequest h "
        "JOIN pipeline_opportunity o ON o.id = h.opportunity_id "
        "JOIN people_user u ON u.id = h.asked_by_id WHERE h.asked_of_id = %(user)s "
        "AND h.state IN ('asked', 'accepted') ORDER BY h.wanted_on, h.id LIMIT 50",
        values,
    )


def pipeline_call(asker: Any, values: dict[str, Any]) -> Any:
    """50 open deals by amount, each beside what the call before froze of it, and the totals."""
    condition = f"WHERE o.status = 'open' AND {visible(asker, 'o.owner_id')} "
    whole = f"CROSS JOIN (SELECT {OPEN_TOTALS} {condition}) t "
    frozen = (
        "LEFT JOIN reviews_pipelinecalldeal f ON f.opportunity_id = o.id "
        "AND f.call_id = CAST(%(previous)s AS integer) "
    )
    was = "f.stage_name AS was_stage, f.amount AS was_amount, f.close_date AS was_close_date"
    return ask(
        f"{DEAL}, {was}, t.deals, t.amount AS total {DEAL_FROM} {frozen} {whole} {condition} "
        "ORDER BY o.amount DESC, o.id LIMIT 50",
        values,
    )


def deal(asker: Any, values: dict[str, Any]) -> Any:
    condition = f" WHERE o.id = CAST(%(id)s AS integer) AND {visible(asker, 'o.owner_id')}"
    return ask(f"{PLAIN_DEAL} FROM pipeline_opportunity o {condition}", values)


def deal_with_history(asker: Any, values: dict[str, Any]) -> Any:
    """A deal with its people, answers, evidence, calls and what happened to it."""
    of = "WHERE e.opportunity_id = o.id ORDER BY e.id DESC LIMIT 50"
    parts = [
        rows("e.at, e.why, e.from_stage_id, e.to_stage_id", f"FROM pipeline_stagechange e {of}"),
        rows("e.at, e.why, e.from_date, e.to_date", f"FROM pipeline_closedatechange e {of}"),
        rows("e.at, e.why, e.from_amount, e.to_amount", f"FROM pipeline_amountchange e {of}"),
        rows('e.at, e.why, e.to_status, e."on"', f"FROM pipeline_outcomechange e {of}"),
        rows("e.question, e.answer", f"FROM pipeline_buyeranswer e {of}"),
        rows('e."on", e.what', f"FROM pipeline_buyeraction e {of}"),
        rows("e.id, e.kind, e.starts_at, e.status", f"FROM pipeline_call e {of}"),
        rows(
            "k.name, e.role, e.criteria",
            f"FROM pipeline_buyingrole e JOIN pipeline_contact k ON k.id = e.contact_id {of}",
        ),
    ]
    columns = "".join(f", {part} AS part_{n}" for n, part in enumerate(parts))
    condition = f"WHERE o.id = CAST(%(id)s AS integer) AND {visible(asker, 'o.owner_id')}"
    return ask(DEAL + columns + DEAL_FROM + condition, values)


def calls(asker: Any, values: dict[str, Any]) -> Any:
    """The 25 latest calls."""
    condition = f"FROM pipeline_call c WHERE {visible(asker, 'c.owner_id')} "
    return ask(f"{PLAIN_CALL} {condition} ORDER BY c.starts_at DESC, c.id DESC LIMIT 25", values)


def calls_with_names(asker: Any, values: dict[str, Any]) -> Any:
    """50 calls to come, with the names of what they belong to and how far they are prepared."""
    condition = f"WHERE {visible(asker, 'c.owner_id')} AND c.starts_at >= %(now)s "
    return ask(f"{CALL} {condition} ORDER BY c.starts_at, c.id LIMIT 50", values)


def week(asker: Any, values: dict[str, Any]) -> Any:
    """One's own calls between two instants."""
    span = "c.starts_at >= %(start)s AND c.starts_at < %(end)s"
    return ask(f"{CALL} WHERE c.owner_id = %(user)s AND {span} ORDER BY c.starts_at", values)


def plans(asker: Any, values: dict[str, Any]) -> Any:
    """25 plans of one's direct reports that wait for an answer, soonest call first."""
    return ask(
        "SELECT p.id, p.version, p.call_id, c.owner_id, c.starts_at, p.state, p.timeliness, "
        "p.filled_parts, p.validated_parts, p.sent_back_part, p.to_inspect, p.inspection_level, "
        "p.filed_at, p.submitted_at, p.saved_at FROM coaching_callplan p "
        f"JOIN pipeline_call c ON c.id = p.call_id WHERE {OF_REPORTS} AND {AWAITING} "
        "ORDER BY c.starts_at, p.id LIMIT 25",
        values,
    )


def queue(asker: Any, values: dict[str, Any]) -> Any:
    """The inspection queue: those plans with what is written on them."""
    lines = rows("l.part, l.text", "FROM coaching_planline l WHERE l.plan_id = p.id")
    condition = f"WHERE {OF_REPORTS} AND {AWAITING} ORDER BY c.starts_at, p.id LIMIT 100"
    return ask(f"{PLAN} {lines} AS lines {PLAN_FROM} {condition}", values)


def plan(asker: Any, values: dict[str, Any]) -> Any:
    """The plan of a call, with everything on it."""
    lines = rows(
        "l.part, l.text, l.question, l.outcome", "FROM coaching_planline l WHERE l.plan_id = p.id"
    )
    who = rows(
        "w.name, k.name, w.role",
        "FROM coaching_plancontact w LEFT JOIN pipeline_contact k ON k.id = w.contact_id "
        "WHERE w.plan_id = p.id",
    )
    answers = rows(
        "i.verdict, i.comment, i.at", "FROM coaching_inspection i WHERE i.plan_id = p.id"
    )
    condition = f"WHERE c.id = CAST(%(id)s AS integer) AND {visible(asker, 'c.owner_id')}"
    columns = f"{lines} AS lines, {who} AS who, {answers} AS answers"
    return ask(f"{PLAN} {columns} {PLAN_FROM} {condition}", values)


def debrief(asker: Any, values: dict[str, Any]) -> Any:
    """The debrief of a call beside the lines of its plan."""
    lines = rows(
        "l.part, l.text, l.outcome, l.note",
        "FROM coaching_planline l JOIN coaching_callplan p ON p.id = l.plan_id "
        "WHERE p.call_id = c.id",
    )
    return ask(
        "SELECT b.id, b.version, b.as_prepared, b.score, b.worked, b.went_poorly, b.forgot, "
        "b.buyer_actions, b.next_step, b.next_step_on, b.filed_at, r.score AS given, r.modify, "
        f"r.help, c.kind, c.starts_at, a.name AS account, o.name AS deal, {lines} AS lines "
        "FROM coaching_debrief b JOIN pipeline_call c ON c.id = b.call_id "
        "LEFT JOIN coaching_debriefreview r ON r.debrief_id = b.id "
        "LEFT JOIN pipeline_account a ON a.id = c.account_id "
        "LEFT JOIN pipeline_opportunity o ON o.id = c.opportunity_id "
        f"WHERE c.id = CAST(%(id)s AS integer) AND {visible(asker, 'c.owner_id')}",
        values,
    )


def accounts(asker: Any, values: dict[str, Any]) -> Any:
    """Accounts by name, of those that the asker sees."""
    owned = f"a.owner_id IS NULL OR {visible(asker, 'a.owner_id')}"
    deals = "SELECT 1 FROM pipeline_opportunity o WHERE o.account_id = a.id"
    worked = f"EXISTS ({deals} AND {visible(asker, 'o.owner_id')})"
    condition = f"WHERE a.search_text LIKE %(text)s AND ({owned} OR {worked})"
    order = "ORDER BY a.name, a.id LIMIT CAST(%(size)s AS integer)"
    return ask(f"{ACCOUNT} FROM pipeline_account a {condition} {order}", values)


def account(asker: Any, values: dict[str, Any]) -> Any:
    """An account with its people, deals and calls."""
    people = rows("k.id, k.name, k.job_title", "FROM pipeline_contact k WHERE k.account_id = a.id")
    deals = rows(
        "o.id, o.name, o.status, o.amount, o.close_date",
        f"FROM pipeline_opportunity o WHERE o.account_id = a.id AND {visible(asker, 'o.owner_id')}",
    )
    calls = rows(
        "c.id, c.kind, c.starts_at, c.status",
        f"FROM pipeline_call c WHERE c.account_id = a.id AND {visible(asker, 'c.owner_id')} "
        "ORDER BY c.starts_at DESC LIMIT 20",
    )
    columns = f", {people} AS people, {deals} AS deals, {calls} AS calls"
    condition = "WHERE a.id = CAST(%(id)s AS integer)"
    return ask(f"{ACCOUNT}{columns} FROM pipeline_account a {condition}", values)


def today(asker: Any, values: dict[str, Any]) -> Any:
    """Debriefs owed, calls to come, agreements due, this week's counts, plans to inspect."""
    named = "JOIN pipeline_account a ON a.id = c.account_id"
    own = "c.owner_id = %(user)s"
    over = "c.status IN ('planned', 'held') AND c.ends_at <= %(now)s"
    filed = "SELECT 1 FROM coaching_debrief b WHERE b.call_id = c.id AND b.filed_at IS NOT NULL"
    owed = f"NOT EXISTS ({filed})"
    this_week = "c.starts_at >= %(start)s"
    coming = "c.status = 'planned' AND c.starts_at >= %(now)s AND c.starts_at < %(end)s"
    with_plan = "LEFT JOIN coaching_callplan p ON p.call_id = c.id"
    call = "c.id, c.kind, c.starts_at, c.ends_at, a.name"
    parts = [
        rows(call, f"FROM pipeline_call c {named} WHERE {own} AND {over} AND {owed} LIMIT 50"),
        rows(
            f"{call}, p.state",
            f"FROM pipeline_call c {named} {with_plan} WHERE {own} AND {coming} LIMIT 50",
        ),
        rows(
            "g.id, g.text, g.due_on",
            "FROM reviews_agreement g WHERE g.owner_id = %(user)s AND g.done_at IS NULL "
            "AND g.dropped_at IS NULL ORDER BY g.due_on LIMIT 50",
        ),
        f"(SELECT count(*) FROM pipeline_call c WHERE {own} AND {over} AND {this_week})",
        rows(
            "p.id, c.starts_at, a.name, p.purpose",
            f"FROM coaching_callplan p JOIN pipeline_call c ON c.id = p.call_id {named} "
            f"WHERE {OF_REPORTS} AND {AWAITING} ORDER BY c.starts_at LIMIT 5",
        ),
    ]
    columns = ", ".join(f"{part} AS part_{n}" for n, part in enumerate(parts))
    return ask(
        f"SELECT u.name, {columns} FROM people_user u WHERE u.id = %(user)s AND u.is_active", values
    )


@transaction.atomic
def new_deal(asker: Any, values: dict[str, Any]) -> Any:
    """Two rows: the deal, and that it entered its stage."""
    columns = (
        "version, name, owner_id, stage_id, stage_since, status, amount, currency, close_date, "
        "forecast_category, own_probability_reason, next_step, opened_on, lost_reason, is_sample, "
        "search_text, pushes, people_engaged"
    )
    made = ask(
        f"INSERT INTO pipeline_opportunity ({columns}) SELECT 1, %(name)s, u.id, s.id, %(day)s, "
        "'open', 48000, 'EUR', %(day)s, 'pipeline', '', '', %(day)s, '', FALSE, %(name)s, 0, 0 "
        'FROM people_user u JOIN pipeline_stage s ON s."order" = 1 WHERE u.id = %(user)s '
        "RETURNING id, stage_id",
        values,
    )
    event = "INSERT INTO pipeline_stagechange (opportunity_id, at, by_id, why, to_stage_id)"
    keys = {"id": made[0]["id"], "stage": made[0]["stage_id"], **values}
    ask(f"{event} VALUES (%(id)s, %(now)s, %(user)s, '', %(stage)s) RETURNING id", keys)
    return made


@transaction.atomic
def next_step(asker: Any, values: dict[str, Any]) -> Any:
    """One row changed, one written."""
    done = ask(
        "UPDATE pipeline_opportunity SET next_step = %(step)s, next_step_on = %(day)s, "
        "version = version + 1 WHERE id = CAST(%(id)s AS integer) "
        f"AND {visible(asker, 'owner_id')} RETURNING id, version, next_step, next_step_on",
        values,
    )
    ask(
        "INSERT INTO pipeline_nextstepchange "
        "(opportunity_id, at, by_id, why, next_step, next_step_on) VALUES "
        "(CAST(%(id)s AS integer), %(now)s, %(user)s, '', %(step)s, %(day)s) RETURNING id",
        values,
    )
    return done


FACTS = {
    "deals": deals,
    "first-deals": first_deals,
    "listed": listed,
    "board": board,
    "help": help_asked,
    "pipeline-call": pipeline_call,
    "summary": summary,
    "deal": deal,
    "deal-with-history": deal_with_history,
    "calls": calls,
    "calls-with-names": calls_with_names,
    "week": week,
    "plans": plans,
    "queue": queue,
    "plan": plan,
    "debrief": debrief,
    "accounts": accounts,
    "account": account,
    "today": today,
    "new-deal": new_deal,
    "next-step": next_step,
}
