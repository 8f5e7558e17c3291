"""Everything that changes lists."""

from lindung.intake.operations.keeping import find_unreadable, finish_reading, keep_lines, read_list
from lindung.intake.operations.running import recover, run_taking
from lindung.intake.operations.sending import send_list
from lindung.intake.operations.taking import stop_taking, take_list, take_rows

__all__ = [
    "find_unreadable",
    "finish_reading",
    "keep_lines",
    "read_list",
    "recover",
    "run_taking",
    "send_list",
    "stop_taking",
    "take_list",
    "take_rows",
]
