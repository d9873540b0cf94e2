#!/bin/bash
# The simulated fleets of check.c, as TAP. Wants a built simulator: make .build/sim
cd "$(dirname "$0")/../.." || exit 3
exec "${SIM:-.build/sim}" --check
