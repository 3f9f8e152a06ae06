"""Fair sharing of D servers between users by weight, in GPU seconds: SFQ(D), pure, without I/O or clock.

Start-time fair queueing (Goyal, Vin, Cheng: Start-Time Fair Queueing, SIGCOMM 1996) gives every request a
start tag in virtual time and serves the smallest; Jin, Chase and Kaur (Interposed Proportional Sharing for a
Storage Service Utility, SIGMETRICS 2004) let D requests be served at once and prove, for flows f and g with
work waiting over any interval,

    |W_f / w_f - W_g / w_g| <= (D + 1) (c_f / w_f + c_g / w_g)

with W the service received, w the weight and c the largest cost of one request. Costs here are estimates
until a segment ends, so that tags are corrected to what was measured; see `Flow`.
"""

from scheduler.fairqueue.census import Census
from scheduler.fairqueue.forecast import HORIZON, Forecast, Hypothesis, Outlook, Running, forecast
from scheduler.fairqueue.history import Past, ahead
from scheduler.fairqueue.queue import FairQueue
from scheduler.fairqueue.snapshot import Share, shares
from scheduler.fairqueue.work import Key, Terms, Work

__all__ = [
    "HORIZON",
    "Census",
    "FairQueue",
    "Forecast",
    "Hypothesis",
    "Key",
    "Outlook",
    "Past",
    "Running",
    "Share",
    "Terms",
    "Work",
    "ahead",
    "forecast",
    "shares",
]
