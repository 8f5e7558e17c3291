"""Misbehaviour on command: what a partner must bear without losing, doubling or believing anything."""

from typing import Any

from .store import Store

FAULTS = ("silent", "late_seconds", "twice", "reorder", "wrong_signature", "wrong_data")


def spend(store: Store, fault: str) -> None:
    """A fault set for a number of times is used up by one."""
    faults = store.setting("faults", {})
    left = faults.get(f"{fault}_left")
    if left is not None:
        faults[f"{fault}_left"] = left - 1
        if left <= 1:
            faults.pop(fault, None)
            faults.pop(f"{fault}_left", None)
        store.set("faults", faults)


def spoiled(store: Store, name: str, data: dict[str, Any]) -> dict[str, Any]:
    """Data that breaks the agreement or contradicts what both sides know."""
    how = store.setting("faults", {})["wrong_data"]
    spend(store, "wrong_data")
    if how == "wrong_person" and name == "visa.authorised":
        return {**data, "invitee": {**data["invitee"], "passport_number": "Z0000000"}}
    if how == "wrong_person" and name == "contract.offered":
        employee = {**data["terms"]["employee"], "birth_date": "1901-01-01"}
        return {**data, "terms": {**data["terms"], "employee": employee}}
    return {**data, "remark_not_agreed": "a field outside the schema"}


def ruined(signature: str) -> str:
    """A signature that does not verify."""
    return signature[:-6] + ("AAAAAA" if signature[-6:] != "AAAAAA" else "BBBBBB")


def forget(store: Store, messages: int) -> int:
    """Be as after a restore of an older backup: the last messages that went out are gone.

    The books stand; the count of each lane is what the backup knew.

    Returns:
        How many were forgotten.
    """
    with store.write() as db:
        rows = store.rows(
            "select n from sent where sequence is not null order by n desc limit ?", messages
        )
        db.executemany("delete from sent where n = ?", [(row["n"],) for row in rows])
        store.set("restored", True)
    return len(rows)
