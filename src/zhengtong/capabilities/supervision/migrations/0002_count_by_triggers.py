"""Statement-level triggers that count every act, cards, and the views that say what ought to be counted.

Each trigger sees all rows of its statement at once and adds rows to supervision_delta; it changes no row that two acts
share. Views and triggers are made of the same text, so that a recount is the sum of the same things.
A session may set ``zhengtong.untallied`` to ``on`` while it loads in bulk; it recounts afterwards.
"""

from django.db import migrations

# Days are those of the organs' clocks.
DAY = "({0} AT TIME ZONE 'Asia/Shanghai')::date"
HOUR = "extract(hour FROM {0} AT TIME ZONE 'Asia/Shanghai')::smallint"
SKIP = "IF current_setting('zhengtong.untallied', true) = 'on' THEN RETURN NULL; END IF;"

COUNTED_ACTS = """(VALUES ('submit', 'received'), ('begin_parts', 'received'), ('accept', 'accepted'),
    ('deem_accepted', 'accepted'), ('request_materials', 'corrections'), ('declare_not_required', 'turned_away'),
    ('declare_not_competent', 'turned_away'), ('withdraw', 'withdrawn'), ('decide_grant', 'granted'),
    ('decide_refuse', 'refused'), ('deliver', 'delivered'), ('complete', 'completed')) AS counted(act, measure)"""
DECIDING = "('decide_grant', 'decide_refuse', 'complete')"
GAUGES = """(VALUES ('submitted', 'running'), ('submitted', 'awaiting_acceptance'), ('resubmitted', 'running'),
    ('resubmitted', 'awaiting_acceptance'), ('need_materials', 'running'), ('need_materials', 'awaiting_corrections'),
    ('accepted', 'running'), ('accepted', 'in_review'), ('reviewing', 'running'), ('reviewing', 'in_review'),
    ('excluded_time', 'running'), ('excluded_time', 'paused'), ('granted', 'running'),
    ('granted', 'awaiting_delivery'), ('refused', 'running'), ('refused', 'awaiting_delivery'),
    ('underway', 'running')) AS standing(state, measure)"""
# Those that cards fire on: promises, and what has only the law's limit.
CARDED = "({0}.basis = 'promised' OR {0}.purpose IN ('completeness', 'delivery'))"
BURNING = f"{CARDED} AND {{0}}.finished_at IS NULL AND {{0}}.level IN ('yellow', 'red')"

# Working days after the first up to the last day, by the weekend rule and its exceptions; a division's own days come
# after the country's and so decide. (1970-01-05 is a Monday.)
WORKING_DAYS = """
CREATE FUNCTION supervision_working_days(first date, last date, region text) RETURNS integer LANGUAGE sql STABLE AS $$
SELECT supervision_weekdays(last) - supervision_weekdays(first) + coalesce(sum(
    CASE WHEN is_working AND is_weekend THEN 1 WHEN NOT is_working AND NOT is_weekend THEN -1 ELSE 0 END), 0)::integer
FROM (
    SELECT DISTINCT ON (d.date) d.is_working, extract(isodow FROM d.date) > 5 AS is_weekend
    FROM kernel_calendarday d JOIN kernel_calendarnotice n ON n.id = d.notice_id
    WHERE d.date > first AND d.date <= last AND starts_with(region, n.region)
    ORDER BY d.date, length(n.region) DESC
) departures $$;
"""
WEEKDAYS = """
CREATE FUNCTION supervision_weekdays(day date) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
SELECT 5 * ((day - date '1970-01-05') / 7) + least((day - date '1970-01-05') % 7 + 1, 5) $$;
"""

