"""Backdoors: how many poisons plant a trigger, and whether it is a count or a fraction."""

from theory.backdoor.descent import descent, descent_law
from theory.backdoor.law import Attack, attack, count_law, critical_count
from theory.backdoor.network import NetworkAttack, network_attack

__all__ = [
    "Attack",
    "NetworkAttack",
    "attack",
    "count_law",
    "critical_count",
    "descent",
    "descent_law",
    "network_attack",
]
