#!/usr/bin/env bats
# Remedies: each is followed as it is printed, in trees that have its finding and no other; then the
# finding is gone, and no other has come. See remedies.py.

setup() {
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    make -s -C "$ROOT" .build/tests/findings
    export TMPDIR=$BATS_TEST_TMPDIR
}

follow() { # ROW|NAME...
    python3 "$BATS_TEST_DIRNAME/remedies.py" "$ROOT" run "$@"
}

@test "every row of netns/text/finding.h has a tree, and every tree a row" {
    run python3 "$BATS_TEST_DIRNAME/remedies.py" "$ROOT" rows
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "the remedy of each row, followed as it is printed" {
    follow all
}