# What a decision says of its clocks. {events} is the table of events.
DECIDED = f"""
SELECT e.case_id, e.at,
    CASE WHEN coalesce(k.finished_at, e.at) < k.due_at THEN 'decided_on_time' ELSE 'decided_late' END AS measure,
    1::bigint AS amount
FROM {{events}} e JOIN cases_clock k ON k.case_id = e.case_id AND k.basis = 'promised'
    AND k.purpose = CASE e.act WHEN 'complete' THEN 'bundle' ELSE 'decision' END
WHERE e.act IN {DECIDING}
UNION ALL
SELECT e.case_id, e.at, 'late_statutory', 1
FROM {{events}} e JOIN cases_clock k ON k.case_id = e.case_id AND k.basis = 'statutory'
    AND k.purpose = CASE e.act WHEN 'complete' THEN 'bundle' ELSE 'decision' END
WHERE e.act IN {DECIDING} AND coalesce(k.finished_at, e.at) >= k.due_at
"""
# First and last day of the promised clock, by the division, and the days of its pauses.
SPANS = f"""
SELECT e.case_id, e.at, {DAY.format("k.started_at")} AS first, {DAY.format("coalesce(k.finished_at, e.at)")} AS last,
    r.code AS region, k.id AS clock_id
FROM {{events}} e JOIN cases_clock k ON k.case_id = e.case_id AND k.basis = 'promised'
    AND k.purpose = CASE e.act WHEN 'complete' THEN 'bundle' ELSE 'decision' END
JOIN cases_case c ON c.id = e.case_id JOIN cases_itemoffice o ON o.id = c.office_id
JOIN identity_region r ON r.id = o.region_id
WHERE e.act IN {DECIDING}
"""
PAUSES = f"""
SELECT p.clock_id, least(greatest(supervision_working_days({DAY.format("p.started_at")},
        {DAY.format("coalesce(p.ended_at, k.finished_at)")}, r.code), 0), p.allowed_days) AS days
FROM cases_clockinterval p JOIN cases_clock k ON k.id = p.clock_id JOIN cases_case c ON c.id = k.case_id
JOIN cases_itemoffice o ON o.id = c.office_id JOIN identity_region r ON r.id = o.region_id
"""
USED = f"""
SELECT s.case_id, s.at, 'working_days' AS measure,
    greatest(supervision_working_days(s.first, s.last, s.region), 0)::bigint
        - coalesce((SELECT sum(p.days) FROM ({PAUSES}) p WHERE p.clock_id = s.clock_id), 0)::bigint AS amount
FROM ({SPANS}) s
"""
OF_EVENTS = f"""
SELECT e.case_id, e.at, counted.measure::text, 1::bigint AS amount
FROM {{events}} e JOIN {COUNTED_ACTS} ON counted.act = e.act
"""
# What else happens: the table, and what each of its rows counts for. {rows} is the table, or the statement's rows.
OTHERS = {
    "supervision_card": "SELECT case_id, at, 'became_' || level AS measure, 1::bigint AS amount FROM {rows}",
    "supervision_urging": "SELECT case_id, urged_at AS at, 'urged' AS measure, 1::bigint AS amount FROM {rows}",
    "cases_appraisal": "SELECT case_id, given_at AS at, 'appraised' AS measure, 1::bigint AS amount FROM {rows} "
    "UNION ALL SELECT case_id, given_at, 'appraisal_points', score FROM {rows}",
}


def _note(happenings: str, sign: str = "") -> str:
    """The statement that adds to the deltas what happened."""
    return f"""
    INSERT INTO supervision_delta (day, hour, organisation_id, item_id, measure, amount)
    SELECT {DAY.format("h.at")}, {HOUR.format("h.at")}, c.organisation_id, v.item_id, h.measure, {sign}sum(h.amount)
    FROM ({happenings}) h JOIN cases_case c ON c.id = h.case_id JOIN cases_itemversion v ON v.id = c.item_version_id
    GROUP BY 1, 2, 3, 4, 5;"""


