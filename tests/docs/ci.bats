#!/usr/bin/env bats
# The workflow that users copy: that it is one, and that its commands do what it says.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    workflow=.github/workflows/fleet.yml
    /usr/bin/python3 -c 'import json, sys, yaml; json.dump(yaml.load(open(sys.argv[1]), yaml.BaseLoader), sys.stdout)' \
        "$workflow" >"$BATS_TEST_TMPDIR/workflow.json"
}

steps() {
    jq -c '.jobs.fleet.steps[]' "$BATS_TEST_TMPDIR/workflow.json"
}

@test "it is a workflow, and keeps its report whatever the verdict" {
    jq -e '(.on | has("push")) and (.jobs.fleet | has("runs-on") and has("timeout-minutes")) and
        all(.jobs.fleet.steps[]; has("uses") != has("run")) and
        (.jobs.fleet.steps[0].uses | startswith("actions/checkout@"))' "$BATS_TEST_TMPDIR/workflow.json"
    [ "$(steps | grep -c '"if":"always()"')" -eq 2 ]
    [ "$(steps | grep -c '"uses":"actions/upload-artifact@')" -eq 1 ]
}

@test "its commands, one after another; the report is where the later steps look for it" {
    [ "$(id -u)" = 0 ] || skip "needs root: it makes namespaces"
    local command out junit status
    out=$(steps | jq -r '.with.path // empty')
    junit=$(steps | jq -r '.with.report_paths // empty')
    rm -rf "$out"
    steps | jq -r '.run // empty | @base64' >"$BATS_TEST_TMPDIR/commands"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/commands")" -eq 3 ]
    while read -r command; do
        status=0
        bash -e -c "$(base64 -d <<<"$command")" </dev/null >"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
        cat "$BATS_TEST_TMPDIR/said"
        if [ -e "$out/summary.json" ]; then # 5: a busy host
            jq -e '[.expectations[] | select(.name != "faithful")] | all(.passed)' "$out/summary.json"
            [ "$status" -eq 0 ] || [ "$status" -eq 5 ]
        else
            [ "$status" -eq 0 ]
        fi
    done <"$BATS_TEST_TMPDIR/commands"
    [ -s "$out/report.html" ]
    /usr/bin/python3 -c 'import sys; from junitparser import JUnitXml
assert sum(suite.tests for suite in JUnitXml.fromfile(sys.argv[1])) > 8' "$junit"
    rm -rf "$out"
}
