"""Locks on folders keep those who read them from having them deleted."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.files.locks import FolderHold, delete_unless_held

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks of folders")
_HOLD = "import sys, time; from pathlib import Path; from kg.files.locks import FolderHold\n"
_HOLD += "hold = FolderHold(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"


def test_a_folder_that_is_held_is_not_deleted_until_all_have_let_go(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    first, second = FolderHold(folder), FolderHold(folder)

    deleted = [delete_unless_held(folder)]
    first.close()
    deleted.append(delete_unless_held(folder))
    del second
    deleted.append(delete_unless_held(folder))

    assert deleted == [False, False, True]
    assert not folder.exists()
    with pytest.raises(FileNotFoundError):
        FolderHold(folder)


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", _HOLD, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert not delete_unless_held(folder)
        process.send_signal(signal.SIGKILL)

    assert delete_unless_held(folder)


def test_no_link_to_a_folder_is_followed_to_delete_it(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")

    with pytest.raises(NotADirectoryError):
        delete_unless_held(tmp_path / "link")

    assert (tmp_path / "folder").is_dir()
