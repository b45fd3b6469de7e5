"""How often someone may write: token buckets."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable


class TokenBuckets:
    """One bucket a key: `burst` messages at once, then `rate` a second.

    Args:
        burst: size of a bucket; 0 switches the limit off.
        rate: tokens a second.
        clock: seconds that only go forward, such as ``time.monotonic``.
        most: buckets kept; the ones used longest ago go first (a bucket that is gone counts as full).
    """

    def __init__(self, burst: int, rate: float, clock: Callable[[], float], most: int = 50_000) -> None:
        self._burst, self._rate, self._clock, self._most = burst, rate, clock, most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take a token.

        Returns:
            0 if there was one, else the seconds until there is.
        """
        if not self._burst:
            return 0.0
        now = self._clock()
        tokens, since = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - since) * self._rate)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._rate
