from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS "audit" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "user_id" UUID,
    "action" VARCHAR(64) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "detail" JSONB NOT NULL,
    "address" VARCHAR(64),
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_audit_user_id_a201a6" ON "audit" ("user_id");
CREATE INDEX IF NOT EXISTS "idx_audit_created_f7f43c" ON "audit" ("created_at");
COMMENT ON TABLE "audit" IS 'Who did what to what, and when.';
CREATE TABLE IF NOT EXISTS "dead_letters" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "letter_id" VARCHAR(255) NOT NULL UNIQUE,
    "actor" VARCHAR(64) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "reason" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "deliveries" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "dead_letters" IS 'A message that an actor gave up on. `letter_id` is its letter''s Nats-Msg-Id.';
CREATE TABLE IF NOT EXISTS "fences" (
    "name" VARCHAR(32) NOT NULL PRIMARY KEY,
    "token" BIGINT NOT NULL
);
COMMENT ON TABLE "fences" IS 'The leader whose writes count: only the holder of the highest `token` of a `name` may release work.';
CREATE TABLE IF NOT EXISTS "idempotency_records" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "user_id" UUID NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "fingerprint" VARCHAR(64) NOT NULL,
    "status" INT,
    "body" TEXT,
    "created_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "uid_idempotency_user_id_1462fb" UNIQUE ("user_id", "key")
);
CREATE INDEX IF NOT EXISTS "idx_idempotency_created_68bd32" ON "idempotency_records" ("created_at");
COMMENT ON TABLE "idempotency_records" IS 'The answer to a request that bore an Idempotency-Key, given again to the same request.';
CREATE TABLE IF NOT EXISTS "outbox" (
    "sequence" BIGSERIAL NOT NULL PRIMARY KEY,
    "id" UUID NOT NULL UNIQUE,
    "subject" VARCHAR(255) NOT NULL,
    "payload" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "sent_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "idx_outbox_unsent" ON "outbox" ("sequence") WHERE sent_at IS NULL;
CREATE INDEX IF NOT EXISTS "idx_outbox_sent" ON "outbox" ("sent_at") WHERE sent_at IS NOT NULL;
COMMENT ON TABLE "outbox" IS 'A message written in the transaction whose effects it tells of; the relay publishes it.';
CREATE TABLE IF NOT EXISTS "tiers" (
    "name" VARCHAR(32) NOT NULL PRIMARY KEY,
    "title" VARCHAR(64) NOT NULL,
    "weight" DOUBLE PRECISION NOT NULL,
    "max_in_flight" INT NOT NULL,
    "burst" BOOL NOT NULL,
    "max_height" INT NOT NULL,
    "max_fps" INT NOT NULL,
    "max_seconds" DOUBLE PRECISION NOT NULL,
    "max_bytes" BIGINT NOT NULL,
    "max_jobs" INT NOT NULL,
    "retention_days" INT NOT NULL,
    "watermark" BOOL NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "tiers" IS 'A tariff; `contracts.tiers.TierPolicy` says what each column means and reads a row.';
CREATE TABLE IF NOT EXISTS "users" (
    "id" UUID NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "password_hash" VARCHAR(255),
    "weight" DOUBLE PRECISION,
    "max_in_flight" INT,
    "is_admin" BOOL NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "tier_id" VARCHAR(32) NOT NULL REFERENCES "tiers" ("name") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_users_tier_id_c5f6a0" ON "users" ("tier_id");
COMMENT ON TABLE "users" IS 'A customer. `weight` and `max_in_flight` override the tier''s where set.';
CREATE TABLE IF NOT EXISTS "api_keys" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "prefix" VARCHAR(16) NOT NULL UNIQUE,
    "key_hash" VARCHAR(64) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "last_used_at" TIMESTAMPTZ,
    "revoked_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_api_keys_user_id_6285a8" ON "api_keys" ("user_id");
COMMENT ON TABLE "api_keys" IS 'A key of the API, shown once. `prefix` finds it, the SHA-256 of the whole proves it.';
CREATE TABLE IF NOT EXISTS "faces" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "thumbnail_key" VARCHAR(255) NOT NULL,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "box" JSONB NOT NULL,
    "points" JSONB NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "removed_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_faces_user_id_fe5b93" ON "faces" ("user_id");
COMMENT ON TABLE "faces" IS 'A face of the library.';
CREATE TABLE IF NOT EXISTS "sessions" (
    "token_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "csrf_token" VARCHAR(64) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_sessions_expires_6bcc94" ON "sessions" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_sessions_user_id_80072d" ON "sessions" ("user_id");
COMMENT ON TABLE "sessions" IS 'A log-in from the page. Only the SHA-256 of the cookie''s token is kept.';
CREATE TABLE IF NOT EXISTS "uploads" (
    "id" UUID NOT NULL PRIMARY KEY,
    "purpose" VARCHAR(8) NOT NULL,
    "filename" VARCHAR(255) NOT NULL,
    "content_type" VARCHAR(100),
    "size" BIGINT NOT NULL,
    "offset" BIGINT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "multipart" JSONB,
    "info" JSONB,
    "failure" JSONB,
    "lock" UUID,
    "locked_until" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "face_id" UUID REFERENCES "faces" ("id") ON DELETE SET NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_uploads_expires_efc0fa" ON "uploads" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_uploads_face_id_053cf0" ON "uploads" ("face_id");
CREATE INDEX IF NOT EXISTS "idx_uploads_user_id_0a970b" ON "uploads" ("user_id");
CREATE INDEX IF NOT EXISTS "idx_uploads_user_id_7053de" ON "uploads" ("user_id", "created_at");
COMMENT ON COLUMN "uploads"."state" IS 'OPEN: open\nPROBING: probing\nREADY: ready\nREFUSED: refused\nEXPIRED: expired';
COMMENT ON TABLE "uploads" IS 'A video or picture to work on, or the photo of a face while it arrives.';
CREATE TABLE IF NOT EXISTS "jobs" (
    "id" UUID NOT NULL PRIMARY KEY,
    "tier_id" VARCHAR(32) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "engine" VARCHAR(32) NOT NULL,
    "pool" VARCHAR(32) NOT NULL,
    "options" JSONB NOT NULL,
    "plan" JSONB,
    "encode" JSONB,
    "segments_total" INT NOT NULL,
    "segments_done" INT NOT NULL,
    "frames_total" INT,
    "frames" INT NOT NULL,
    "faces_swapped" INT NOT NULL,
    "face_frames" INT NOT NULL,
    "gpu_seconds" DOUBLE PRECISION NOT NULL,
    "result_key" VARCHAR(255),
    "result_size" BIGINT,
    "preview_key" VARCHAR(255),
    "source_preview_key" VARCHAR(255),
    "poster_key" VARCHAR(255),
    "failure" JSONB,
    "no_face_found" BOOL NOT NULL,
    "endings" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "started_at" TIMESTAMPTZ,
    "finished_at" TIMESTAMPTZ,
    "expired_at" TIMESTAMPTZ,
    "upload_id" UUID NOT NULL REFERENCES "uploads" ("id") ON DELETE RESTRICT,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_jobs_upload__0aa06f" ON "jobs" ("upload_id");
CREATE INDEX IF NOT EXISTS "idx_jobs_user_id_9dc17f" ON "jobs" ("user_id");
CREATE INDEX IF NOT EXISTS "idx_jobs_user_id_260af5" ON "jobs" ("user_id", "created_at");
CREATE INDEX IF NOT EXISTS "idx_jobs_unfinished" ON "jobs" ("created_at") WHERE state NOT IN ('done', 'failed', 'cancelled');
CREATE INDEX IF NOT EXISTS "idx_jobs_kept" ON "jobs" ("finished_at") WHERE expired_at IS NULL;
COMMENT ON COLUMN "jobs"."state" IS 'QUEUED: queued\nWAITING: waiting\nRUNNING: running\nMERGING: merging\nCANCELLING: cancelling\nDONE: done\nFAILED: failed\nCANCELLED: cancelled';
COMMENT ON TABLE "jobs" IS 'One upload with one or more faces in it.';
CREATE TABLE IF NOT EXISTS "job_faces" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "person" VARCHAR(64),
    "face_id" UUID NOT NULL REFERENCES "faces" ("id") ON DELETE RESTRICT,
    "job_id" UUID NOT NULL REFERENCES "jobs" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_job_faces_face_id_da46d9" ON "job_faces" ("face_id");
CREATE INDEX IF NOT EXISTS "idx_job_faces_job_id_63c824" ON "job_faces" ("job_id");
COMMENT ON TABLE "job_faces" IS 'Which face goes into a job; `person` names whom it replaces, null meaning everyone.';
CREATE TABLE IF NOT EXISTS "segments" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "index" INT NOT NULL,
    "range" JSONB NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "attempts_made" INT NOT NULL,
    "estimate_seconds" DOUBLE PRECISION NOT NULL,
    "key" VARCHAR(255),
    "size" BIGINT,
    "frames" INT,
    "faces" INT,
    "face_frames" INT,
    "gpu_seconds" DOUBLE PRECISION,
    "failure" JSONB,
    "job_id" UUID NOT NULL REFERENCES "jobs" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_segments_job_id_584f59" UNIQUE ("job_id", "index")
);
CREATE INDEX IF NOT EXISTS "idx_segments_open" ON "segments" ("job_id") WHERE state IN ('waiting', 'released');
COMMENT ON COLUMN "segments"."state" IS 'WAITING: waiting\nRELEASED: released\nDONE: done\nFAILED: failed\nCANCELLED: cancelled';
COMMENT ON TABLE "segments" IS 'A range of a job''s time. `range` is a `contracts.media.SegmentRange`; `key` is the winner''s object.';
CREATE TABLE IF NOT EXISTS "attempts" (
    "id" UUID NOT NULL PRIMARY KEY,
    "number" INT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "agent_id" VARCHAR(128),
    "deliveries" INT NOT NULL,
    "gpu_seconds" DOUBLE PRECISION NOT NULL,
    "charged_seconds" DOUBLE PRECISION NOT NULL,
    "failure" JSONB,
    "released_at" TIMESTAMPTZ NOT NULL,
    "started_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "job_id" UUID NOT NULL REFERENCES "jobs" ("id") ON DELETE CASCADE,
    "segment_id" BIGINT NOT NULL REFERENCES "segments" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_attempts_job_id_32c6a9" ON "attempts" ("job_id");
CREATE INDEX IF NOT EXISTS "idx_attempts_segment_305ca3" ON "attempts" ("segment_id");
CREATE INDEX IF NOT EXISTS "idx_attempts_open" ON "attempts" ("released_at") WHERE state IN ('released', 'running');
COMMENT ON COLUMN "attempts"."state" IS 'RELEASED: released\nRUNNING: running\nDONE: done\nFAILED: failed\nLOST: lost\nCANCELLED: cancelled\nLATE: late';
COMMENT ON TABLE "attempts" IS 'One try at a segment. Its id is the Nats-Msg-Id of its task: this row is the task''s outbox.';
CREATE TABLE IF NOT EXISTS "webhook_endpoints" (
    "id" UUID NOT NULL PRIMARY KEY,
    "url" VARCHAR(2000) NOT NULL,
    "secret" VARCHAR(100) NOT NULL,
    "events" JSONB NOT NULL,
    "enabled" BOOL NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_webhook_end_user_id_4860c8" ON "webhook_endpoints" ("user_id");
COMMENT ON TABLE "webhook_endpoints" IS 'An address of a customer''s system. `secret` is a Standard Webhooks key, `whsec_` and base64.';
CREATE TABLE IF NOT EXISTS "webhook_deliveries" (
    "id" UUID NOT NULL PRIMARY KEY,
    "event_id" UUID NOT NULL,
    "event_type" VARCHAR(64) NOT NULL,
    "payload" TEXT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "tries" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "endpoint_id" UUID NOT NULL REFERENCES "webhook_endpoints" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_webhook_del_endpoin_a67239" UNIQUE ("endpoint_id", "event_id")
);
CREATE INDEX IF NOT EXISTS "idx_webhook_del_endpoin_ffb2c0" ON "webhook_deliveries" ("endpoint_id");
COMMENT ON COLUMN "webhook_deliveries"."state" IS 'PENDING: pending\nDELIVERED: delivered\nFAILED: failed';
COMMENT ON TABLE "webhook_deliveries" IS 'One event for one endpoint, and the log of its tries: at, status, milliseconds, answer or error.';
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS "webhook_deliveries" CASCADE;
        DROP TABLE IF EXISTS "webhook_endpoints" CASCADE;
        DROP TABLE IF EXISTS "attempts" CASCADE;
        DROP TABLE IF EXISTS "segments" CASCADE;
        DROP TABLE IF EXISTS "job_faces" CASCADE;
        DROP TABLE IF EXISTS "jobs" CASCADE;
        DROP TABLE IF EXISTS "uploads" CASCADE;
        DROP TABLE IF EXISTS "sessions" CASCADE;
        DROP TABLE IF EXISTS "faces" CASCADE;
        DROP TABLE IF EXISTS "api_keys" CASCADE;
        DROP TABLE IF EXISTS "users" CASCADE;
        DROP TABLE IF EXISTS "tiers" CASCADE;
        DROP TABLE IF EXISTS "outbox" CASCADE;
        DROP TABLE IF EXISTS "idempotency_records" CASCADE;
        DROP TABLE IF EXISTS "fences" CASCADE;
        DROP TABLE IF EXISTS "dead_letters" CASCADE;
        DROP TABLE IF EXISTS "audit" CASCADE;
        """


MODELS_STATE = (
    "eJztXWtz27iS/SsofUmmSnF5nMTJJltbpcRKojuO7fXjZvaOpyhKgiSMKYCXAC1rZ+e/Lw"
    "CS4kMgTUiURHHwZSYGu0nq4MHuRvfBn60ZGUGHHnVc9AtctD6AP1vYnkH+j8yVNmjZrhu3"
    "iwZmDxwparvIeoAL2WgPKPPsIePtY9uhkDeNIB16yGWIYCHdAVwWkDFgUwg6V702oFMyx4"
    "DgITwCfdeDY/TUB2OERxQg1pZyN986r07enkZq8ylxIHA98giFzJF48ogM+aMRnmzzIT5G"
    "//ahxcgEchGPP+q333kzvw18gjT6032wxgg6oxSgaCRuINsttnBl291d7+yLlBQ/YGANie"
    "PPcCztLtiU4KW476PRkdAR1yYQQ89mcJSAGvuOE/ZK1BS8MW9gng+XrzqKG0ZwbPuO6LDW"
    "f459PBT9BOSTxH/e/Ff4agkxy7q4vLVuureW1VrpX/EKmd4Im4YEi7GBMBNA/flXcN8YEN"
    "naEg/4/K1z/fL16U8SAkLZxJMXJVytv6SizexAVYIeoyz/v4Lz56ntqXGO5DNI8xddB+Oo"
    "IQY5ngQRfBFAW4C0NbOfLAfiCZvyP38+Pi7A+J+dawkzl5I4Ez5rg+l8EV46Ca4JvGN8g5"
    "mjg3CsUQ3Gz4/j3SF8Wgbg03x8T7Pw8lXLmtp0qgNwUqeBw/j0TQmQT9/kgiwupUEeelCA"
    "YdlsFeYzfoWhGVRDndbMgD0KVY+ifxwi9PwHji6xswjnVQH0t73v3Zvbzvcr8bgZpf92JH"
    "6d2664ciJbF5nWl9m5sLwJ+NG7/QbEn+Bflxfd7Mq/lLv9V0u8k+0zYmEyt+xRYgmIWiPU"
    "Ur3u2JRZPl2r37O6FfR8+Mp16fgD6egIk8Ke9uAjeVirn9Oappfr3Mt8OnqWnlGdUKnSsl"
    "7t1F2aJOvb0cJVGT8ozWiB1CqyX4gH0QRzh1Di2+PvYXOHSoFn6D3ehbc5SETj1vj5nj1f"
    "unbJ4cR/Ov/BkAWmWufmc+es25IAD+zhw9z2RlYKaXGFnJBMy1J29dLsZJZtsbE9kdiIXy"
    "HeOXLZGYMzl7VU3nx4qV3ozgdCJd35Sww5OAtgM2ADCicziNkR6DHuMo8AotKTvrAZffWd"
    "Tl71RsK5Rvwis+kDR3XKJTwyjwRF6wsKiM8G5GnVq9/ys5537v9sxX3APxYOtEObQMjBJ+"
    "7qUMpxWfZR7Ps/WRGsFnEhloCHc6UldTnM4g/w41v3ugv4xGIQ9C7AyxfRY160wQvPx5hj"
    "8eKnYGyZOMP+4gz+bKBaInuY5QQalgoZsMX6coCOwkS8xKuTn9+8e/P+9emb91xEvuiy5V"
    "0B8L2L24xPJge82uvtcuhWvjcpbJfKu3N/l7Nfc9i2rrvn3c5N9+wDiO5wj6/vLi56F195"
    "UzC/7/EZN5o+gBHB8B5/6fTOhfzYRo6QPr+8uf0AHD5e7/HnzsXn7rm8PBTQOIEEt8+4RA"
    "jK/qMa/DuFmdJWy49qJHXW6taamd4ZjE/elwH55H0+yuJaGmb+JUeP0EOQaqxLaaXdrU3H"
    "B7IwTVzfopA/ZKRA9YtD7BxcM3oZYMdC8dCgLcDt7PLu03kXXF13P/duepcXaXdRXhRNvA"
    "EFNvJ1t3OeDcvxtYAbtGuhrdA1iD+LuPii+J7is/uPm8sLNdAJlWx4BA0Z+D/gIFoG5pqt"
    "zgVACyxSMZFoDX75vfNrdnn+fH75KWtNiht8yiCf9B1W0H8uRpVSNUHoukStygShuaXqrb"
    "f1kNY0ock6hyYhh3CdPk7qmR6ucw//QQaasedYw4SeM65/EMhT4vkJTXI9l7TetjyXnWYX"
    "BL7Lf5ycvH797uT49en7t2/evXv7/njpxKxeKvJmPvW+CocmNUsCD6cg9B/CWkH0/ya+02"
    "H1Q9kNgPQIVO8BZFaNCmD9R3CXZkIaL5O12lLxR4h1MfPUOZLx1XbhxoqQK7er8mNKwAiN"
    "wHxqM8CI/H8b2Fi0QLy6M1JCvuLUxaKVueyKHA6A+mZ77Ww9bhdsNexto/t5+/HwjA1b7j"
    "tpBaKXGia5rkRyHfUHf8ChwnzIRzih0kCIT96+LYExl8oFWV7LhvqZjRydwF2ssVHcbr3N"
    "snjDd+AjhyFMj8Rj97Hnu5VwHvccxda/1rISqzRve+vvnrO7UyOlWdHSFc90Pxb/GQf1HD"
    "IGvWv5citGf1qg0O4fcVE+N4Rs6RqpGV8b+JsBJgx6GwMuTjwwsR8h8F1A8BHoB3fkZl5f"
    "pDSJRKeg5QVNJkGpaqOqvblxLA7UsVj2sc53K6XUuIqerRhrcnppuhxElSrWBHPYeByHOY"
    "i5lUFVjvMtfMpZrGONRmBcZFd1f70t9imWZtX55cXXSDzraGQqLe2FQ2zF2pyPeELFQL4G"
    "5AeVQHdAyb2H5byZXJeD996+2EPYUjhtsr1d5KuNuURpJ00IR2wRDhp4trdQuVsqsXt8j/"
    "suEcOgD2wPgjFfRMDLpzZY/AQQBu6UMAJc9MRfsA3QjP/OVw4cMwAXQtaj7CPoD8iTdM+E"
    "VhvM0YhN22AK0WRq2CpqtPtg2CrKZMRvg63iIaCuKQtvKN5AdLfiErCpPxtgGzmWJs4rig"
    "bxcojLJV7DNl3KG7NUYZYGX0oNOGMFg6cCT26O6OxIhuK7345sUB1BYEHqoB5rGOA3AJ4O"
    "iapwpqBEaamxy8Kk/SBeSTWYiRn8TWIG6SjzjDyuWRaV1DTVE3WunjDUPYa6Z6uIbpO6J1"
    "0EtIwXZpIYQtUvv1xDx85JII3z+aO45IF9iPLQTk92V+xJbYjRnRttbB3kqr2K0Faj3xDn"
    "hL8hfjb+LURKBsBvRTybmyLQE1zJFIK5x+05CobEx+wDINxCkTHvKXGETBgBn3IfGlIG+o"
    "w8QNwXzTboizftg5m9iGhRwJx4D6vR9B09c4PI+X5jujXKpXl9UiIA9vokN/4lLhWHz2Vv"
    "KhaWggyypUqTIjj7KBjcz8ZebwRnLmF8kVpcQ+5Qp6derlDhkodiccuT8hrrn43pnK8zjP"
    "AFxYN8UPBVRqZVDrjBJXIrEy/ziltfbTBBjxADe8I7UaiJ5Yny94+01Uvedh6jWOV+S5pG"
    "Ijr/u8nlrMscLFoK6+xS1cVP1igTMxuH29zGGvPnQ8/1kKrMPB/ljFoD0d5Cciyzma+Tzh"
    "YrrGUh1cz/qn6La6RYGPIzMiP5JpR47Tob87B2AEzJ16EnDQpeDYU3EdJt5PsPf5CBBld2"
    "EA4Dc8SmgPC/iQdmwoaXgUSR+ac6zqqsoswqZCgu3AqIrj00HgvSbOoPZkgyVLdBn8jXon"
    "0pI2zBFxQMpwTxu7VFbqJjY3kLG/T58JO/jB7N4AjZR1fymngT4jNZHBYyoVB+X+6CcIz6"
    "Kr2uvHTjwmH/4z0eexxorhH8AMFV8fXqDoQMjjInkvozCsgjd3wEE+7yISUjNClXJrEk/C"
    "4WmXhMZC49R+MtetvyMbdFEJ0G9L/RytJq5xF580kfkHmL3yGIvAMuX/GvJW2vIPXOvFn0"
    "EJ1Xe4ABv3vRS/H7IE/eFvRuwMXd+bnhE99zJmg4aXXM4YRKA03hqqKHB0wxzkV9fYLx/7"
    "7r3gk+8ED7Hv/o9G4lufjcRkySi6/SjX/vXn+VLTPoTWRLSCwuG8Ml6llichUZefZTVioV"
    "uHICcn5nhLWi8rGGmVsl5pZLiIKNpOBQwFB+h7Mp+ueBIhyaa6sg56f6JVQM50uxe7pO6i"
    "U3gnV6I5I3tNnrYx74FjqoxxoG9w2yXUPPi7tbzFYs9M9xtCYUzQkTK0ffRBgJq2odbCM9"
    "A20W2iDEoD1qs2omEp4HrTaoZpwqwRQhMIvObdeFihhAPqZZPQOtClpLf7CmtQys5likdY"
    "yxKgphuFnGX1e3xDat1YTtx51wHEnQKPpfhR1WlMuUUWyQvbCTtKaEU+3BRwTnuqM9o2aG"
    "e6nhTonv8c/cmpirtQ30paAXDjf0tId5SstAXS7ZzBxyt6eoESZWYEcTH6uSgwlxoI1zqi"
    "KyupmOGIQbCNswFJctu+2DT5eX56k++NTLZkndff/UvX75809po3H1MwrxiL+EjsOT0DDO"
    "juGv+7umopmzGjdcxOrUyREmhb2czLHS7OaMqunnOvdznPOm281pTdPLde7lIElWtxAqqW"
    "TYJdK2T50Lyw4DTcPVUYjo5lwdqwtAFZiWZZw4VFSTi14K12u+Cl/3Pt+WI0GxGYMzV8VB"
    "p8Pv0QnucoAOUCkOFMMUUwalKKFlM5AqPXW4HiBtueopjy09MdwKq58sDdL0H1M0nALJiD"
    "4hsm5Jchrwu3wEfRd6lOA+EO9BBb/LDCAGPOg64gFt+epgBm2RtA7gI/QWBEPVYbhbeYY5"
    "56rWm4j5tTVBl2tttCw1mrfJUn2NuQzU67kICRXjIvy1YivogRlrGCwL3a0/glLeDT2DsC"
    "D4IPF81i2Ix9LzvtY4NA42xLM6k7aOgCZWOm0va5t236XPBuTpe3ASqMr6SwsU2oBEipYz"
    "AOPTRwVzH4NYlK7LMnXPxjQ4bD2k9oPjMRwycfooYNBxKCDjj1LU407AArj+wBHxd6osmd"
    "/Sc2SFPRUcWnxML0vsiReSDYay/B3aoC9q8MVV/QNTU1Xg0dPKlIAHPWH5mIYuUGFtOpdJ"
    "1YBnys/D6xrP1X3q5e1z1efLH69lPye1jBVdjRVteAC2Ye2Zw0t3km5nztI07E216Yom58"
    "yEJoNmlyfUzP563fbXVxzq/TgsUVxf4aokQv75Tkpyd6GMm8LdhAkMmMK5U/yCG/piGIK+"
    "bM9jxgrf5FrKfAT9B7hYOglzhLFk2SLy+61yWXbyTCXrb+z3y1myQvubcgxC4RJ+wbJGmb"
    "gB7XahZyC5siRPVshVIwiyQm52yY9lAuz1dA3kkFnpgHz0I/kmkbBXlm0sJ/sqmvnlCksF"
    "c6LbJhwXh0YPFq6Rmv5tS8EH1j3vdm4EbVe01h4qz1eUjGLNbBVNTO6CtKJnaiBWSkoot0"
    "X4b1+r6lulbI5BLFP9vUMi+pq5TbsogNUu9DYV3uvZjvvjjakn6NUyx+igGckbMOvEFdNw"
    "YPfLFlMzcLdsMZh69315kPXN3KoL7I1J3apFXnhbM3fLlHPUNAf/Joigt5RbG8GldvHWRh"
    "iBb5fb2nDI5BXCYOyRmdwlcPlrHYHL6OzUm2+dVydvT6PDU4eEPCAoNiPE2ZliZ0GcMaHa"
    "vqjsvhuk2subWVObTnX85rRW445irSrnO38LYEi9sZVzHms+7GmtRuRZbDvZ3uRV5EPf3L"
    "yKgIOArs1eQBt7FtqBdHJudoWptd+RB2Fq7auotd9P7s8tkkbginUs2wtNY3FIVmm7ODgp"
    "72MyxUbqy+dcEQcNF31A7YWoG7UZgPZwCoKpKCtGg0PsxEdI5Ol4ZK6ykbfyjA3sZfl/DZ"
    "Mtkm+cjVzVkT1FZ7wxRwvrpYKxjEtYxnO+kE8V9lFBfDlWMbvRZWLLogcRtsaOGuncLZIV"
    "PZP4pTpc2veoAtVCntSljuFH1eBHFeNxmrNcFA7iad6CYUZwBNHY1dk8TWgYRHMQXWfnNK"
    "NnPm9lP2+DBVPSNBUkBaXUmjSKd5waJHCMDlPXWD4ilSYhX10yOXfgsXgJa8R9Sg1kVxUN"
    "vgp85/ynezPbe9C021J6xnbTsN18d7TmBkha02yA1Dg2vtxyL1l4mA7zbpi9UF2It/mpCy"
    "FNqiI2GxOo5kdnAxLS0vHZRzSCBBAPuGjIfA8CRsCceA+A4LZoljkHU8JbZQmlZACcT5ED"
    "BbWL7XnoEVJVTLaS+0pmGDIeU8j6YEh83itAWoWAMuLBERjzO00IGX0E/RnveOTaHpd8gN"
    "ANSWRkiWYg/YKCABuARu0wl8JjQfCX/3WPRSJ6lEjBbOTwf9hMVn0SAuiUeEz8iAHkrys0"
    "+TMRHpO8EtLv4r89IVAynPxbcqcgsbH8u1aFpqEPWY8+pIDq0Pe4hlaQOaHSwDDz+xJR5v"
    "e5Qeb3K1SHfNLr7pgkdRqI8FYqc8QCJTghJFAaWGf1mlcI9fPxcZmqyePj/LJJcW2vhVC1"
    "G9B7CXcEtoIe7LFOYypUd4z6wZV5R8wZOjXel1fdiw9AaN7jq+vLT7Le2/XIIKz37pz9zw"
    "eZRLAQf325C4u/x76s/e7+etW7Fi3hyTdZi7nUMlV5bfcOK2Frtz5t/4O79EhWMc6vG0op"
    "mcqh9SuHhG+mA3wkbzBfH3NTJ7cv5B0yVITL84MBkfwG4YDDQVyDO1TgAkeWjxlydGPhWV"
    "1Du1ef4PdqYrgp+si3jQ5zz6NM0YfZ6Wpar+ftdJlSn7/bir63M3Oe/0rXpEvNGaWmbqou"
    "iFZ7Ruluz82p5YRf+9gc/vzEkSHPJYOoswk1j9w8QPNoP6kgVF2kF838gjQQqlGkN/QpIz"
    "PoHYF+UL7Tl1kR/VSNSR+QR+h5aASDDAkkSbDnU+hBQKGSvKKy+1Z8TqRJkqg6SQLObFXA"
    "JH8vYanQuKLHk7dlyvC4VMFewkohnmtTOid8OdFlYVlRbN72/VY2b/ZR+VgzlBtd+FgzrK"
    "vOoUeUe84zpGAOKkyhT6qZDHqNDHoTTc4f2ocZVywTTRa2qjJIUsQ/kBckqSyP4tD5HgoC"
    "JwxVEjiJOE4OC+uyfn5iiGkfj5tgrXSR9QBV9W1arJUu+iXIGjqwVSvX3S/BFK4DUHUnNd"
    "cPHhMqKgAnSTC6PkAJLtMmgpQoZtqg9mxZNdVEiOZwMCXkwYJ45BKEN6UZ/hHcrhverUmo"
    "bTNQG8J2Bh30CL1FSxGzzYq0i8K3Ua+OAmkES8ZyLzEE8BFiJkvjiPgr7Ml2VOgmKIVFmR"
    "tilOPC7/wB2PyqyMP2aRvMkOOgkOZC6NC5OIbdA9DziLca5N3FA5WnK0aPCS0d+Q7yBEUT"
    "GK5VYDjqFw2skzqGxD97aNjjOkVcaa0GZvBXz31nDjjf+QHnB1dI5PKv0BrnRV51L86C+q"
    "FA/x6fdc97/+zKCqHwky+qhtKnRGa/vWWmRfU1QywyRspm+C8Vdn+UauIDOvCRwxCmR+J5"
    "+/iGbiXt34Sd8+dBc8POY4QRna7V7RlVU6JQ54TWjItT2nxOq5lczMItBZiIdGy4rbCV2E"
    "kddxgyI6xOtPbZPsgPxCS76flATCq8ViKnDgM+0fkgpAG/UZQJ94ICuqAMzo5An0L+EWYh"
    "f9ANH1sj/utB+Hbi5KZFG/TnUy5mBXlzA5vC0zeKRLstP8xk39VgCWsXBFl8Tyv3LhRvhI"
    "uaSQU7LkXlIsTyk8GOFWQucvboYBxrNBDmrRDmyBCVlmcZaxjXsnLXEmIBj2L5LkwgS2jt"
    "MH8sWtRN+pjx42vi4JUqRjY1dqbGrt41dmUyxdJ71BunHiQ3yA9srdpL6kGHQz+cthSObn"
    "ilXeTf2rHMc05tPgwVO4i5qf/KhU8RaQmH+maOYe2z/fP9QT59oqywsv5KQqWBDstWSoTE"
    "pNJAOBRvILpbcQdD2lkdfzChsnuHcD/2UWWu34oltcvw7V//DxmEdsE="
)