EVERYTHING = " UNION ALL ".join(
    [
        OF_EVENTS.format(events="cases_caseevent"),
        DECIDED.format(events="cases_caseevent"),
        *(select.format(rows=table) for table, select in OTHERS.items()),
    ]
)
VIEWS = f"""
CREATE VIEW supervision_span AS {SPANS.format(events="cases_caseevent")};
CREATE VIEW supervision_pause AS {PAUSES};
-- Without the days used, which take longer to count than all the rest: those are in supervision_used.
CREATE VIEW supervision_happening AS {EVERYTHING};
CREATE VIEW supervision_used AS {USED.format(events="cases_caseevent")};
CREATE VIEW supervision_now AS
SELECT c.id AS case_id, standing.measure FROM cases_case c JOIN {GAUGES} ON standing.state = c.state
UNION ALL
SELECT DISTINCT k.case_id, k.level FROM cases_clock k WHERE {BURNING.format("k")};
"""
DROP_VIEWS = """
DROP VIEW supervision_now;
DROP VIEW supervision_used;
DROP VIEW supervision_happening;
DROP VIEW supervision_pause;
DROP VIEW supervision_span;
"""

NOTE_EVENTS = f"""
CREATE FUNCTION supervision_note_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    {_note(OF_EVENTS.format(events="fresh"))}
    IF EXISTS (SELECT FROM fresh WHERE act IN {DECIDING}) THEN
        {_note(DECIDED.format(events="fresh") + " UNION ALL " + USED.format(events="fresh"))}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_note_events AFTER INSERT ON cases_caseevent REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_events();
"""

# A case whose state, organ or item changed stands elsewhere; with the organ or item goes all that happened to it.
MOVED = "(s.organisation_id, sv.item_id) IS DISTINCT FROM (f.organisation_id, fv.item_id)"
BOTH = """FROM stale s JOIN fresh f ON f.id = s.id JOIN cases_itemversion sv ON sv.id = s.item_version_id
    JOIN cases_itemversion fv ON fv.id = f.item_version_id"""
NOTE_CASES = f"""
CREATE FUNCTION supervision_note_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    IF TG_OP = 'INSERT' THEN
        INSERT INTO supervision_delta (organisation_id, item_id, measure, amount)
        SELECT f.organisation_id, v.item_id, standing.measure, count(*)
        FROM fresh f JOIN {GAUGES} ON standing.state = f.state JOIN cases_itemversion v ON v.id = f.item_version_id
        GROUP BY 1, 2, 3;
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM stale s JOIN fresh f ON f.id = s.id WHERE s.state <> f.state
            OR s.organisation_id <> f.organisation_id OR s.item_version_id <> f.item_version_id) THEN
        RETURN NULL;
    END IF;
    INSERT INTO supervision_delta (organisation_id, item_id, measure, amount)
    SELECT changed.organisation_id, v.item_id, standing.measure, sum(changed.amount)
    FROM (
        SELECT organisation_id, item_version_id, state, -1 AS amount FROM stale
        UNION ALL SELECT organisation_id, item_version_id, state, 1 FROM fresh
    ) changed JOIN {GAUGES} ON standing.state = changed.state
    JOIN cases_itemversion v ON v.id = changed.item_version_id
    GROUP BY 1, 2, 3 HAVING sum(changed.amount) <> 0;
    IF EXISTS (SELECT {BOTH} WHERE {MOVED}) THEN
        INSERT INTO supervision_delta (organisation_id, item_id, measure, amount)
        SELECT side.organisation_id, side.item_id, k.level, sum(side.sign)
        {BOTH} JOIN cases_clock k ON k.case_id = f.id AND {BURNING.format("k")}
        CROSS JOIN LATERAL (VALUES (s.organisation_id, sv.item_id, -1), (f.organisation_id, fv.item_id, 1))
            AS side(organisation_id, item_id, sign)
        WHERE {MOVED} GROUP BY 1, 2, 3;
        INSERT INTO supervision_delta (day, hour, organisation_id, item_id, measure, amount)
        SELECT {DAY.format("h.at")}, {HOUR.format("h.at")}, side.organisation_id, side.item_id, h.measure,
            sum(h.amount * side.sign)
        {BOTH} CROSS JOIN LATERAL (
            SELECT * FROM supervision_happening a WHERE a.case_id = f.id
            UNION ALL SELECT * FROM supervision_used u WHERE u.case_id = f.id
        ) h CROSS JOIN LATERAL (VALUES (s.organisation_id, sv.item_id, -1), (f.organisation_id, fv.item_id, 1))
            AS side(organisation_id, item_id, sign)
        WHERE {MOVED} GROUP BY 1, 2, 3, 4, 5;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_note_new_cases AFTER INSERT ON cases_case REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_cases();
CREATE TRIGGER supervision_note_cases AFTER UPDATE ON cases_case REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_cases();
"""


