-- Whose each event of a payment provider is, over all organizations; events that were booked before belong to the first that had them.
CREATE TABLE payment_event (
    key             TEXT PRIMARY KEY,
    organization_id TEXT    NOT NULL,
    at_ms           INTEGER NOT NULL
) STRICT;

INSERT INTO payment_event (key, organization_id, at_ms)
SELECT key, organization_id, at_ms FROM idempotency WHERE key LIKE 'payment/%' ORDER BY at_ms, organization_id
ON CONFLICT DO NOTHING;
