import torch
from abc import ABC, abstractmethod
from enum import Enum, IntEnum, auto
from typing import Any, Callable, Dict, Generic, List, NamedTuple, Optional, Protocol, Tuple, TypeVar, Union

T = TypeVar("T")


class Activation(Enum):
    RELU = auto()
    TANH = "tanh"

    def __call__(self, x):
        return torch.relu(x) if self is Activation.RELU else torch.tanh(x)


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: float
    y: float = 0.0

    def norm(self) -> float:
        return (self.x ** 2 + self.y ** 2) ** 0.5


class Shape(ABC):
    @property
    @abstractmethod
    def area(self) -> torch.Tensor: ...

    @classmethod
    def unit(cls):
        return cls(torch.tensor(1.0, requires_grad=True))

    def __lt__(self, other):
        return self.area < other.area


class Square(Shape):
    __slots__ = ("_side",)

    def __init__(self, side):
        self._side = side

    @property
    def side(self):
        return self._side

    @side.setter
    def side(self, value):
        self._side = value

    @property
    def area(self):
        return self._side ** 2


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.__items: List[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.__items.append(item)
        return self

    def __len__(self):
        return len(self.__items)

    def __iter__(self):
        return iter(self.__items)

    def __contains__(self, item):
        return item in self.__items


class Singleton:
    _instance = None

    def __new__(cls, *args, **kwargs):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance


class Positive:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return instance.values[self.name]

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(f"{self.name} must be positive")
        instance.values[self.name] = value


class Config:
    lr = Positive()

    def __init__(self, lr):
        self.values = {}
        self.lr = lr


s = Square.unit()
s.area.backward()
print(s.side.grad, Activation.RELU(torch.tensor(-1.0)), Activation["TANH"].value, list(Level), Level.HIGH > Level.LOW)
s.side = torch.tensor(3.0)
print(Point(3.0, 4.0).norm(), Point(1.0)._replace(y=2.0), Point(1.0)._asdict(), s.area, Square.unit() < s)
stack = Stack[int]().push(1).push(2)
print(len(stack), list(stack), 2 in stack, Singleton() is Singleton(), s.__class__.__name__)
try:
    Shape()
except TypeError as e:
    print(type(e).__name__)
try:
    Config(-1)
except ValueError as e:
    print(e, Config(0.5).lr)
