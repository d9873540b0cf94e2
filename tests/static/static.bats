#!/usr/bin/env bats
# What can be told from the sources alone.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    shopt -s globstar
    sources=(emu/**/*.c netns/**/*.c firmware-samples/*.c)
    files=("${sources[@]}" emu/**/*.h netns/**/*.h firmware-samples/*.h)
}

@test "cppcheck finds nothing" {
    # Suppressed: that it does not look into the headers of the system.
    mkdir -p .build/cppcheck # for what has not changed
    cppcheck --quiet --error-exitcode=1 --std=c11 -D_GNU_SOURCE -I. --inline-suppr \
        --enable=warning,performance,portability --suppress=missingIncludeSystem \
        --cppcheck-build-dir=.build/cppcheck -j "$(nproc)" "${sources[@]}"
}

@test "clang-tidy finds nothing" {
    make -s -k -j"$(nproc)" tidy
}

@test "shellcheck finds nothing" {
    # SC2016: single quotes around the text of another shell mean what they say.
    shellcheck --exclude=SC2016 run-fleet.sh .ci/run tests/*.sh tests/*/*.sh
    shellcheck --shell=bash --exclude=SC2016,SC2030,SC2031,SC2153,SC2154,SC2164 tests/*/*.bats # bats' own ways
}

@test "a room includes what the table of rooms lets it, and nothing else" {
    run awk '
        function room(path) { sub("/[^/]*$", "", path); return path }
        FILENAME == ARGV[1] {
            sub(":", "", $1)
            for (i = 1; !/^#/ && i <= NF; i++)
                may[$1, $i]
            next
        }
        FNR == 1 && !((room(FILENAME), room(FILENAME)) in may) { print FILENAME ": in no room" }
        /^#include "/ && !((room(FILENAME), room(substr($2, 2))) in may) { print FILENAME ": " $0 }
        ' tests/static/rooms "${files[@]}"
    echo "$output"
    [ -z "$output" ]
}

@test "there is no circle of includes" {
    # A source is one with its header; a private one may include that. tsort names whoever stands in
    # a circle.
    local arrows
    arrows=$(grep -oE '^#include "[^"]+' "${files[@]}" |
        sed -E 's/:#include "/ /; s/\.[ch]( |$)/\1/g' | awk '$1 != $2 && $1 != $2 "-private"')
    [ "$(wc -l <<<"$arrows")" -gt 600 ]
    run tsort <<<"$arrows"
    grep '^tsort' <<<"$output" || true
    [ "$status" -eq 0 ]
}

@test "the core of the phone sees no system" {
    run grep -nE '^#include <(unistd|fcntl|time|liburing|sys/|linux/|net/)' emu/*.[ch] emu/core/*.[ch] emu/sccp/*.[ch]
    [ -z "$output" ]
}

@test "one foreign library, one file" {
    local pattern
    for pattern in '<liburing' '<netlink/' '<sys/capability' '<expat' '<yaml' '<jansson'; do
        run bash -c 'grep -lE "^#include $0" "$@" | sed "s/\.[ch]\$//" | sort -u | wc -l' \
            "$pattern" "${files[@]}"
        echo "$pattern: $output"
        [ "$output" -le 1 ]
    done
}

@test "no test does anything to a lab that it does not name" {
    # whose.bats has a namespace of its own, and that as its subject
    run grep -nE '"\$FLEET" (down|ps|logs|exec|capture|phone|wan|server)( |$)' tests/*.sh tests/*/*.bats
    run grep -vE 'tests/net/whose.bats|--lab "\$LAB|down "\$LAB"' <<<"$output"
    echo "$output"
    [ -z "$output" ]
}

@test "nothing stands at the top level but what should" {
    local entry
    for entry in *; do
        case $entry in
        run-fleet.sh | emu | netns | firmware-samples | tests | Makefile | README.md | LICENSE) ;;
        *)
            echo "unexpected: $entry"
            false
            ;;
        esac
    done
}

@test "no file of C is longer than 400 lines, no line than 100 columns" {
    run awk 'FNR == 401 {print FILENAME} length > 100 {print FILENAME ":" FNR}' "${files[@]}"
    [ -z "$output" ]
}
