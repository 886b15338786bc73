"""Views: what a program sees of the attributes of what it made, and of nothing else."""

from __future__ import annotations

import copy
from types import FunctionType, MappingProxyType, SimpleNamespace
from typing import Any

import pytest
import torch

from backlight.sandbox.guards import Guards
from backlight.sandbox.views import Views

VIEWS = Views(Guards(torch.Tensor))


def own(**members: Any) -> Any:
    """An object as of a class that a program makes."""
    return type("Own", (), {"__module__": "__main__", **members})()


def test_what_is_written_into_the_attributes_stands_in_the_object() -> None:
    made = own()
    made.a = 1
    attributes = VIEWS.view(made, "__dict__").__dict__
    assert attributes == {"a": 1}
    attributes["b"] = 2
    attributes.update({"c": 3}, d=4)
    attributes |= {"e": 5}
    assert attributes.setdefault("f", 6) == 6
    assert attributes.pop("a") == 1
    assert attributes.pop("a", None) is None
    del attributes["b"]
    assert attributes.popitem() == ("f", 6)
    assert vars(made) == attributes == {"c": 3, "d": 4, "e": 5}
    for other in (attributes.copy(), copy.copy(attributes), copy.deepcopy(attributes)):
        other["z"] = 1
    assert "z" not in vars(made)
    attributes.clear()
    assert vars(made) == {}
    with pytest.raises(KeyError):
        attributes.popitem()


@pytest.mark.parametrize("name", ["__class__", "__reduce_ex__", "__deepcopy__", 3])
def test_no_name_of_python_s_own_is_written_or_seen(name: Any) -> None:
    made = own()
    attributes: Any = VIEWS.attributes(made)
    for write in (lambda: attributes.__setitem__(name, 1), lambda: attributes.update({name: 1})):
        with pytest.raises(TypeError, match="belong to Python"):
            write()
    vars(made)["__hidden__"] = 1
    assert VIEWS.attributes(made) == {}


def test_the_attributes_of_a_class_are_to_be_read_alone() -> None:
    attributes = VIEWS.attributes(type(own(a=1)))
    assert type(attributes) is MappingProxyType
    assert attributes == {"a": 1}


def test_plain_holders_of_attributes_are_open() -> None:
    assert VIEWS.attributes(SimpleNamespace(a=1)) == {"a": 1}


@pytest.mark.parametrize("value", [torch, torch.nn.Linear(1, 1), torch.ones(1), torch.relu, int, FunctionType, 3, "a"])
def test_nothing_else_shows_its_attributes(value: Any) -> None:
    with pytest.raises(TypeError, match="did not make itself"):
        VIEWS.attributes(value)


def test_tensors_of_the_programs_own_do_not_show_theirs() -> None:
    kind = type("Own", (torch.Tensor,), {"__module__": "__main__"})
    with pytest.raises(TypeError, match="did not make itself"):
        VIEWS.attributes(torch.ones(1).as_subclass(kind))


def test_the_class_is_what_type_gives() -> None:
    for value in (own(), ValueError(), torch.ones(1)):
        assert VIEWS.view(value, "__class__").__class__ is type(value)
    assert VIEWS.view(int, "__class__").__class__.__name__ == "type"


@pytest.mark.parametrize("value", [(), {}, 3, "a"])
def test_values_that_python_has_do_not_lead_to_their_class(value: Any) -> None:
    with pytest.raises(TypeError, match="did not make itself"):
        VIEWS.view(value, "__class__")
