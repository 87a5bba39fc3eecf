-- What images cost, a part of other_nano; the rest is calls. Images were not charged before.
ALTER TABLE usage_day ADD COLUMN image_nano INTEGER NOT NULL DEFAULT 0;
