"""Triggers note what is to be judged; the two rules of the clocks' lamps, and the cards that they have given so far.

A lamp's card gets its rule as it is written, once a case, rule and clock: a lamp that turns a second time adds none.
Cards of other rules are counted apart from those of lamps (``anomaly``).
"""

from importlib import import_module

from django.db import migrations

before = import_module("zhengtong.capabilities.supervision.migrations.0002_count_by_triggers")
SKIP, CARDED, BURNING, DAY, HOUR = before.SKIP, before.CARDED, before.BURNING, before.DAY, before.HOUR
COUNTED = """SELECT case_id, at, CASE WHEN clock_id IS NOT NULL AND event_id IS NULL THEN 'became_' || level
    ELSE 'anomaly' END AS measure, 1::bigint AS amount FROM {rows}"""
COUNTED_BEFORE = "SELECT case_id, at, 'became_' || level AS measure, 1::bigint AS amount FROM {rows}"

NOTE_PENDING = f"""
CREATE FUNCTION supervision_note_pending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    INSERT INTO supervision_pending (case_id, event_id, act) SELECT case_id, id, act FROM fresh ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_note_pending AFTER INSERT ON cases_caseevent REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_pending();
CREATE FUNCTION supervision_note_pending_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    INSERT INTO supervision_pending (case_id, card_id)
    SELECT case_id, id FROM fresh WHERE event_id IS NULL AND status = 'recorded' ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_note_pending AFTER INSERT ON supervision_card REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION supervision_note_pending_cards();
"""
DROP_PENDING = """
DROP TRIGGER supervision_note_pending ON supervision_card; DROP FUNCTION supervision_note_pending_cards();
DROP TRIGGER supervision_note_pending ON cases_caseevent; DROP FUNCTION supervision_note_pending();
"""


def _note_cards(select: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION supervision_note_supervision_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    INSERT INTO supervision_delta (day, hour, organisation_id, item_id, measure, amount)
    SELECT {DAY.format("h.at")}, {HOUR.format("h.at")}, c.organisation_id, v.item_id, h.measure, sum(h.amount)
    FROM ({select.format(rows="fresh")}) h JOIN cases_case c ON c.id = h.case_id
    JOIN cases_itemversion v ON v.id = c.item_version_id
    GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
"""


_VIEW = "CREATE OR REPLACE VIEW supervision_happening AS {0};"
_OTHERS = {**before.OTHERS, "supervision_card": COUNTED}
EVERYTHING = " UNION ALL ".join(
    [
        before.OF_EVENTS.format(events="cases_caseevent"),
        before.DECIDED.format(events="cases_caseevent"),
        *(select.format(rows=table) for table, select in _OTHERS.items()),
    ]
)


def _clocks(rule: str, conflict: str, open_rule: str) -> str:
    """The same function as before, whose cards have a rule and come once."""
    return f"""
CREATE OR REPLACE FUNCTION supervision_note_clocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {SKIP}
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM fresh f WHERE f.level IN ('yellow', 'red') AND {CARDED.format("f")}) THEN
            RETURN NULL;
        END IF;
        {before._note_lamps(f"SELECT f.case_id, f.level, 1 AS amount FROM fresh f WHERE {BURNING.format('f')}")}
        INSERT INTO supervision_card (case_id, clock_id, level, due_at, at{rule})
        SELECT f.case_id, f.id, f.level, f.due_at, least(f.due_at, now()){", r.id" if rule else ""} FROM fresh f
        {open_rule} {conflict};
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM stale s JOIN fresh f ON f.id = s.id WHERE s.level <> 'green' OR f.level <> 'green') THEN
        RETURN NULL;
    END IF;
    {
        before._note_lamps(
            f"SELECT s.case_id, s.level, -1 AS amount FROM stale s WHERE {BURNING.format('s')} "
            f"UNION ALL SELECT f.case_id, f.level, 1 FROM fresh f WHERE {BURNING.format('f')}"
        )
    }
    -- It became red when it was due and yellow when it was to be warned, however late the alert was fired.
    INSERT INTO supervision_card (case_id, clock_id, level, due_at, at{rule})
    SELECT f.case_id, f.id, f.level, f.due_at,
        least(f.due_at, now(), CASE f.level WHEN 'yellow' THEN s.next_alert_at END){", r.id" if rule else ""}
    FROM stale s JOIN fresh f ON f.id = s.id AND f.level <> s.level {open_rule} {conflict};
    RETURN NULL;
END $$;
"""


_LIT = f"WHERE f.level IN ('yellow', 'red') AND {CARDED.format('f')}"
# Where nobody has loaded the rules yet a lamp's card has none; a rule that is switched off gives no card.
_WITH_RULE = (
    f"LEFT JOIN supervision_supervisionrule r ON r.lamp = f.level {_LIT} AND r.is_enabled IS DISTINCT FROM false"
)

CREATE = (
    _note_cards(COUNTED)
    + _VIEW.format(EVERYTHING)
    + _clocks(", rule_id", "ON CONFLICT DO NOTHING", _WITH_RULE)
    + NOTE_PENDING
)
UNDO = DROP_PENDING + _VIEW.format(before.EVERYTHING) + _note_cards(COUNTED_BEFORE) + _clocks("", "", _LIT)

# Rules of the lamps, and of each case and clock the first card of each.
ADOPT = """
INSERT INTO supervision_supervisionrule (code, name, lamp) VALUES
    ('promise-warning', '承诺期限用去九成', 'yellow'), ('overdue', '超过期限', 'red');
INSERT INTO supervision_ruleversion (rule_id, number, expression, level, points, tells, legal_note, reason,
    effective_from)
SELECT id, 1, CASE lamp WHEN 'yellow' THEN 'clock.is_warned' ELSE 'clock.is_overdue' END, lamp,
    CASE lamp WHEN 'yellow' THEN 1 ELSE 3 END,
    CASE lamp WHEN 'yellow' THEN ARRAY['holder'] ELSE ARRAY['holder', 'head', 'supervisor'] END,
    CASE lamp WHEN 'yellow' THEN '行政审批电子监察规则：承诺期限用去九成'
    ELSE '《中华人民共和国行政许可法》第四十二条、第四十四条；承诺期限' END, '', DATE '2000-01-01'
FROM supervision_supervisionrule WHERE lamp <> '';
WITH first AS (SELECT min(id) AS id FROM supervision_card WHERE clock_id IS NOT NULL GROUP BY clock_id, level)
UPDATE supervision_card c SET rule_id = r.id, version_id = v.id, points = v.points
FROM first, supervision_supervisionrule r JOIN supervision_ruleversion v ON v.rule_id = r.id
WHERE first.id = c.id AND r.lamp = c.level;
"""
LEAVE = """
DELETE FROM supervision_cardstep; DELETE FROM supervision_card WHERE due_at IS NULL;
UPDATE supervision_card SET rule_id = NULL, version_id = NULL;
DELETE FROM supervision_rulefailure; DELETE FROM supervision_ruleversion; DELETE FROM supervision_supervisionrule;
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_rules_cards_scores")]
    operations = [migrations.RunSQL(ADOPT, LEAVE), migrations.RunSQL(CREATE, UNDO)]
