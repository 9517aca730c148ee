#!/usr/bin/env python3
"""Says whether a Kubernetes job gives an index up on exactly those of weft's exit codes that a retry does not cure.

usage: job_policy.py JOB.yaml ActionableError.swift
"""
import re
import sys

import yaml

# Done, what a retry may cure, and signals.
NOT_PERMANENT = {"success", "temporary", "inputOutput", "interrupted", "terminated"}

job = yaml.safe_load(open(sys.argv[1]))
rules = job["spec"]["podFailurePolicy"]["rules"]
found = [code for rule in rules if rule["action"] == "FailIndex" for code in rule["onExitCodes"]["values"]]
cases = re.findall(r"^  case (\w+) = (\d+)$", open(sys.argv[2]).read(), re.MULTILINE)
wanted = [int(code) for name, code in cases if name not in NOT_PERMANENT]
if sorted(found) != sorted(wanted):
    sys.exit(f"the job has {sorted(found)}, weft has {sorted(wanted)}")
if not any(rule["action"] == "Ignore" for rule in rules):
    sys.exit("the job counts disruptions as failures")
