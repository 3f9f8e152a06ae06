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
    "upload_id" UUID NOT NULL REFERENCES "uploads" ("id") ON DELETE RESTRICT,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS "idx_jobs_upload__0aa06f" ON "jobs" ("upload_id");
CREATE INDEX IF NOT EXISTS "idx_jobs_user_id_9dc17f" ON "jobs" ("user_id");
CREATE INDEX IF NOT EXISTS "idx_jobs_user_id_260af5" ON "jobs" ("user_id", "created_at");
CREATE INDEX IF NOT EXISTS "idx_jobs_unfinished" ON "jobs" ("created_at") WHERE state NOT IN ('done', 'failed', 'cancelled');
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
        """


MODELS_STATE = (
    "eJztXWtz27iS/SsofXGmSnF5nMTxJltbpcRKojuO7fXjZvaOpyhKgiSMKYCXAC1rZ+e/Lw"
    "CS4kMgTciURHHwZSYGu0nq4MHuRvfBn60ZGUGHHnZc9AtctD6AP1vYnkH+j8yVNmjZrhu3"
    "iwZmDxwparvIeoAL2WgPKPPsIePtY9uhkDeNIB16yGWIYCHdAVwWkDFgUwg6V702oFMyx4"
    "DgITwEfdeDY/TUB2OERxQg1pZyN986r4/fnURq8ylxIHA98giFzKF48ogM+aMRnmzyIT5G"
    "//ahxcgEchGPP+q333kzvw18gjT6032wxgg6oxSgaCRuINsttnBl291d7+yLlBQ/YGANie"
    "PPcCztLtiU4KW476PRodAR1yYQQ89mcJSAGvuOE/ZK1BS8MW9gng+XrzqKG0ZwbPuO6LDW"
    "f459PBT9BOSTxH/e/lf4agkxy7q4vLVuureW1VrpX/EKmd4Im4YEi7GBMBNA/flXcN8YEN"
    "naEg/4/K1z/erNyU8SAkLZxJMXJVytv6SizexAVYIeoyz/v4Lz56ntqXGO5DNI8xddB+Oo"
    "IQY5ngQRfBFAG4C0NbOfLAfiCZvyP38+OirA+J+dawkzl5I4Ez5rg+l8EV46Dq4JvGN8g5"
    "mjg3CsUQ3Gz4/j7SF8Ugbgk3x8T7Lw8lXLmtp0qgNwUqeBw/jkbQmQT97mgiwupUEeelCA"
    "YdlsFeYzfoWhGVRDndbMgD0KVQ+jf+wj9PwHji6xswjnVQH0t73v3Zvbzvcr8bgZpf92JH"
    "6d2664cixbF5nWV9m5sLwJ+NG7/QbEn+Bflxfd7Mq/lLv9V0u8k+0zYmEyt+xRYgmIWiPU"
    "Ur3u2JRZPl2r37O6FfR8+Mp16fg96egIk8Ke9uAjeVirn9Oappfr3Mt8OnqWnlGdUKnSsl"
    "7t1G2aJOvb0cJVGT8ozWiB1CqyX4gH0QRzh1Di2+PvYXOHSoFn6D3ehbfZS0Tj1vj5nj1f"
    "unbJ4cR/Ov/BkAWmWufmc+es25IAD+zhw9z2RlYKaXGFHJNMy1J29dLseJZtsbE9kdiIXy"
    "HeOXLZGYMzl7VU3nx4qV3ozgdCJd35Sww5OAtgM2ADCicziNkh6DHuMo8AotKTvrAZff2d"
    "Tl73RsK5Rvwis+kDR3XKJTwyjwRF6wEFxGcD8rTq1W/4Wc8793+24j7gHwsH2qFNIOTgE3"
    "d1KOW4LPso9v2frAhWi7gQS8DDudKSuhxm8Qf48a173QV8YjEIehfg1UH0mIM2OPB8jDkW"
    "Bz8FY8vEGXYXZ/BnA9US2cMsJ9CwVMiALdaXPXQUJuIlXh///Pb929M3J29PuYh80WXL+w"
    "Lgexe3GZ9MDni119vl0K18b1LYLpW35/4uZ7/msG1dd8+7nZvu2QcQ3eEeX99dXPQuvvKm"
    "YH7f4zNuNH0AI4LhPf7S6Z0L+bGNHCF9fnlz+wE4fLze48+di8/dc3l5KKBxAglun3GJEJ"
    "TdRzX4dwozpa2WH9VI6qzVrTUzvTMYH5+WAfn4NB9lcS0NM/+So0foIUg11qW00vbWpqM9"
    "WZgmrm9RyB8yUqD6xSF2Dq4ZvQywY6G4b9AW4HZ2effpvAuurrufeze9y4u0uygviibegA"
    "Ib+brbOc+G5fhawA3atdBW6BrEn0VcfFF8T/HZ/cfN5YUa6IRKNjyChgz8H3AQLQNzzVbn"
    "AqAFFqmYSLQGv/re+TW7PH8+v/yUtSbFDT5lkE/6DivoPxejSqmaIHRdolZlgtDcUvXW23"
    "pIa5rQZJ1Dk5BDuE4fJ/VMD9e5h/8gA83Yc6xhQs8Z1z8I5Cnx/IQmuZ5LWm9TnstWswsC"
    "3+U/jo/fvHl/fPTm5PTd2/fv350eLZ2Y1UtF3syn3lfh0KRmSeDhFIT+Q1griP7fxHfar3"
    "4ouwGQHoHqPYDMqlEBrP8I7tJMSONlslZbKv4IsS5mnjpHMr7aLtxYEXLldlV+TAkYoRGY"
    "T20GGJH/bwMbixaIV3dGSshXnLpYtDKXXZHDAVDfbK+trcftgq2GnW10P28/7p+xYct9J6"
    "1A9FLDJNeVSK6j/uAPOFSYD/kIJ1QaCPHxu3clMOZSuSDLa9lQP7ORoxO4izVeFLdbb7Ms"
    "3vAd+MhhCNND8dhd7PluJJzHPUex9a+1rMQqzdve+rvn7G7VSGlWtHTFM92NxX/GQT2HjE"
    "HvWr7citGfFii0+0dclM8NIVu6RmrG1wb+ZoAJg97GgIsTD0zsRwh8FxB8CPrBHbmZ1xcp"
    "TSLRKWg5oMkkKFVtVLU3N47FnjoWyz7W+W6llBpX0bMRY01OL02Xg6hSxZpgDhuPYz8HMb"
    "cyqMpxvoVPOYt1rNEIjIvsqu6vt8U+xdKsOr+8+BqJZx2NTKWlvXCIrVib8xFPqBjI14B8"
    "rxLo9ii5d7+cN5Prsvfe2xd7CFsKp022t4t8tTGXKO2kCeGILcJBA8/2Fip3SyV2j+9x3y"
    "ViGPSB7UEw5osIePXUBoufAMLAnRJGgIue+Au2AZrx3/nagWMG4ELIepR9BP0BeZLumdBq"
    "gzkasWkbTCGaTA1bRY12HwxbRZmM+E2wVTwE1DVl4Q3FG4juRlwCNvVnA2wjx9LEeUXRIF"
    "4OcbnEa9imS3ljlirM0uBLqQFnrGDwVODJzRGdHclQfPvbkQ2qIwgsSB3UYw0D/AuAp0Oi"
    "KpwpKFFaamyzMGk3iFdSDWZiBn+TmEE6yjwjj2uWRSU1TfVEnasnDHWPoe7ZKKKbpO5JFw"
    "Et44WZJIZQ9csv19CxcxJI43z+KC65Zx+iPLTTk90Ve1IvxOjOjTa29nLVXkVoo9FviHPC"
    "3xA/G/8WIiUD4Lcins1NEegJrmQKwdzj9hwFQ+Jj9gEQbqHImPeUOEImjIBPuQ8NKQN9Rh"
    "4g7otmG/TFm/bBzF5EtChgTryH1Wj6lp75gsj5bmO6NcqleXNcIgD25jg3/iUuFYfPZW8q"
    "FpaCDLKlSpMiOLsoGNzNxl5vBGcuYXyRWlxD7lCnp16uUOGSh2Jxy5PyGuufjemcrzOM8A"
    "XFg3xQ8FVGplUOuMElcisTL/OaW19tMEGPEAN7wjtRqInlifL3j7TVS95mHqNY5X5LmkYi"
    "Ov+7yeWsyxwsWgrr7FLVxU/WKBMzG4eb3MYa8+dDz/WQqsw8H+WMWgPR3kByLLOZr5POFi"
    "usZSHVzP+qfotrpFgY8jMyI/kmlHhtOxtzv3YATMnXvicNCl4NhTcR0m3k+w9/kIEGV3YQ"
    "DgNzxKaA8L+JB2bChpeBRJH5pzrOqqyizCpkKC7cCoiuPTQeC9Js6g9mSDJUt0GfyNeifS"
    "kjbMEDCoZTgvjd2iI30bGxvIUN+nz4yV9GD2dwhOzDK3lNvAnxmSwOC5lQKL8vd0E4Rn2V"
    "XldeunHhsP/xHo89DjTXCH6A4Kr4enUHQgZHmRNJ/RkF5JE7PoIJd/mQkhGalCuTWBJ+F4"
    "tMPCYyl56j8Ra9bfmY2yKITgP632hlabXziLz5pA/IvMXvEETeAZev+NeStteQeu88HTOc"
    "OTo2aUKlgfZoVSG8Peb55qK+Psv3f9917wQpd6B9j390ereS4XtuIyYZvlc5v793r7/Klh"
    "n0JrIlZPeWjeE68Sw7uIoRPPs9KZWPWzkLOL8zwlqh8VjDzK0Sc8slREEJUnAyXyi/xdkU"
    "/XNPEQ5tplWQ8/PtEiqGeKXYR1wn/5Fbojq9Eckb7ur1MQ8MfB3UYw2D+wtSTkP3h/s8zF"
    "Ys9M8RpSYUzTEPK+fPRBgJq2odbCM9A20W2sDP1x61WTUTjs6DVhtUM06VYIo4lEXntutC"
    "RQwgH9OsnoFWBa2lP1jTWgZWczbROsZYFdUo3Czjr6tb55rWasIe4FaIhiRoFP2vwg4rSi"
    "jKKDbIXthKblHCqfbgI4Jz3dGeUTPDvdRwp8T3+GduTczV2gb6UtALhxt62sM8pWWgLpfx"
    "ZU6a21HUCBMrsKOJj1UZuoQ40MY5pQlZ3UxHDMINhE0YisuW7fbBp8vL81QffOplU5Xuvn"
    "/qXr/6+ae00bj6GYV4xF9Cx+FJaBhnx5DI/V3zwcyBiS9cxOrUyREmhb0cZVOt0c0ZVdPP"
    "de7nIIdRt04lqWSK/9NfxTrX/ewHmoZKoRDRl1MprC4AVWBalhBgX1FNLnopXK/5Knzd+3"
    "xbjqPCZgzOXBVFmA79Qie4yx6axqUoKgyRRxmUolSHl4FU6aGw9QBpw0UpeWTWieFWWJxi"
    "aXBa/5ii4VRWZIAJkWUlsuSc3+Uj6LvQowT3gXgPKug3ZgAx4EHXEQ9oy1cHM2iLdGYAH6"
    "G3IBiqzirdyDPMMUS13l7Kr7oIulwrBL/UaF74vfoSYBnC1XMREirGRfhrxVbQAzPWMFgW"
    "ulvmePQXH4+enfcV4FmdSVtHQBMrnbaXtUm779JnA/L0PTioUWX9pQUKbUAiRcsZgPHhkI"
    "JYjUEsKotlFbFnYxqchR0yr8HxGA6ZOBwSMOg4FJDxRynqcSdgAVx/4IjILFVWNG/oObIA"
    "mgqKIz6mlxXQxAu54EJZ/g5t0Bcl0uKq/nmWqfLh6GllioeDnrB8TEMXqLB0mMtYNgO9G3"
    "Bxd34eTO7Ug+V1jefqPvXyNnxyruW8/PFa9nNSy1jR1VjRpkJ8E9aeOVtyK4lY5qhDQ65T"
    "m65ocjZFaDJodnlCzeyv121/vSbsSVFcX+GqJEL++U5KcnehjJvC3YQJDIicuVN8wA19MQ"
    "xBX7bnEReFb3ItZT6C/gNcLJ2EOcJYkiAR+f1WuSxbeaaSlDX2++UsWWFlTTkGoXAJv2BZ"
    "vUrcgBW50DOQVEaSxihkMRH8RSF1tj59kQmwb801kENmpQPy0Y/km8SRXVkeqpzsq2jmJ7"
    "IvFcyBWy9hP9g34qhwjdT0b1sKpqjuebdzIwidorV2XxmgomQUa2arCERyF6QVPZMdv1Js"
    "QLktwn/7WvXAKmVzSl2ZuuAt8oTXzG3aRmmkdgmwqf1dz3bcHaNIPUGvllNEB81I3oBZJx"
    "aRhgO7Wx6RmoG7YYvBVELvyoOsb+ZWXWBvTOpWLfLC25q5W6aco6Y5+DdBBL2l3NoILrWL"
    "tzbCCHy73NaGQyavEQZjj8zkLoHLX+sQXEZHW95867w+fncSnW05JOQBQbEZIY42FDsLD9"
    "BVbl9Udt8XpNrLm1lTm051/Oa0VuNOyqwq5zt/C2BIvbGVc1xmPuxprUbkWWw62d7kVeRD"
    "39y8CvjkIn63NXo9rdm8o6r2pJNzsytMrf2WPAhTa19Frf1ucn9ukTQCV6xj2V5oGovjk0"
    "rbxcFBZh+TKTZSXz7nijhouOgDai9E3ajNALSHUxBMRVkxGpwxJj5CIk/HI3OVjbyRZ5jT"
    "5OtzmEvR6V/M0cJ6qWAs4xKW8Zwv5FOFfVQQX45VzG50mdiy6EGErbGjRjp3i2RFzyR+qc"
    "7+9T2qQLWQQXOpY5gzNZgzxXic5iwXhYN4mrdgmBEcQTR2dTZPExoG0RxE19k5zeiZz1vZ"
    "z9tgwZQ0TQVJQSm1Jo3iLacGCRyjs641lo9IpUnIV5dMzh14LF7CGnGfUgPZVUWDrwLfOf"
    "/p3sz2HjTttpSesd00bDffHa25AZLWNBsgNY6NL7fcSxYepsO8L8xeqC7E2/zUhZAmVRGb"
    "jQlU86OzAQlp6fjsIxpBAogHXDRkvgcBI2BOvAdAcFs0y5yDKeGtsoRSMgDOp8iBgtrF9j"
    "z0CKkqJlvJfSUzDBmPKWR9MCQ+7xUgrUJAGfHgCIz5nSaEjD6C/ox3PHJtj0s+QOiGJDKy"
    "RDOQPqAgwAagUTvMpfBYEPzlf91jkYgeJVIwGzn8HzaTVZ+EADolHhM/YgD56wpN/kyExy"
    "SvhPS7+G9PCJQMJ/+W3ClIbCz/rlWhaehD1qMPKaA69D2uoRVkTqg0MMx8WiLKfJobZD5d"
    "oTrkk153xySp00CEN1KZIxYowQkhgdLAOqvXvEKon4+OylRNHh3ll02KazsthKrdgN5JuC"
    "OwFfRgj3UaU6G6ZdT3rsw7Ys7QqfG+vOpefABC8x5fXV9+kvXerkcGYb135+x/PsgkgoX4"
    "68tdWPw99mXtd/fXq961aAlyx2pS273FStjarU+b/+AuPZJVjPPrhlJKpnJo/coh4ZvpAB"
    "/JG8zXx9zUye0KeYcMFeHy/GBAJP+CcMD+IK7BHSpwgSPLxww5urHwrK6h3atP8Hs1MdwU"
    "feTbRvu551Gm6MPsdDWt1/N2ukypz99tRd/ZmTnPf6Vr0qXmjFJTN1UXRKs9o3S75+bUcs"
    "KvfWwOf37iyJDnkkHU2YSaR27uoXm0m1QQqi7Si2Z+QRoI1SjSG/qUkRn0DkE/KN/py6yI"
    "fqrGpA/II/Q8NIJBhgSSJNjzKfQgoFBJXlHZfSs+J9IkSVSdJAFntipgkr+XsFRoXNHj8b"
    "syZXhcqmAvYaUQz7UpnRO+nOiysKwoNm/7fiObN7uofKwZyo0ufKwZ1lXn0CPKPecZUjAH"
    "FabQJ9VMBr1GBr2JJucP7f2MK5aJJgtbVRkkKeIfyAuSVJZHse98DwWBE4YqCZxEHCf7hX"
    "VZPz8xxLSPx02wVrrIeoCq+jYt1koX/RJkDe3ZqpXr7pdgCtcBqLqTmusHjwkVFYCTJBhd"
    "H6AEl2kTQUoUM72g9mxZNdVEiOZwMCXkwYJ45BKEX0oz/CO4XTe8W5NQ22SgNoTtDDroEX"
    "qLliJmmxVpF4Vvo14dBdIIlozlXmII4CPETJbGEfFX2JPtqNBNUAqLMjfEKMeF3/kDsPlV"
    "kYft0zaYIcdBIc2F0KFzcQy7B6DnEW81yLuNBypPV4weE1o68h3kCYomMFyrwHDULxpYJ3"
    "UMiX/20LDHdYq40loNzOCvnvvOHHC+9QPO966QyOVfoTXOi7zqXpwF9UOB/j0+6573/tmV"
    "FULhJ19UDaVPicx+e8tMi+prhlhkjJTN8F8qbP8o1cQHdOAjhyFMD8XzdvEN3Ujavwk758"
    "+D5oadxwgjOl2r2zOqpkShzgmtGRentPmcVjO5mIVbCjAR6XjhtsJGYid13GHIjLA60dpn"
    "+yA/EJPspucDManwWomcOgz4ROeDkAb8RlEm3AEFdEEZnB2CPoX8I8xC/qAbPrZG/NeD8O"
    "3EyU2LNujPp1zMCvLmBjaFJ28ViXYbfpjJvqvBEtYuCLL4nlbuXSjeCBc1kwp2VIrKRYjl"
    "J4MdKchc5OzRwTjWaCDMGyHMkSEqLc8y1jCuZeWuJcQCHsXyXZhAltDaYv5YtKib9DHjx9"
    "fEwStVjGxq7EyNXb1r7MpkiqX3qF+cepDcIN+ztWonqQcdDv1w2lI4uuGVdpF/a8cyzzm1"
    "+TBU7CDmpv4rFz5FpCUc6i9zDGuf7Z/vD/LpE2WFlfVXEioNdFg2UiIkJpUGwqF4A9HdiD"
    "sY0s7q+IMJle07hLuxjypz/VYsqW2Gb//6f0GvtTY="
)
