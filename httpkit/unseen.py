"""Characters that nobody sees: what a terminal obeys, what turns the reading direction, and what no text has."""

from __future__ import annotations

import re

# For `str.translate`: control and direction characters as they may be shown. Tab and newline stay.
UNSEEN = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}
UNSEEN |= {0x7F: "\u2421"} | {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
UNSEEN |= {code: f"\\u{code:04x}" for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}

# Bytes that have one of these, once decoded, are no text. (Escape is: logs have colours.)
NOT_OF_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
