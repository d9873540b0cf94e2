#!/usr/bin/env bats
# What others may not see is told to root and to a user who owns nothing alike, byte for byte, and a
# run's own server gives away nothing that lint says no server would.
#
#   site/t.fleet.yml  site/root/  site/away/        all below folders that all may search
#   copy/.build/      the programs, where a user who owns nothing reaches them

load common

setup() {
    setup_world
    cd "$BATS_TEST_TMPDIR" || return
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
    mkdir -p copy/.build site/root site/away
    cp "$ROOT"/.build/fleet "$ROOT"/.build/fleet-phone copy/.build/
    cp "$ROOT/firmware-samples/test-key.pub.pem" site/key.pem
    chmod -R a+rX copy site
    LOAD=SCCP41.9-4-2SR3-1S
    DSP=dsp41.9-4-2ES26.sbn
    NAME=SEP001B54C12233
    cd site || return
    SITE=$PWD
    fleet
}

fleet() { # [LINE...]
    {
        echo "name: visible"
        echo "firmware: root"
        echo "key: key.pem"
        echo "enterprise: {peerFirmwareSharing: true}"
        echo "phones: [{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}]"
        printf '%s\n' "$@"
    } > t.fleet.yml
    chmod 644 t.fleet.yml
}

# A sound tree, whatever was done to the last one.
fresh() {
    chmod -f 755 . away root || true
    rm -rf away root
    mkdir away root
    cp "$ROOT"/firmware-samples/small/*41*{9-4-2SR3,ES26}* root/
    chmod -R a+rX .
}

own() {
    echo "<device><loadInformation>$LOAD</loadInformation><vendorConfig><peerFirmwareSharing>1" \
        "</peerFirmwareSharing></vendorConfig></device>"
}

# finds NAME SEVERITY PLACE: that finding and no other, told alike; the place by its end.
finds() {
    alike lint -f t.fleet.yml --json
    jq -e --arg name "$1" --arg severity "$2" --arg place "$3" '
        (.findings | length) == 1 and
        (.findings[0] | .name == $name and .severity == $severity and
            (.place | endswith($place)))' "$BATS_TEST_TMPDIR/root.out"
    alike lint -f t.fleet.yml
    alike run --dry-run -f t.fleet.yml
}

# Runs fleet as root and as nobody: status, output and errors are the same.
alike() {
    local who
    for who in root nobody; do
        status=0
        setpriv --reuid "$who" --regid "$(id -g "$who")" --clear-groups --inh-caps=-all \
            ../copy/.build/fleet "$@" > "../$who.out" 2> "../$who.err" || status=$?
        echo "$status" > "../$who.status"
    done
    cat ../root.out ../root.err
    diff ../root.status ../nobody.status
    diff ../root.out ../nobody.out
    diff ../root.err ../nobody.err
}

# Does what the remedy says, word by word; then nothing is found.
follow_chmod() {
    local remedy
    remedy=$(jq -r '.findings[0].remedy' ../root.out)
    echo "$remedy"
    [[ $remedy == chmod\ * ]]
    eval "${remedy%%, or*}"
    alike lint -f t.fleet.yml --json
    jq -e '.findings == []' ../root.out
}

# A tree, its finding, its remedy.
closed() { # NAME SEVERITY PLACE
    finds "$@"
    alike lint -f t.fleet.yml --json
    follow_chmod
}

@test "a sound root is sound for both" {
    fresh
    alike lint -f t.fleet.yml --json
    jq -e '.findings == []' ../root.out
    alike run --dry-run -f t.fleet.yml
}

@test "files that others may not read: of every kind that phones ask for" {
    local mode file
    for mode in 600 640 604 000 400 060; do
        fresh
        chmod "$mode" "root/$DSP"
        closed not-world-readable error "/root/$DSP"
    done
    for file in "$LOAD.loads" "$NAME.cnf.xml" XMLDefault.cnf.xml SEP001B54C12299.cnf.xml ITLFile.tlv \
        "CTL$NAME.tlv" P00308010200.sb2 term41.sgn; do
        fresh
        [ -e "root/$file" ] || own > "root/$file"
        chmod 600 "root/$file"
        alike lint -f t.fleet.yml --json
        jq -e --arg place "/root/$file" '[.findings[] | select(.place | endswith($place)) | .name] |
            contains(["not-world-readable"])' ../root.out
    done
}

@test "what no phone asks for is a warning; what begins with a dot is nobody's business" {
    fresh
    echo x > root/notes
    chmod 600 root/notes
    closed not-world-readable warning /root/notes
    fresh
    echo x > root/.git
    mkdir -m 700 root/lost+found
    alike lint -f t.fleet.yml --json
    chmod 600 root/.git
    alike lint -f t.fleet.yml --json
    jq -e '.findings == []' ../root.out
}

@test "folders: the root, those on the way to it, and those that links lead through" {
    local mode
    for mode in 700 711 750 744 000; do
        fresh
        chmod "$mode" root
        closed root-unreadable error t.fleet.yml:2:11
    done
    fresh
    mkdir away/down
    mv root away/down/root
    for mode in 700 750 600; do
        chmod "$mode" away
        sed -i 's|^firmware: .*|firmware: away/down/root|' t.fleet.yml
        closed root-unreadable error t.fleet.yml:2:11
        chmod 755 away
    done
    fleet
    fresh
    mkdir root/sub
    mv "root/$DSP" root/sub/
    ln -s "sub/$DSP" "root/$DSP"
    chmod 700 root/sub
    closed not-world-readable error "/root/$DSP"
    # absolute, and through another link
    fresh
    mkdir root/sub
    mv "root/$DSP" root/sub/
    ln -s "$SITE/root/sub" root/way
    ln -s "$SITE/root/way/../way/./$DSP" "root/$DSP"
    chmod 750 root/sub
    closed not-world-readable error "/root/$DSP"
}

@test "folders above the fleet file are whoever's who asks" {
    fresh
    chmod 700 "$BATS_TEST_TMPDIR"
    status=0
    ../copy/.build/fleet lint -f "$SITE/t.fleet.yml" --json > ../out || status=$?
    jq -e '.findings == []' ../out
    chmod 755 "$BATS_TEST_TMPDIR"
    # but not those beside it
    mkdir -p ../elsewhere/deep
    cp -a root ../elsewhere/deep/
    sed -i 's|^firmware: .*|firmware: ../elsewhere/deep/root|' t.fleet.yml
    chmod 700 ../elsewhere
    closed root-unreadable error t.fleet.yml:2:11
}

@test "links: dangling, in a circle, and out of the root" {
    fresh
    ln -sf nowhere.sbn "root/$DSP"
    finds link-to-nothing error "/root/$DSP"
    grep -q "link to $SITE/root/nowhere.sbn, where nothing is" ../root.err
    ln -sf "$DSP" "root/$DSP"
    finds link-to-nothing error "/root/$DSP"
    fresh
    mv "root/$DSP" away/
    ln -s "../away/$DSP" "root/$DSP"
    finds link-out-of-root warning "/root/$DSP"
    chmod 700 away
    finds not-world-readable error "/root/$DSP"
    ../copy/.build/fleet lint -f t.fleet.yml | grep -qx "    remedy: chmod a+x $SITE/away"
    # a link within the root is as good as the file
    fresh
    mkdir root/sub
    mv "root/$DSP" root/sub/
    ln -s "sub/$DSP" "root/$DSP"
    alike lint -f t.fleet.yml --json
    jq -e '.findings == []' ../root.out
}

@test "what is no file: a folder, a pipe, a socket, a device" {
    fresh
    rm "root/$DSP"
    mkdir "root/$DSP"
    finds no-file error "/root/$DSP"
    rmdir "root/$DSP"
    mkfifo "root/$DSP"
    chmod 644 "root/$DSP"
    finds no-file error "/root/$DSP"
    rm "root/$DSP"
    python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "root/$DSP"
    chmod 777 "root/$DSP"
    finds no-file error "/root/$DSP"
    rm "root/$DSP"
    ln -s /dev/null "root/$DSP"
    finds no-file error "/root/$DSP"
    rm "root/$DSP"
    fresh
    mkdir "root/$NAME.cnf.xml"
    finds no-file error "/root/$NAME.cnf.xml"
    fresh
    mkfifo "root/$LOAD.loads.x"
    alike lint -f t.fleet.yml --json
    jq -e '.findings == []' ../root.out
}

@test "empty files: a component, the list, a configuration" {
    local file
    for file in "$DSP" "$LOAD.loads" "$NAME.cnf.xml"; do
        fresh
        : > "root/$file"
        alike lint -f t.fleet.yml --json
        jq -e --arg place "/root/$file" '(.findings | length) == 1 and
            (.findings[0].place | endswith($place)) and .findings[0].severity == "error"' ../root.out
        alike run --dry-run -f t.fleet.yml
    done
}

@test "the key: a file that others may not read, one in a closed folder" {
    fresh
    chmod 640 key.pem
    closed key-unusable error t.fleet.yml:3:6
    mkdir -m 750 keys
    mv key.pem keys/
    sed -i 's|^key: .*|key: keys/key.pem|' t.fleet.yml
    closed key-unusable error t.fleet.yml:3:6
}

@test "several at once, and a file of a fleet that has other mistakes" {
    fresh
    chmod 600 root/*ES26*
    rm root/cvm41sccp.9-4-2ES26.sbn
    mkfifo root/cvm41sccp.9-4-2ES26.sbn
    own > "root/$NAME.cnf.xml"
    sed -i 's/peerFirmwareSharing>1 /peerFirmwareSharing>x /' "root/$NAME.cnf.xml"
    own > root/sep001b54c12233.cnf.xml
    chmod 600 root/sep001b54c12233.cnf.xml
    alike lint -f t.fleet.yml --json
    [ "$(jq '.errors' ../root.out)" -ge 7 ]
    alike lint -f t.fleet.yml
    alike run --dry-run -f t.fleet.yml
}

@test "a run's server gives away nothing that others may not read, and the run says why" {
    fresh
    mv root/cvm41sccp.9-4-2ES26.sbn away/
    chmod 640 "root/$DSP"
    mkfifo root/cvm41sccp.9-4-2ES26.sbn
    fleet "speed: 20" "expect: {faithful: false}"
    sed -i 's/count: 2,/&running: SCCP41.9-4-2SR1-1S,/' t.fleet.yml
    unshare -n sh -c 'ip link set lo up; exec "$@"' sh "$FLEET" run -f t.fleet.yml --out ../out -q \
        2> ../said && status=0 || status=$?
    cat ../said
    [ "$status" -eq 1 ]
    grep -q "/root/$DSP: warning: others may not read it" ../said
    [ "$(grep -c "sent .*/$DSP" ../out/tftp.log)" -eq 0 ]
    # what lint says of the phones' requests is what became of them
    "$FLEET" run --dry-run -f t.fleet.yml 2> /dev/null | grep "$DSP" | grep -q 'File not found'
    jq -e '.phones.failed == 2' ../out/summary.json
    grep -q 'File not found' ../out/events.jsonl
}