def _note_lamps(rows: str) -> str:
    return f"""
        INSERT INTO supervision_delta (organisation_id, item_id, measure, amount)
        SELECT c.organisation_id, v.item_id, lamp.level, sum(lamp.amount)
        FROM ({rows}) lamp JOIN cases_case c ON c.id = lamp.case_id
        JOIN cases_itemversion v ON v.id = c.item_version_id
        GROUP BY 1, 2, 3 HAVING sum(lamp.amount) <> 0;"""


NOTE_CLOCKS = f"""
CREATE FUNCTION supervision_note_clocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM fresh f WHERE f.level IN ('yellow', 'red') AND {CARDED.format("f")}) THEN
            RETURN NULL;
        END IF;
        {_note_lamps(f"SELECT f.case_id, f.level, 1 AS amount FROM fresh f WHERE {BURNING.format('f')}")}
        INSERT INTO supervision_card (case_id, clock_id, level, due_at, at)
        SELECT f.case_id, f.id, f.level, f.due_at, least(f.due_at, now()) FROM fresh f
        WHERE f.level IN ('yellow', 'red') AND {CARDED.format("f")};
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM stale s JOIN fresh f ON f.id = s.id WHERE s.level <> 'green' OR f.level <> 'green') THEN
        RETURN NULL;
    END IF;
    {
    _note_lamps(
        f"SELECT s.case_id, s.level, -1 AS amount FROM stale s WHERE {BURNING.format('s')} "
        f"UNION ALL SELECT f.case_id, f.level, 1 FROM fresh f WHERE {BURNING.format('f')}"
    )
}
    -- It became red when it was due and yellow when it was to be warned, however late the alert was fired.
    INSERT INTO supervision_card (case_id, clock_id, level, due_at, at)
    SELECT f.case_id, f.id, f.level, f.due_at,
        least(f.due_at, now(), CASE f.level WHEN 'yellow' THEN s.next_alert_at END) FROM stale s JOIN fresh f ON f.id = s.id
    WHERE f.level IN ('yellow', 'red') AND f.level <> s.level AND {CARDED.format("f")};
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_note_new_clocks AFTER INSERT ON cases_clock REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_clocks();
CREATE TRIGGER supervision_note_clocks AFTER UPDATE ON cases_clock REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_clocks();
"""


def _note_others(table: str, select: str) -> str:
    return f"""
CREATE FUNCTION supervision_note_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    {_note(select.format(rows="fresh"))}
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_note AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_{table}();
"""


CREATE = "".join(
    [
        WEEKDAYS,
        WORKING_DAYS,
        VIEWS,
        NOTE_EVENTS,
        NOTE_CASES,
        NOTE_CLOCKS,
        *(_note_others(table, select) for table, select in OTHERS.items()),
    ]
)
DROP = "".join(
    [
        *(f"DROP TRIGGER supervision_note ON {table}; DROP FUNCTION supervision_note_{table}();\n" for table in OTHERS),
        *(
            f"DROP TRIGGER supervision_note_new_{what} ON cases_{what[:-1]};\n"
            f"DROP TRIGGER supervision_note_{what} ON cases_{what[:-1]};\n"
            f"DROP FUNCTION supervision_note_{what}();\n"
            for what in ("clocks", "cases")
        ),
        "DROP TRIGGER supervision_note_events ON cases_caseevent; DROP FUNCTION supervision_note_events();\n",
        DROP_VIEWS,
        "DROP FUNCTION supervision_working_days(date, date, text); DROP FUNCTION supervision_weekdays(date);\n",
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0001_initial"),
        ("kernel", "0003_order_notices_by_year"),
        ("cases", "0002_name_agents"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
