"""A contract stays as it was agreed, and timelines as they were written: the database refuses to change them."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION contracts_stay_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'contracts are not deleted';
    END IF;
    IF (to_jsonb(NEW) - ARRAY['state', 'reason', 'basis', 'ended_at', 'priority'])
        IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'reason', 'basis', 'ended_at', 'priority']) THEN
        RAISE EXCEPTION 'what a contract says is frozen; only its state changes';
    END IF;
    IF OLD.state IN ('revoked', 'expired') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'a contract that ended stays ended';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contracts_frozen BEFORE UPDATE OR DELETE ON contracts_contract
    FOR EACH ROW EXECUTE FUNCTION contracts_stay_frozen();
CREATE FUNCTION contracts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'timelines of requests and contracts are only added to'; END $$;
CREATE TRIGGER contracts_request_steps_stay BEFORE UPDATE OR DELETE ON contracts_requeststep
    FOR EACH ROW EXECUTE FUNCTION contracts_refuse_change();
CREATE TRIGGER contracts_contract_steps_stay BEFORE UPDATE OR DELETE ON contracts_contractstep
    FOR EACH ROW EXECUTE FUNCTION contracts_refuse_change();
"""
BACKWARD = """
DROP TRIGGER contracts_contract_steps_stay ON contracts_contractstep;
DROP TRIGGER contracts_request_steps_stay ON contracts_requeststep;
DROP FUNCTION contracts_refuse_change();
DROP TRIGGER contracts_frozen ON contracts_contract;
DROP FUNCTION contracts_stay_frozen();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contracts", "0002_follow_requests")]
    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
