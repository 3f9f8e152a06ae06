"""The pages of admins, below /admin; to everybody else there is nothing there."""

from gateway.site.guard import Page
from gateway.site.pages.admin import jobs, letters, log, queue, tiers, users, weights

PAGES: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/admin", queue.show),
    ("POST", "/admin/pause", queue.pause),
    ("POST", "/admin/resume", queue.resume),
    ("GET", "/admin/jobs", jobs.overview),
    ("GET", "/admin/jobs/{id}", jobs.show),
    ("POST", "/admin/jobs/{id}/cancel", jobs.cancel),
    ("POST", "/admin/jobs/{id}/retry", jobs.retry),
    ("GET", "/admin/users", users.overview),
    ("GET", "/admin/users/{id}", users.show),
    ("POST", "/admin/users/{id}", users.change),
    ("POST", "/admin/users/{id}/{deed:block|unblock|promote|demote|cancel-jobs}", users.act),
    ("GET", "/admin/tiers", tiers.overview),
    ("GET", "/admin/new-tier", tiers.blank),
    ("POST", "/admin/new-tier", tiers.create),
    ("GET", "/admin/tiers/{tier}", tiers.show),
    ("POST", "/admin/tiers/{tier}", tiers.change),
    ("POST", "/admin/tiers/{tier}/delete", tiers.delete),
    ("GET", "/admin/weights", weights.overview),
    ("GET", "/admin/letters", letters.show),
    ("POST", "/admin/letters/{letter}/{deed:replay|discard}", letters.act),
    ("GET", "/admin/log", log.show),
)
