"""Public names: declared, sorted, importable, documented."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import foretell

MODULES = ["foretell", *sorted(
    each.name for each in pkgutil.walk_packages(foretell.__path__, "foretell.")
)]  # fmt: skip
PACKAGES = [each.name for each in pkgutil.walk_packages(foretell.__path__, "foretell.")
            if each.ispkg]  # fmt: skip
PROMISED = {"Forecast", "Forecaster", "errors", "samples"}

every_module = pytest.mark.parametrize("name", MODULES)


def natural(names: list[str]) -> list[str]:
    """Constants, then classes, then functions, each by the alphabet, as ruff sorts them."""

    def kind(name: str) -> int:
        if name.isupper():
            return 0
        return 1 if name[:1].isupper() else 2

    return sorted(names, key=lambda name: (kind(name), name))


def public(module: ModuleType) -> list[str]:
    return getattr(module, "__all__", [])


@every_module
def test_names_are_declared_sorted_and_there(name: str) -> None:
    module = importlib.import_module(name)
    own = [each for each, member in vars(module).items()
           if getattr(member, "__module__", None) == name and not each.startswith("_")]  # fmt: skip
    assert hasattr(module, "__all__") or not own
    assert public(module) == natural(public(module))
    assert len(set(public(module))) == len(public(module))
    assert [each for each in public(module) if not hasattr(module, each)] == []


@every_module
def test_public_classes_and_functions_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    members = {each: getattr(module, each) for each in public(module)}
    bare = [
        each for each, member in members.items()
        if (inspect.isclass(member) or inspect.isroutine(member)) and not inspect.getdoc(member)
    ]  # fmt: skip
    assert bare == []


def holders(package: ModuleType, name: str) -> list[ModuleType]:
    """Modules right inside a package that know a public name of it as the same object."""
    inside = [
        module for path, module in sys.modules.items()
        if path.startswith(f"{package.__name__}.") and path.count(".") == 2
    ]  # fmt: skip
    return [module for module in inside if getattr(module, name, None) is getattr(package, name)]


# features.encoder are handed on by their packages without being in their modules' `__all__`.
@pytest.mark.parametrize("name", PACKAGES)
def test_package_hands_on_only_what_its_modules_make_public(name: str) -> None:
    package = importlib.import_module(name)
    known = {each: holders(package, each) for each in public(package)}
    hidden = [
        each for each, modules in known.items()
        if modules and not any(each in public(module) for module in modules)
    ]  # fmt: skip
    assert hidden == []


def test_promised_names_are_public() -> None:
    assert set(foretell.__all__) >= PROMISED


def test_public_names_are_listed_for_completion() -> None:
    assert set(foretell.__all__) <= set(dir(foretell))
    assert foretell.__version__.count(".") >= 1


def test_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from foretell import *", names)
    assert set(names) - {"__builtins__"} == set(foretell.__all__)


def test_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="'foretell' has no attribute 'Forecastr'"):
        foretell.Forecastr  # noqa: B018


@pytest.mark.parametrize("heavy", ["torch", "plotly", "polars", "deltalake"])
def test_import_alone_does_not_load_heavy_libraries(heavy: str) -> None:
    script = f"import sys, foretell; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
