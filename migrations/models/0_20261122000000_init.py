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
    "actor" VARCHAR(64) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "reason" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "deliveries" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE "dead_letters" IS 'A message that an actor gave up on.';
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
    "eJztXWtz27iS/SsofUmmSnZ5nMTJJltbpcRKojt+rR83s3c8RVEiJGFMAbwEaFk7O/99AZ"
    "AUHwJpQtaD4uDLTAx2k9TBg92N7oM/W1PiQJcedjz0C5y3PoI/W9ieQv6P3JU2aNmel7SL"
    "BmYPXClqe8h6gHPZaA8o8+0h4+0j26WQNzmQDn3kMUSwkO4ALgvICLAJBJ2rXhvQCZlhQP"
    "AQHoK+58MReuqDEcIOBYi1pdzN987B8buTWG02IS4Enk8eoZA5FE92yJA/GuHxJh8SYPTv"
    "AFqMjCEX8fmjfvudN/PbwCdI4z+9B2uEoOtkAEWOuIFst9jck213d73Tr1JS/ICBNSRuMM"
    "WJtDdnE4IX4kGAnEOhI66NIYa+zaCTghoHrhv1StwUvjFvYH4AF6/qJA0OHNmBKzqs9Z+j"
    "AA9FPwH5JPGft/8VvVpKzLIuLm+tm+6tZbWW+le8Qq43oqYhwWJsIMwEUH/+Fd43AUS2ts"
    "QDvnzvXL9+c/KThIBQNvblRQlX6y+paDM7VJWgJyjL/y/h/GVi+2qcY/kc0vxFV8E4bkhA"
    "TiZBDF8M0AYgbU3tJ8uFeMwm/M+fj45KMP5n51rCzKUkzoTP2nA6X0SXjsNrAu8E33Dm6C"
    "CcaKwH4+fH8fYQPqkC8Ekxvid5ePmqZU1sOtEBOK3TwGF88rYCyCdvC0EWl7IgD30owLBs"
    "tgzzKb/C0BSqoc5q5sB2ItXD+B/7CD3/gc4ldufRvCqB/rZ33r257ZxficdNKf23K/Hr3H"
    "bFlWPZOs+1vs7PhcVNwI/e7Xcg/gT/urzo5lf+hdztv1rineyAEQuTmWU7qSUgbo1Ry/S6"
    "a1NmBXSlfs/rrqHno1euS8fvSUfHmJT2tA8fycNK/ZzVNL1c517m09G39IzqlMo6LevlTt"
    "2mSbK6HS1cldGD0owWSC0j+5X4EI0xdwglvj3+HjZ3qBR4Rt7jXXSbvUQ0aU2e79uzhWuX"
    "Hk78p/MfDFloqnVuvnROuy0J8MAePsxs37EySIsr5JjkWhayy5emx9N8i43tscRG/Arxzr"
    "HLzhiceqyl8uajS+1Sdz4UqujOX2LIwZkDmwEbUDieQswOQY9xl9kBiEpP+sJm9OCcjg96"
    "jnCuEb/IbPrAUZ1wCZ/MYkHR+ooCErABeVr26jf8rOed+z9bSR/wj4UL7cgmEHLwibs6lH"
    "JcFn2U+P5PVgyrRTyIJeDRXGlJXQ6z+AP8+N697gI+sRgEvQvw+lX8mFdt8MoPMOZYvPop"
    "HFsmzrC7OEMwHaiWyB5mBYGGhUIObLG+7KGjMBYvcXD889v3bz+8OXn7gYvIF120vC8Bvn"
    "dxm/PJ5IBXe71dDt3S9yaD7UJ5e+7vYvZrDtvWdfes27npnn4E8R3u8fXdxUXv4htvCuf3"
    "PT7lRtNH4BAM7/HXTu9MyI9s5Arps8ub24/A5eP1Hn/pXHzpnsnLQwGNG0pw+4xLRKDsPq"
    "rBv1OYKW214qhGWmelbq2Z6Z3D+PhDFZCPPxSjLK5lYeZfcvQIfQSpxrqUVdre2nS0JwvT"
    "2AssCvlDHAWqX11iF+Ca08sBOxKK+wZtCW6nl3efz7rg6rr7pXfTu7zIuovyomjiDSi0ka"
    "+7nbN8WI6vBdygXQltha5B/FnExRcl8BWf3X/cXF6ogU6p5MMjaMjA/wEX0Sow12x1LgFa"
    "YJGJicRr8Ovzzq/55fnL2eXnvDUpbvA5h3zad1hC/7kYVUbVBKHrErWqEoTmlqq/2tZDVt"
    "OEJuscmoQcwlX6OK1nerjOPfwHGWjGnhMNE3rOuf5hIE+J52c0LvRcsnqb8ly2ml0Q+i7/"
    "cXz85s3746M3Jx/evX3//t2Ho4UTs3ypzJv53PsmHJrMLAk9nJLQfwTrGqL/N8md9qsfqm"
    "4AZEegeg8gt2qsAdZ/hHdpJqTJMlmrLZXAQayLma/OkUyutks3VoRctV2VHxMCHOSA2cRm"
    "gBH5/zawsWiBeHlnpIL8mlMXy1bmqityNADqm+21tfW4XbLVsLON7uftx/0zNmy576QViF"
    "5omOS6Csl1NBj8AYcK86EY4ZRKAyE+fveuAsZcqhBkeS0f6mc2cnUCd4nGi+J2q22WJRu+"
    "gwC5DGF6KB67iz3fjYTzuOcotv61lpVEpXnbW3/3nN2tGinNipYueaa7sfhPOahnkDHoX8"
    "uXWzL6swKldr/DRfncELKVa6SmfG3gbwaYMOhtDLg48cHYfoQg8ABRuAAVdYwbsKdugOxN"
    "TcOVqBKOmmBUGbt1P+1W/q2iKvfrFj4VLCKJRiMwLvs6d3+9LbdMFx/ns8uLb7F43lzN1e"
    "vZc5fYioW7GPGUioF8Bcj3Kg1rj1JE98sFMBkTe+8DfLWHsKUw/WV7qcU/4hKVTX0hHHMO"
    "uGjg2/5cZd2rxO7xPe57RAyDPrB9CEZ8EQGvn9pg/hNAGHgTwgjw0BN/wTZAU/47D1w4Yg"
    "DOhaxP2SfQH5CnviiKEFptMEMOm7TBBKLxxHAe1CiGbTgPquRVb4Lz4CEkQKkKbyTeQHQ3"
    "4hKwSTAdYBu5libOS4oG8WqIyyVewzZdyBuzVGGWhl9KDTgTBYOnAk9ujujsa0Xi29/Ual"
    "A2emhB6qCeaBjgXwA8HRJV+UVJoctCY5vlLbtBfC01RSZm8DeJGWSjzFPyuGJxTVrT5ODX"
    "OQffEMAYApiNIrpJAphsKckiXpjbXI9Uv/5yDV27IA0xyQqP45J79iEqQjs72T2xJ/VCjO"
    "68eGNrL1ftZYQ2Gv2GuCD8DfGz8W8hUjEAfivi2dwUgb5g3KUQzHxuz1EwJAFmHwHhFoqM"
    "eU+IK2SiCPiE+9CQMtBn5AHivmi2QV+8aR9M7XlMrgFmxH9YjqZv6ZkviJzvNqZbI47VN8"
    "cVAmBvjgvjX+JSefhc9qZiYSnJbFqoNCmCs4uys91s7PUcOPUI44vU/Bpyhzo79QqFSpc8"
    "lIhbvpTXWP9sTGd8nWGELyg+5IOCrzIyi2/ADS6Rypd6mQNufbXBGD1CDOwx70ShJpYnyt"
    "8/1lYveZt5jGKV+y1tGono/O8mx7Auc7BsKayzS1UXP1mj2MhsHG5yG2vEnw99z0eqYuVi"
    "lHNqDUR7A8mxzGaBTjpborCShVQz/2v9W1yOYmEozsiM5ZtQKLTtbMz92gEwhUP7njQo2B"
    "kU3kRE2lDsP/xBBhqMy2E4DMwQmwDC/yY+mAobXgYSReaf6lCkqooyq5Ahadf1E7pkH41G"
    "gnqZBoMpkjzHbdAn8rVoX8oIW/AVBcMJQfxubZGb6NpY3sIGfT785C+jh1PoIPvwSl4Tb0"
    "ICJomaIz4Nyu/LXRCOUV+l15WXbjw47H+6xyOfA801wh8gGA++Xd2BiAdQ5kTSYEoBeeSO"
    "j+BTXTykYoQm48qkloTfxSKTjIncpefIoEVvWwHmtgiik5BENl5ZWu0iOmg+6UNKaPE7BB"
    "10yAgr/rUgfzXU0DtPx4xmjo5NmlJpoD26rhDeHrNFc9FAnyv6v++6d4LaOdS+xz86vVvJ"
    "Ez2zEZM80cvM0efd62+yZQr9sWyJOKJlY7ROPMsxreKVzn9PKuXjrp1Lmt8ZYa3QeKJh5l"
    "aFueURoiCWKDnfLZLf4myK/7mnCEc20zLIxfl2KRVD31HuI66S/8gtUZ3eiOUNA/LqmIcG"
    "vg7qiYbB/QUpp5H7w30eZisW+ufoNlOK5rCApVNMYoyEVbUKtrGegTYPbejna4/avJoJRx"
    "dBqw2qGadKMEUcyqIz2/OgIgZQjGlez0CrgtbSH6xZLQOrOeFmFWNsHdUo3Czjr6tb55rV"
    "asIe4FaIhiRoFP2vwg4rSyjKKTbIXthKblHKqfbhI4Iz3dGeUzPDvdJwpyTw+WduRczV2g"
    "b6StALhxv62sM8o2WgrpbxZc4r21HUCBMrtKNJgFUZuoS40MYFpQl53VxHDKINhE0YiouW"
    "7fbB58vLs0wffO7lU5Xuzj93r1///FPWaFz+jELs8JfQcXhSGsbZMSRyf9d8MHPs3gsXsT"
    "p1coxJaS/H2VQrdHNO1fRznfs5zGHUrVNJK5ni/+xXsc51P/uBpqFSKEX05VQKywvAOjCt"
    "Sgiwr6imF70Mrtd8Fb7ufbmtxlFhMwannooiTId+oRPeZQ9N40oUFYbIowpKcarDy0Ba69"
    "Gi9QBpw0UpRWTWqeFWWpxiaXBa/5ig4URWZIAxkWUlsuSc3+UT6HvQpwT3gXgPKug3pgAx"
    "4EPPFQ9oy1cHU2iLdGYAH6E/JxiqTrzcyDPM8Ti13l4qrroIu1wrBL/QaF74ff0lwDKEq+"
    "cipFSMi/DXkq1gzo/fiLtlDtl+8SHb+Xm/BjzXZ9LWEdDUSqftZW3S7rsM2IA8nYfnAqqs"
    "v6xAqQ1IpGg1AzA5i1AQqzGIRWWxrCL2bUzDE5Uj5jU4GsEho8I+Y9B1KSCjT1LU507AHH"
    "jBwBWRWaqsaN7Qc2QBNBUUR3xMLyqgiR9xwUWy/B3aoC9KpMXVC5vRg3M6Pug5FQ3JTPlw"
    "/LQqxcNhT1gBppELVFo6zGUsm4HeDbi4OzsLJ3fmwfK6xnN1n3p5Gz250HJe/Hgt+zmtZa"
    "zo9VjRpkJ8E9aeOVtyK4lY5qhDQ65Tm65ocjZFZDJodnlKzeyv121/vSbsSXFcX+GqpEL+"
    "xU5KenehipvC3YQxDImcuVP8ihv6YhiCvmwvIi6K3uRaynwC/Qc4XzgJM4SxJEEi8vutcl"
    "m28kwlKWvi98tZssTKmnEMIuEKfsGiepV4IStyqWcgqYwkjVHEYiL4iyLqbH36IhNg35pr"
    "IIfMUgcUox/LN4kje215qHKyL6NZnMi+UDAHbr2E/WDfiKOiNVLTv20pmKK6Z93OjSB0it"
    "fafWWAipNRrKmtIhApXJCW9Ex2/FKxAeW2CP/tK9UDq5TNKXVV6oK3yBNeM7dpG6WR2iXA"
    "pvZ3Ndtxd4wi9QR9vZwiOmjG8gbMOrGINBzY3fKI1AzcDVsMphJ6Vx5kfTO36gJ7Y1K3ap"
    "EX3tbM3TLlHDXNwb8JI+gt5dZGeKldvrURReDb1bY2XDI+QBiMfDKVuwQef61DcBkfbXnz"
    "vXNw/O4kPttySMgDgmIzQhxtKHYWHqCn3L5Y231fkGovb2ZNbDrR8ZuzWo07KXNdOd/FWw"
    "BD6o+sguMyi2HPajUiz2LTyfYmr6IY+ubmVcAnD/G7rdDrWc3mHVW1J51cmF1hau235EGY"
    "Wvt11NrvJvfnFkkjcMk6lu2lprE4PqmyXRweZPYpnWIj9eVzroiLhvM+oPZc1I3aDEB7OA"
    "HhVJQVo+EZY+IjJPJ0fDJT2cgbeYY5Tb4+h7mUnf7FXC2sFwrGMq5gGc/4Qj5R2Ecl8eVE"
    "xexGV4ktix5E2Bq5aqQLt0iW9Ezil+rs38CnClRLGTQXOoY5U4M5U4zHScFyUTqIJ0ULhh"
    "nBMUQjT2fzNKVhEC1AdJWd05ye+bxV/bwN5kxJ01SSFJRRa9Io3nJqkMAxPutaY/mIVZqE"
    "/PqSybkDj8VLWA73KTWQXVY0+CrwnfGf7k9t/0HTbsvoGdtNw3YLPGfFDZCsptkAqXFsfL"
    "HlXrHwMBvmfWH2wvpCvM1PXYhoUhWx2YRAtTg6G5KQVo7PPiIHEkB84KEhC3wIGAEz4j8A"
    "gtuiWeYcTAhvlSWUkgFwNkEuFNQutu+jR0hVMdm13Fcyw5DRiELWB0MS8F4B0ioElBEfOm"
    "DE7zQmxPkE+lPe8cizfS75AKEXkcjIEs1Q+hUFITYAOe0ol8JnYfCX/3WPRSJ6nEjBbOTy"
    "f9hMVn0SAuiE+Ez8iAHkrys0+TMRHpGiEtJz8d+eEKgYTv4tvVOQ2lj+XatC09CHrEYfUk"
    "J1GPhcQyvInFJpYJj5Q4Uo84fCIPOHJapDPul1d0zSOg1EeCOVOWKBEpwQEigNrPN6zSuE"
    "+vnoqErV5NFRcdmkuLbTQqjaDeidhDtCW0EP9kSnMRWqW0Z978q8Y+YMnRrvy6vuxUcgNO"
    "/x1fXlZ1nv7flkENV7d07/56NMIpiLv77eRcXfo0DWfnd/vepdi5Ywd6wmtd1brISt3fq0"
    "+Q/uwiNZxri4biijZCqHVq8cEr6ZDvCxvMF8dcxNndyukHfJUBEuLw4GxPIvCAfsD+Ia3K"
    "ECF+hYAWbI1Y2F53UN7V59gt/LieGm6KPYNtrPPY8qRR9mp6tpvV6002VKff5uK/rOzsx5"
    "/itdky41Z5Sauqm6ILreM0q3e25OLSf8ysfm8Oenjgx5LhlEnU2oeeTmHppHu0kFoeoivX"
    "jml6SBUI0ivWFAGZlC/xD0w/KdvsyK6GdqTPqAPELfRw4MMySQJMGeTaAPAYVK8oq13XfN"
    "50SaJIl1J0nAqa0KmBTvJSwUGlf0ePyuShkelyrZS1gqxPNsSmeELye6LCxLis3bvt/I5s"
    "0uKh9rhnKjCx9rhvW6c+gR5Z7zFCmYg0pT6NNqJoNeI4PeRJOLh/Z+xhWrRJOFraoMkpTx"
    "DxQFSdaWR7HvfA8lgROG1hI4iTlO9gvrqn5+aohpH4+bYq30kPUAVfVtWqyVHvolzBras1"
    "Wr0N2vwBSuA9D6TmquHzwmVFQCTppgdHWAUlymTQQpVcz0gtqzRdVUEyGawcGEkAcLYscj"
    "CL+UZvhHeLtudLcmobbJQG0E2yl00SP05y1FzDYv0i4L38a96oTSCFaM5V5iCOAjxEyWxh"
    "HxV9ST7bjQTVAKizI3xCjHhd/5I7D5VZGHHdA2mCLXRRHNhdChM3EMuw+g7xN/Oci7jQcq"
    "T1eMHxNZOvId5AmKJjBcq8Bw3C8aWKd1DIl//tCwx1WKuLJaDczgXz/3nTngfOsHnO9dIZ"
    "HHv0IrnBd51b04DeuHQv17fNo96/2zKyuEok++qBrKnhKZ//ZWmRbrrxlisTFSNcN/obD9"
    "o1RTH9BBgFyGMD0Uz9vFN3Qjaf8m7Fw8D5obdh4hjOhkpW7PqZoShTontOZcnMrmc1bN5G"
    "KWbinAVKTjhdsKG4md1HGHITfC6kRrn++D4kBMupueD8RkwmsVcuow4BOdD0Ia8hvFmXCv"
    "KKBzyuD0EPQp5B9hFvEH3fCx5fBfD6K3Eyc3zdugP5twMSvMmxvYFJ68VSTabfhhJvuuBk"
    "tYuyTIEvhauXeReCNc1Fwq2FElKhchVpwMdqQgc5GzRwfjRKOBMG+EMEeGqLQ8y0TDuJZr"
    "dy0hFvAolu/SBLKU1hbzx+JF3aSPGT++Jg5epWJkU2NnauzqXWNXJVMsu0f94tSD9Ab5nq"
    "1VO0k96HDoh5OWwtGNrrTL/Fs7kXnOqS2GYc0OYmHqv3LhU0RaoqH+Msew9tn+xf4gnz5x"
    "VlhVfyWl0kCHZSMlQmJSaSAciTcQ3Y24gxHtrI4/mFLZvkO4G/toba7fkiW1zfDtX/8P9G"
    "0l3g=="
)
