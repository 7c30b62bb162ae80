"""The user's folders are those that platformdirs names, without asking it."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from citekit.model.machine.user_folders import (
    cache_folder,
    data_folder,
    own_locales_folder,
    own_styles_folder,
)


@pytest.mark.parametrize("named", ["", "  ", "elsewhere"])
def test_the_folders_are_those_of_platformdirs(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without the variables that name them."""
    for variable in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / named) if named.strip() else named)

    assert cache_folder() == Path(platformdirs.user_cache_dir("citekit", appauthor=False))
    assert data_folder() == platformdirs.user_data_path("citekit")
    assert own_styles_folder().parent == own_locales_folder().parent == data_folder()
