"""What citizens write does not reach the logs."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import logging, structlog
from bot.runtime.logs import configure_logs
configure_logs("INFO")
logging.getLogger("rasa.core.processor").info("user said 秘密")
logging.getLogger("rasa.core.processor").debug("user said 秘密")
structlog.get_logger().error("rest.message.received.failure", text="秘密")
structlog.get_logger().debug("processor.message.parse", parse_data_text="秘密")
def fail(text):
    raise ValueError(text)
try:
    fail("秘密")
except ValueError:
    logging.getLogger("rasa.core.processor").exception("it failed")
    structlog.get_logger().exception("processor.failure", text="秘密")
logging.getLogger("bot.server").info("ready")
"""


def test_logs_hold_no_words_of_citizens() -> None:
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    printed = result.stdout + result.stderr
    assert "秘密" not in printed
    assert "rest.message.received.failure" in printed and "it failed" in printed and "ValueError" in printed
    assert "bot.server: ready" in printed
