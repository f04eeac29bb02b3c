"""Why the system refused a file: one wording for all commands, without numbers of errors."""

from __future__ import annotations

import errno
import os

import pytest

from kg.errors import FileError, error_message, file_error, reason_of


def refused(name: str) -> OSError:
    return OSError(errno.EACCES, os.strerror(errno.EACCES), name)


@pytest.mark.parametrize(
    ("known", "reason"),
    [("a.ttl", "Permission denied"), ("b.ttl", "Permission denied (a.ttl)"), ("", "Permission denied (a.ttl)")],
)
def test_a_reason_names_the_file_unless_it_is_known(known: str, reason: str) -> None:
    assert (reason_of(refused("a.ttl"), known), error_message(refused("a.ttl"), known)) == (reason, reason)


def test_the_reason_of_a_temporary_file_of_kg_does_not_name_it() -> None:
    assert reason_of(refused("/tmp/.kg-1234/spool")) == "Permission denied (/tmp/.kg-1234/spool)"
    assert reason_of(refused("/tmp/.kg-1234")) == "Permission denied"


def test_the_message_of_another_error_is_its_own() -> None:
    assert error_message(FileError("a.ttl: it is damaged: load it again")) == "a.ttl: it is damaged: load it again"


def test_the_error_of_a_file_says_what_helps() -> None:
    assert str(file_error("a.ttl", refused("a.ttl"))) == (
        "a.ttl: it cannot be read: Permission denied: change its permissions, or use another"
    )
