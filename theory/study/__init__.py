"""How a claim is declared, tried on estimators, timed, judged and drawn."""
