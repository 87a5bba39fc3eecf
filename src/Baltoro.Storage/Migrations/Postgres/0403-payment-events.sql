-- Whose each event of a payment provider is, over all organizations; events that were booked before belong to the first that had them.
CREATE TABLE payment_event (
    key             TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL,
    at_ms           BIGINT NOT NULL
);

INSERT INTO payment_event (key, organization_id, at_ms)
SELECT key, organization_id, at_ms FROM idempotency WHERE key LIKE 'payment/%' ORDER BY at_ms, organization_id
ON CONFLICT DO NOTHING;
