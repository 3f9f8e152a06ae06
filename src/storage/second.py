"""A second attempt at a segment that an agent works on already."""

from storage.dispatch import Release, Released, lock_jobs
from storage.fence import fenced

_RELEASE = """
WITH slow AS (
    UPDATE segments s SET attempts_made = s.attempts_made + 1
    FROM jobs j
    WHERE j.id = s.job_id AND j.state = 'running' AND s.job_id = $2 AND s.index = $3 AND s.state = 'released'
      AND (SELECT count(*) FROM attempts a
           WHERE a.segment_id = s.id AND a.state IN ('released', 'running')) = 1
    RETURNING s.id, s.job_id, s.index, s.attempts_made AS number, s.range
),
added AS (
    INSERT INTO attempts (id, segment_id, job_id, number, state, deliveries, gpu_seconds, charged_seconds,
                          released_at)
    SELECT $1::uuid, id, job_id, number, 'released', 0, 0, 0, now() FROM slow
)
SELECT * FROM slow
"""


async def release_second(fence: int, wanted: Release) -> Released | None:
    """Hand out a running segment once more. None if it has ended, or two attempts are at it.

    Raises Deposed, and changes nothing, if `fence` is not the newest.
    """
    async with fenced(fence) as connection:
        await lock_jobs(connection, [wanted.job_id])
        rows = await connection.execute_query_dict(_RELEASE, [wanted.attempt_id, wanted.job_id, wanted.index])
    if not rows:
        return None
    (row,) = rows
    return Released(wanted.attempt_id, row["job_id"], row["index"], row["number"], row["range"])
