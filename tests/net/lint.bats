#!/usr/bin/env bats
# lint: a TFTP root or fleet file for each finding, its name, its place, its exit code; and none of
# them for what is sound. No privilege is needed, and nothing is created.

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    FLEET=${FLEET:-$ROOT/.build/fleet}
    SMALL=$ROOT/firmware-samples/small
    BAD=$ROOT/firmware-samples/bad
    LOAD=SCCP41.9-4-2SR3-1S
    NAME=SEP001B54C12233
    mkdir root
    cp "$SMALL"/*41*9-4-2SR3* "$SMALL"/*41*ES26* "$SMALL"/*41*9-4-2SR1* "$SMALL"/*41*ES9* root/
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}"
}

# The fleet file: these phones, and further lines.
phones() {
    local group=$1
    shift
    {
        echo "name: lint-test"
        echo "firmware: root"
        echo "key: $ROOT/firmware-samples/test-key.pub.pem"
        echo "phones: [$group]"
        printf '%s\n' "$@"
    } > t.fleet.yml
}

own() { # LOAD [ELEMENTS]
    echo "<device><vendorConfig>${2:-<peerFirmwareSharing>1</peerFirmwareSharing>}</vendorConfig>" \
        "<loadInformation>$1</loadInformation></device>"
}

lint() {
    find . | sort > before
    status=0
    "$FLEET" lint -f t.fleet.yml --json > found.json 2> said || status=$?
    find . ! -name found.json ! -name said ! -name before | sort |
        diff - <(grep -v '^./\(found.json\|said\|before\)$' before)
    cat found.json said
}

# finds NAME SEVERITY PLACE: that finding, and no other, with a remedy.
finds() {
    lint
    [ ! -s said ]
    jq -e --arg name "$1" --arg severity "$2" --arg place "$3" '
        (.findings | length) == 1 and
        (.findings[0] | .name == $name and .severity == $severity and
            (.place | endswith($place)) and (.text | length) > 10 and (.remedy | length) > 10)' \
        found.json
    [ "$status" -eq "$([ "$2" = error ] && echo 1 || echo 0)" ]
}

SHARE="enterprise: {peerFirmwareSharing: true}"

@test "a sound root: nothing is found, exit code 0" {
    # exit 0: lint found nothing that would go wrong, or warnings alone
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    lint
    [ "$status" -eq 0 ]
    jq -e '.errors == 0 and .warnings == 0 and .findings == []' found.json
    run "$FLEET" lint -f t.fleet.yml
    [ "$output" = "0 errors, 0 warnings" ]
}

@test "a fleet file that cannot be read: exit code 2, as ever" {
    echo 'phones: [{model: CP-1234}]' > t.fleet.yml
    lint
    [ "$status" -eq 2 ]
    [ ! -s found.json ]
    grep -q '^t.fleet.yml:1:18: ' said
}

@test "peerFirmwareSharing is on nowhere" {
    finds pfs-nowhere warning t.fleet.yml:1:1
}

@test "the root cannot be read" {
    phones "{model: CP-7961G}" "$SHARE"
    sed -i 's|^firmware: .*|firmware: said|' t.fleet.yml
    : > said
    finds root-unreadable error t.fleet.yml:2:11
}

@test "more phones than the subnet holds" {
    phones "{model: CP-7961G, count: 9}" "$SHARE" "lan: {subnet: 10.0.0.0/28}"
    finds too-many-phones error t.fleet.yml:4:9
}

@test "a pattern that meets no file" {
    phones "{model: CP-7961G}" "$SHARE" "tftp: {without: nothing.sbn}"
    finds pattern-without-file error t.fleet.yml:6:17
}

@test "two phones with one MAC" {
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33},{model: CP-7941G, mac: 001b54c12234}" \
        "$SHARE"
    finds mac-twice error t.fleet.yml:4:85
}

@test "MACs that leave the range of their maker" {
    phones "{model: CP-7961G, count: 2, mac: 00:FF:FF:FF:FF:FF}" "$SHARE"
    finds mac-range error t.fleet.yml:4:43
}

@test "peerFirmwareSharing for a model without it" {
    cp "$SMALL"/P003* root/
    phones "{model: CP-7961G},{model: CP-7940G, peerFirmwareSharing: true}" "$SHARE"
    finds pfs-unable error t.fleet.yml:4:67
}

@test "all of what a plan refuses is listed, not the first alone" {
    phones "{model: CP-7961G, load: SCCP41.none},{model: CP-7970G},{model: CP-7940G, load: SCCP41.x}" \
        "$SHARE"
    lint
    [ "$status" -eq 1 ]
    [ "$(jq -c '[.findings[].name]' found.json)" = \
        '["load-missing","load-missing","load-of-another-model"]' ]
    run "$FLEET" run --dry-run -f t.fleet.yml
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 3 ]
}

@test "a .loads that is none" {
    cp "$BAD/SCCP41.truncated-list.loads" root/
    phones "{model: CP-7961G, load: SCCP41.truncated-list}" "$SHARE"
    finds loads-malformed error /root/SCCP41.truncated-list.loads
}

@test "a .loads by another signer" {
    cp "$BAD"/*unknown-key-list* "$BAD"/*41*.good.sbn root/
    phones "{model: CP-7961G, load: SCCP41.unknown-key-list}" "$SHARE"
    finds not-authentic error /root/SCCP41.unknown-key-list.loads
}

@test "a .loads that cannot be read at all" {
    printf "jar41.sbn\r\n" > root/SCCP41.x.loads
    phones "{model: CP-7961G, load: SCCP41.x}" "$SHARE"
    finds loads-malformed error /root/SCCP41.x.loads
}

@test "a listed file is missing" {
    rm root/dsp41.9-4-2ES26.sbn
    phones "{model: CP-7961G}" "$SHARE"
    finds file-missing error "/root/$LOAD.loads"
    grep -q dsp41.9-4-2ES26.sbn found.json
}

@test "a listed file is there in the wrong case" {
    mv root/dsp41.9-4-2ES26.sbn root/DSP41.9-4-2es26.sbn
    phones "{model: CP-7961G}" "$SHARE"
    finds file-case error /root/DSP41.9-4-2es26.sbn
}

@test "a list names a file of another model" {
    "$ROOT/.build/mkfirmware" --key "$ROOT/firmware-samples/test-key.pem" --out . --scale 1000 \
        --custom SCCP70.9-9-9S > /dev/null
    # the list of the other model, under this one's name: structure alone is checked
    sed 's/SCCP70/SCCP41/' SCCP70.9-9-9S.loads > root/SCCP41.9-9-9S.loads
    mv ./*70*.sbn root/
    phones "{model: CP-7961G, load: SCCP41.9-9-9S}" "$SHARE" "authentication: structure"
    lint
    [ "$status" -eq 0 ]
    [ "$(jq '[.findings[] | select(.name == "file-of-another-model")] | length' found.json)" -eq 5 ]
    jq -e '.findings | all(.severity == "warning")' found.json
}

@test "a component: damaged, of another name, of another signer, no archive" {
    local bad name
    for bad in corrupt-body:not-authentic wrong-name:file-broken unknown-key:not-authentic \
        bad-archive:file-broken no-envelope:file-broken cut-body:file-broken; do
        name=${bad%:*}
        cp "$BAD/SCCP41.$name.loads" "$BAD/apps41.$name.sbn" "$BAD"/*41*.good.sbn root/
        phones "{model: CP-7961G, load: SCCP41.$name}" "$SHARE"
        finds "${bad#*:}" error "/root/apps41.$name.sbn"
    done
}

@test "signatures that are not verified are said once, with how many" {
    phones "{model: CP-7961G, count: 2}" "$SHARE" "authentication: structure"
    finds not-verified warning t.fleet.yml:6:17
    grep -q 'of 6 files' found.json
}

@test "files that the fleet file itself leaves out or damages" {
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE" \
        "tftp: {without: dsp41.9-4-2ES26.sbn}"
    finds left-out error t.fleet.yml:6:17
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE" \
        "tftp: {damage: dsp41.9-4-2ES26.sbn}"
    finds damaged error t.fleet.yml:6:16
}

@test "a load server where nothing answers" {
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33, loadServer: 10.9.9.9}" "$SHARE"
    finds load-server-elsewhere warning t.fleet.yml:4:74
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33, loadServer: 172.31.255.2}" "$SHARE"
    lint
    jq -e '.findings == []' found.json
}

@test "a key that is none" {
    echo nonsense > none.pem
    phones "{model: CP-7961G}" "$SHARE"
    sed -i 's|^key:.*|key: none.pem|' t.fleet.yml
    lint
    [ "$status" -eq 1 ]
    jq -e '[.findings[].name] == ["key-unusable"]' found.json
}

@test "a SEP file that is malformed" {
    echo '<device><loadInformation>x</load></device>' > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    finds config-malformed error "/root/$NAME.cnf.xml"
    grep -q 'line 1, column' found.json
}

@test "values that cannot be used: the third generation goes on, 7940 and 7960 do not" {
    local settings third second
    cp "$SMALL"/P00308* root/
    while read -r third second settings; do
        own "$LOAD" "$settings" > "root/$NAME.cnf.xml"
        phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
        finds "$third" warning "/root/$NAME.cnf.xml"
        own P00308010200 "$settings" > "root/$NAME.cnf.xml"
        phones "{model: CP-7960G, mac: 00:1B:54:C1:22:33}" "mode: traditional"
        finds "$second" error "/root/$NAME.cnf.xml"
    done <<'END'
config-value config-value-refused <peerFirmwareSharing>on</peerFirmwareSharing>
config-value config-value-refused <peerFirmwareSharing>Enabled</peerFirmwareSharing>
config-value config-value-refused <peerFirmwareSharing></peerFirmwareSharing>
config-value load-server-no-address <loadServer>10.0.0.256</loadServer>
config-value load-server-no-address <loadServer>10.1.2</loadServer>
END
    # the remedies
    own P00308010200 "<loadServer></loadServer><peerFirmwareSharing>0</peerFirmwareSharing>" \
        > "root/$NAME.cnf.xml"
    lint
    jq -e '.findings == []' found.json
}

@test "a name that is no plain one: no load is named" {
    own ../etc/passwd > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    lint
    [ "$status" -eq 0 ]
    [ "$(jq -c '[.findings[].name]' found.json)" = '["config-value"]' ]
}

@test "host names are legal, and not resolved" {
    local node='<devicePool><callManagerGroup><members><member><callManager><processNodeName>%s</processNodeName></callManager></member></members></callManagerGroup></devicePool>'
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    own "$LOAD" "<loadServer>hq.example</loadServer>" > "root/$NAME.cnf.xml"
    finds host-name warning "/root/$NAME.cnf.xml"
    # shellcheck disable=SC2059 # the format is ours
    printf "<device>$node<loadInformation>$LOAD</loadInformation></device>" cucm-pub \
        > "root/$NAME.cnf.xml"
    finds host-name warning "/root/$NAME.cnf.xml"
    # shellcheck disable=SC2059
    printf "<device>$node<loadInformation>$LOAD</loadInformation></device>" 10.0.0.2 \
        > "root/$NAME.cnf.xml"
    lint
    jq -e '.findings == []' found.json
}

# members ADDRESS...: the group of these call managers.
members() {
    printf '<devicePool><callManagerGroup><members>'
    [ $# -eq 0 ] || printf '<member><callManager><processNodeName>%s</processNodeName></callManager></member>' "$@"
    printf '</members></callManagerGroup></devicePool>'
}

@test "a SEP file names another call manager than the fleet file, or none" {
    local own
    own=$(own "$LOAD")
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE" "callmanager: {engine: own}"
    echo "${own/<\/device>/$(members 10.0.0.2)</device>}" > "root/$NAME.cnf.xml"
    finds manager-contradicted warning "/root/$NAME.cnf.xml"
    echo "${own/<\/device>/$(members)</device>}" > "root/$NAME.cnf.xml"
    finds no-manager-named warning "/root/$NAME.cnf.xml"
    echo "expect: {registered: all}" >> t.fleet.yml
    finds no-manager-named error "/root/$NAME.cnf.xml"
    # among several, in whatever order
    echo "${own/<\/device>/$(members 10.0.0.2 172.31.255.10)</device>}" > "root/$NAME.cnf.xml"
    lint
    jq -e '.findings == []' found.json
}

@test "a dry run tells with whom phones register, who is new there, and what XMLDefault names" {
    local file="<loadInformation30018>$LOAD</loadInformation30018><loadInformation30006>SCCP70.x"
    file+="</loadInformation30006>"
    echo "<Default>$(members 10.0.0.3 10.0.0.2 | sed 's/<.\?devicePool>//g')$file</Default>" \
        > root/XMLDefault.cnf.xml
    own "$LOAD" > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 3, mac: 00:1B:54:C1:22:33}" "mode: traditional"
    "$FLEET" run --dry-run -f t.fleet.yml > dry
    grep -A 2 '^  Phones register with:' dry | diff - <(printf '%s\n' '  Phones register with:' \
        '       1   nobody' '       2   10.0.0.3, then 10.0.0.2')
    grep -q '^  2 phones come by XMLDefault.cnf.xml: .*auto-registration' dry
    run grep -c 'by HTTP first' dry
    [ "$output" = 0 ]
    "$FLEET" run --dry-run --set http=on -f t.fleet.yml | grep -q 'by HTTP first, on port 6970, then by TFTP'
    "$FLEET" run --dry-run --json -f t.fleet.yml > dry.json
    jq -e '[.phones[].managers] == [[], ["10.0.0.3", "10.0.0.2"], ["10.0.0.3", "10.0.0.2"]]' dry.json
    jq -e '[.xmldefault[] | [.type, .load, .phones]] ==
        [[30018, "'"$LOAD"'", 2], [30006, "SCCP70.x", 0]]' dry.json
}

@test "registrations are expected, and there is no call manager" {
    phones "{model: CP-7961G, count: 2}" "$SHARE" "callmanager: {engine: none}" \
        "expect: {registered: all}"
    finds manager-missing error t.fleet.yml:6:23
}

@test "DHCP by a server of ours: no TFTP server named, too few addresses, a second server" {
    phones "{model: CP-7961G, count: 5}" "$SHARE" "addresses: dhcp" "dhcp: {tftp: none}"
    finds option-150-missing error t.fleet.yml:7:14
    phones "{model: CP-7961G, count: 5}" "$SHARE" "addresses: dhcp" "dhcp: {pool: 1}"
    finds pool-too-small error t.fleet.yml:7:14
    # those are named whom the dry run knows no address of
    "$FLEET" run --dry-run --json -f t.fleet.yml 2> /dev/null > dry.json
    jq -r '.phones[] | select(.ip == null) | .name' dry.json > none
    [ "$(wc -l < none)" -eq 4 ]
    grep -q "$(head -3 none | paste -sd, | sed 's/,/, /g') and 1 more" found.json
    phones "{model: CP-7961G, count: 5}" "$SHARE" "addresses: dhcp" "dhcp: {engine: own}" \
        "lan: {uplink: eth1, permits: [macs, arp, dhcp, foreign]}" "tftp: {engine: dnsmasq}"
    finds dhcp-in-real-network warning t.fleet.yml:7:16
}

@test "what phones do not read in XMLDefault" {
    local element
    phones "{model: CP-7961G, count: 2}" "mode: traditional"
    while read -r element; do
        echo "<Default><loadInformation30018>$LOAD</loadInformation30018>$element</Default>" \
            > root/XMLDefault.cnf.xml
        finds config-unread warning /root/XMLDefault.cnf.xml
    done <<'END'
<loadInformation>SCCP41.9-4-2SR1-1S</loadInformation>
<loadInformation030018>SCCP41.9-4-2SR1-1S</loadInformation030018>
<vendorConfig><peerFirmwareSharing>1</peerFirmwareSharing></vendorConfig>
<vendorConfig><loadServer>10.1.2.3</loadServer></vendorConfig>
END
}

@test "a SEP file names a load that is missing" {
    own SCCP41.gone > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    finds config-load-missing error "/root/$NAME.cnf.xml"
}

@test "a SEP file names another model's load" {
    own SCCP70.9-4-2SR3-1S > "root/$NAME.cnf.xml"
    cp "$SMALL"/*70*SR3* "$SMALL"/*70*ES26* root/
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    finds config-load-of-another-model error "/root/$NAME.cnf.xml"
}

@test "the digits of a load's name tell the hardware, whatever the protocol" {
    local load
    own "$LOAD" > "root/$NAME.cnf.xml"
    own "$LOAD" > root/SEP001B54C12234.cnf.xml
    for load in SIP42.9-9-9S SCCP42.9-9-9S TERM70.7-0-2-0S term65.default P0S3-8-12-00; do
        cp "$SMALL/$LOAD.loads" "root/$load.loads"
        own "$load" > "root/$NAME.cnf.xml"
        lint
        jq -e '[.findings[] | select(.name == "config-load-of-another-model" and
            .severity == "error" and (.place | endswith("/root/'"$NAME"'.cnf.xml")))] | length == 1' \
            found.json
        "$FLEET" run --dry-run --json -f t.fleet.yml | jq -e --arg f "$load.loads" \
            '.phones[0].files[-1] | .file == $f and .end == "fails"'
    done
    for load in SIP41.9-9-9S TERM41.7-0-2-0S term61.default; do
        cp "$SMALL/$LOAD.loads" "root/$load.loads"
        own "$load" > "root/$NAME.cnf.xml"
        lint
        run jq -e '[.findings[] | select(.name | contains("another-model"))] | length' found.json
        [ "$output" = 0 ]
    done
}

# sip LOAD NAME: that load under a name of the same length, with its files; its signature is void.
sip() {
    LC_ALL=C sed "s/$1/$2/" "$SMALL/$1.loads" > "root/$2.loads"
    LC_ALL=C sed -n 's/^\([a-z0-9]*\.9-4-2ES[0-9]*\.sbn\) *\r$/\1/p' "root/$2.loads" | while read -r file; do
        cp "$SMALL/$file" root/
    done
}

@test "XMLDefault gives a model another one's SIP load: an error, and phones that refuse it" {
    rm root/*
    sip SCCP42.9-4-2SR3-1S SIP42.9-4-2SR3-10S
    echo '<Default><loadInformation30018 model="Cisco 7962">SIP42.9-4-2SR3-10S</loadInformation30018></Default>' \
        > root/XMLDefault.cnf.xml
    phones "{model: CP-7961G, count: 2, running: SIP41.8-5-4S}" "mode: traditional" \
        "authentication: structure"
    lint
    [ "$status" -eq 1 ]
    jq -e '[.findings[].name] == ["config-load-of-another-model", "not-verified"]' found.json
    "$FLEET" run --dry-run -f t.fleet.yml > dry
    grep -q 'SIP42.9-4-2SR3-10S.loads  *server [0-9.]*: Load rejected HC' dry
    run grep jar42sccp dry
    [ "$status" -eq 1 ]
}

@test "a root with SIP loads alone has loads; with both protocols, it is said which is taken" {
    rm root/*
    sip SCCP41.9-4-2SR3-1S SIP41.9-4-2SR3-10S
    phones "{model: CP-7961G, running: SIP41.8-5-4S}" "$SHARE" "authentication: structure"
    lint
    jq -e '[.findings[].name] == ["not-verified"]' found.json
    "$FLEET" run --dry-run --json -f t.fleet.yml | jq -e '.phones[0].load == "SIP41.9-4-2SR3-10S"'
    cp "$SMALL/$LOAD.loads" root/
    phones "{model: CP-7961G}" "$SHARE"
    finds two-protocols warning t.fleet.yml:4:10
    sed -i 's/CP-7961G/&, load: '"$LOAD"'/' t.fleet.yml # the remedy
    lint
    jq -e '.findings == []' found.json
}

@test "a load for a factory reset lists the hardware's files" {
    cp "$SMALL"/term61.* root/
    phones "{model: CP-7961G, factory_reset: true}" "$SHARE"
    lint
    jq -e '.findings == []' found.json
}

@test "a SEP file names none, or another than the fleet file" {
    own '' > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    finds no-load-named warning "/root/$NAME.cnf.xml"
    own SCCP41.9-4-2SR1-1S > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33, load: $LOAD}" "$SHARE"
    finds load-contradicted warning "/root/$NAME.cnf.xml"
}

@test "a SEP file turns sharing on for a model without it, or in traditional mode" {
    own P00308010200 > "root/$NAME.cnf.xml"
    cp "$SMALL"/P0* root/
    phones "{model: CP-7960G, mac: 00:1B:54:C1:22:33},{model: CP-7961G}" "$SHARE"
    finds config-pfs-unable warning "/root/$NAME.cnf.xml"
    own "$LOAD" > "root/$NAME.cnf.xml"
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "mode: traditional"
    finds pfs-in-traditional warning "/root/$NAME.cnf.xml"
}

@test "XMLDefault: malformed, or without a load for a model" {
    echo '<Default><loadInformation30018>x' > root/XMLDefault.cnf.xml
    phones "{model: CP-7961G, count: 2}" "mode: traditional"
    finds config-malformed error /root/XMLDefault.cnf.xml
    echo "<Default><loadInformation115>$LOAD</loadInformation115></Default>" \
        > root/XMLDefault.cnf.xml
    finds no-load-named warning /root/XMLDefault.cnf.xml
    phones "{model: CP-7941G, count: 2}" "mode: traditional"
    lint
    jq -e '.findings == []' found.json
}

# asks: the loads that the phones of a dry run would go to.
asks() {
    "$FLEET" run --dry-run --json -f t.fleet.yml 2> /dev/null |
        jq -c '[(.phones // .[].phones)[] | "\(.config) \(.load)"]'
}

@test "asking for sharing, or anything else, changes no load that XMLDefault names" {
    local root level old=SCCP41.9-4-2SR1-1S
    cp "$SMALL"/*70*9-4-2SR* "$SMALL"/*70*ES* root/
    while read -r root; do
        echo "$root" > root/XMLDefault.cnf.xml
        phones "{model: CP-7961G, count: 2}, {model: CP-7970G}" "mode: traditional"
        asks | jq -c '[.[] | sub("XMLDefault "; "")]' > default
        [ -s default ]
        while read -r level; do
            phones "{model: CP-7961G, count: 2}, {model: CP-7970G}" "$level"
            asks | jq -c '[.[] | sub("(written|XMLDefault) "; "")]' | diff default -
        done <<'END'
enterprise: {peerFirmwareSharing: true}
enterprise: {peerFirmwareSharing: false}
enterprise: {loadServer: 172.31.255.2}
set: [{phones: all, peerFirmwareSharing: true}]
set: [{phones: CP-7961G, loadServer: 172.31.255.2}]
variants: {a: {enterprise.peerFirmwareSharing: true}}
END
        # on a group and in a profile
        phones "{model: CP-7961G, count: 2, peerFirmwareSharing: true}, {model: CP-7970G}"
        asks | jq -c '[.[] | sub("(written|XMLDefault) "; "")]' | diff default -
        phones "{model: CP-7961G, count: 2, profile: p}, {model: CP-7970G, profile: p}" \
            "profiles: {p: {peerFirmwareSharing: true}}"
        asks | jq -c '[.[] | sub("written "; "")]' | diff default -
    done <<END
<Default><loadInformation30018 model="Cisco 7961">$old</loadInformation30018></Default>
<Default><loadInformation30018>$old</loadInformation30018><loadInformation30006>SCCP70.9-4-2SR1-1S</loadInformation30006></Default>
<Default><loadInformation115>$old</loadInformation115></Default>
<Default><loadInformation30018>SCCP41.not-there</loadInformation30018></Default>
<device><loadInformation>$old</loadInformation></device>
END
}

@test "lint says which wins of XMLDefault, the fleet file and a SEP file, and why" {
    local old=SCCP41.9-4-2SR1-1S
    echo "<Default><loadInformation30018>$old</loadInformation30018></Default>" \
        > root/XMLDefault.cnf.xml
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE" # carried over: no word
    lint
    jq -e '.findings == []' found.json
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33, load: $LOAD}" "$SHARE"
    finds load-contradicted warning /root/XMLDefault.cnf.xml
    jq -e '.findings[0].text | contains("the fleet file wins")' found.json
    [ "$(asks)" = "[\"written $LOAD\",\"written $LOAD\"]" ]
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    own "$LOAD" > "root/$NAME.cnf.xml"
    finds load-contradicted warning "/root/$NAME.cnf.xml"
    jq -e '.findings[0].text | contains("asks for its own file first")' found.json
    [ "$(asks)" = "[\"own file $LOAD\",\"written $old\"]" ]
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33, load: $old}" "$SHARE"
    finds load-contradicted warning "/root/$NAME.cnf.xml"
    jq -e '.findings[0].text | contains("its own file wins")' found.json
    own "$old" > "root/$NAME.cnf.xml" # the remedy
    lint
    jq -e '.findings == []' found.json
}

@test "what XMLDefault names is looked at also where it is carried over" {
    phones "{model: CP-7961G, count: 2}" "$SHARE"
    echo "<Default><loadInformation30018>SCCP42.none</loadInformation30018></Default>" \
        > root/XMLDefault.cnf.xml
    lint
    [ "$(jq -c '[.findings[].name]' found.json)" = '["config-load-of-another-model"]' ]
    echo "<Default><loadInformation115>$LOAD</loadInformation115></Default>" \
        > root/XMLDefault.cnf.xml
    finds no-load-named warning /root/XMLDefault.cnf.xml
    echo "<Default><loadInformation30018>" > root/XMLDefault.cnf.xml
    finds config-malformed error /root/XMLDefault.cnf.xml
    phones "{model: CP-7961G, count: 2}" "$SHARE" "tftp: {without: XMLDefault.cnf.xml}"
    lint # the server does not have it
    jq -e '.findings == []' found.json
}

@test "names that no phone asks for: small letters, two of one phone, a phone that is none" {
    own "$LOAD" > root/sep001b54c12233.cnf.xml
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    finds config-case error /root/sep001b54c12233.cnf.xml
    own "$LOAD" > "root/$NAME.cnf.xml"
    finds config-twice error /root/sep001b54c12233.cnf.xml
    rm root/sep*
    own "$LOAD" > root/SEP001B54C12299.cnf.xml
    finds config-of-no-phone warning /root/SEP001B54C12299.cnf.xml
}

@test "a step from before 8.3(3) to beyond 8.5(2)" {
    phones "{model: CP-7961G, running: SCCP41.8-2-1S},{model: CP-7961G, running: SCCP41.8-5-2S}" \
        "$SHARE"
    finds step-too-long error t.fleet.yml:4:37
}

@test "no configuration would be found" {
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" \
        "tftp: {engine: external, address: 10.1.1.1}"
    finds config-missing error t.fleet.yml:5:16
    grep -q '2 phones' found.json
}

@test "on paper: place, severity, name and remedy on two lines" {
    # exit 1: lint found something that would go wrong
    rm root/dsp41.9-4-2ES26.sbn
    phones "{model: CP-7961G}" "$SHARE"
    run "$FLEET" lint -f t.fleet.yml
    [ "$status" -eq 1 ]
    [[ "${lines[0]}" == *"/root/$LOAD.loads: error: "*"[file-missing]" ]]
    [[ "${lines[1]}" == "    remedy: "* ]]
    [ "${lines[2]}" = "1 errors, 0 warnings" ]
}

# writes ELEMENT FILE: lint's one finding, at that file, says to write this there.
writes() {
    jq -e --arg remedy "write $1 in $PWD/root/$2" '
        (.findings | length) == 1 and .findings[0].remedy == $remedy' found.json
}

@test "a load in other capitals: the configuration is to be corrected, and that ends it" {
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    local load
    for load in "${LOAD,,}" sccp41.9-4-2SR3-1S SCCP41.9-4-2sr3-1S Sccp41.9-4-2Sr3-1s; do
        own "$load" > "root/$NAME.cnf.xml"
        finds file-case error "/root/$NAME.cnf.xml"
        writes "<loadInformation>$LOAD</loadInformation>" "$NAME.cnf.xml"
        own "$LOAD" > "root/$NAME.cnf.xml"
        lint
        jq -e '.findings == []' found.json
    done
    # the file is to blame where its envelope has the name that is asked for
    mv "root/$LOAD.loads" "root/${LOAD,,}.loads"
    phones "{model: CP-7961G, mac: 00:1B:54:C1:22:33}" "$SHARE"
    finds file-case error "/root/${LOAD,,}.loads"
    [ "$(jq -r '.findings[0].remedy' found.json)" = \
        "rename $PWD/root/${LOAD,,}.loads to $PWD/root/$LOAD.loads" ]
}

@test "well-formed, and no phone can use it: what to write instead" {
    local element="<loadInformation>$LOAD</loadInformation>" shares=peerFirmwareSharing
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33}" "$SHARE"
    own "$LOAD.loads" > "root/$NAME.cnf.xml"
    finds config-load-missing error "/root/$NAME.cnf.xml"
    writes "$element" "$NAME.cnf.xml"
    own "firmware/$LOAD" > "root/$NAME.cnf.xml"
    finds config-value warning "/root/$NAME.cnf.xml"
    writes "$element" "$NAME.cnf.xml"
    own "$LOAD"$'\u00a0' > "root/$NAME.cnf.xml"
    finds config-value warning "/root/$NAME.cnf.xml"
    writes "$element" "$NAME.cnf.xml"
    jq -e '.findings[0].text | contains("U+00A0 at byte ")' found.json
    own "$LOAD" "<$shares>on</$shares>" > "root/$NAME.cnf.xml"
    finds config-value warning "/root/$NAME.cnf.xml"
    writes "<$shares>1</$shares>" "$NAME.cnf.xml"
    echo "<?xml version=\"1.0\" encoding=\"windows-1252\"?><device>$element</device>" \
        > "root/$NAME.cnf.xml"
    finds config-malformed error "/root/$NAME.cnf.xml"
    jq -e '.findings[0].remedy | startswith("save ") and
        contains(" as UTF-8, and write encoding=\"UTF-8\" instead of windows-1252")' found.json
    echo "<Device>$element</Device>" > "root/$NAME.cnf.xml"
    finds config-malformed error "/root/$NAME.cnf.xml"
    jq -e '.findings[0].remedy | startswith("write device instead of Device,")' found.json
    rm "root/$NAME.cnf.xml"
    echo "<Default><loadInformation30018>$LOAD</loadInformation30018></Default>" \
        > root/XmlDefault.cnf.xml
    finds config-case error /root/XmlDefault.cnf.xml
    [ "$(jq -r '.findings[0].remedy' found.json)" = \
        "rename $PWD/root/XmlDefault.cnf.xml to $PWD/root/XMLDefault.cnf.xml" ]
}
