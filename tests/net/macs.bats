#!/usr/bin/env bats
# MAC addresses as switches, servers and lists of phones print them, wherever one is taken.

load common

NOTATIONS=(00:1B:54:C1:22:33 00-1b-54-c1-22-33 0:1b:54:c1:22:33 00.1b.54.c1.22.33 001b.54c1.2233
    001B-54C1-2233 001b54-c12233 001b54:c12233 001B54C12233 0x001b54c12233 SEP001B54C12233
    sep001b54c12233 SEP001B54C12233.cnf.xml 0100.1b54.c122.33 01-00-1b-54-c1-22-33)

# planned [OPTION]...: the addresses of the fleet's phones, by the plan.
planned() {
    "$FLEET" run --dry-run --json -f "$FILE" "$@" | jq -r '[.phones[] | .mac, .name] | join(" ")'
}

fleet_of_mac() {
    fleet_file 2 | sed "s/count: 2/count: 2, mac: $1/" > "$FILE"
}

@test "a fleet file and --set take every notation, quoted or not" {
    wanted='00:1B:54:C1:22:33 SEP001B54C12233 00:1B:54:C1:22:34 SEP001B54C12234'
    fleet_file 2 > "$FILE"
    cp "$FILE" "$FILE.plain"
    for mac in "${NOTATIONS[@]}"; do
        fleet_of_mac "$mac"
        [ "$(planned)" = "$wanted" ]
        fleet_of_mac "\"$mac\""
        [ "$(planned)" = "$wanted" ]
        cp "$FILE.plain" "$FILE"
        [ "$(planned --set "phones[0].mac=$mac")" = "$wanted" ]
    done
}

@test "digits alone stay digits, whatever YAML makes of them elsewhere" {
    fleet_of_mac 001122334455 # a number in base 8 or 10
    [ "$(planned)" = '00:11:22:33:44:55 SEP001122334455 00:11:22:33:44:56 SEP001122334456' ]
    fleet_of_mac 0:0:0:12:34:56 # base 60
    [ "$(planned)" = '00:00:00:12:34:56 SEP000000123456 00:00:00:12:34:57 SEP000000123457' ]
    fleet_of_mac 0011e4112233 # a power of ten
    [ "$(planned)" = '00:11:E4:11:22:33 SEP0011E4112233 00:11:E4:11:22:34 SEP0011E4112234' ]
    fleet_of_mac 0x0011e4112233
    [ "$(planned)" = '00:11:E4:11:22:33 SEP0011E4112233 00:11:E4:11:22:34 SEP0011E4112234' ]
}

@test "what is of no device is refused in words, wherever it stands" {
    # exit 2: a mistake in a fleet file or in a value of an option
    for mac in 01:00:5e:00:00:01=multicast 0100.5e00.0001=multicast 333300-000001=multicast \
        FFFF.FFFF.FFFF=broadcast ff-ff-ff-ff-ff-ff=broadcast SEPFFFFFFFFFFFF=broadcast \
        0:0:0:0:0:0='all zero' 000000000000='all zero' 0000.0000.0000='all zero'; do
        fleet_of_mac "${mac%=*}"
        run "$FLEET" run --dry-run -f "$FILE"
        [ "$status" -eq 2 ]
        [[ $output == "$FILE:"*": phones[0].mac takes "*"not '${mac%=*}': "*"${mac#*=}"* ]]
        fleet_file 2 "faults: [{at: 1s, phone: \"${mac%=*}\", do: kill}]" > "$FILE"
        run "$FLEET" run --dry-run -f "$FILE"
        [ "$status" -eq 2 ]
        [[ $output == *"${mac#*=}"* ]]
    done
}

@test "phones are meant by them: in faults, in expectations, and in a lab's verbs" {
    fleet_of_mac 001b.54c1.2233
    cat >> "$FILE" <<-'END'
	faults: [{at: 0s, phone: 00-1b-54-c1-22-33, do: kill}]
	set: [{phones: "0:1b:54:c1:22:34", load: SCCP41.9-4-2SR1-1S}]
	expect:
	  faithful: false
	  upgraded: {count: 0, phones: 001b54-c12233}
	  running: {load: SCCP41.9-4-2SR1-1S, phones: SEP001B54C12234.cnf.xml}
	END
    run_whole
    sed -i '/^faults/,$d' "$FILE"
    "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&-
    wait_for 20 grep -q . "$OUT/logs/SEP001B54C12233.log"
    for mac in "${NOTATIONS[@]}"; do
        [ "$(ctl exec "$mac" cat /sys/class/net/eth0/address)" = 00:1b:54:c1:22:33 ] ||
            [ "$(ctl exec "$mac" ip -o link show eth0 | grep -o '00:1b:[0-9a-f:]*')" = 00:1b:54:c1:22:33 ]
        ctl logs "$mac" | head -c 1 | grep -q .
        ctl phone "$mac" freeze | grep -q 'SEP001B54C12233'
        ctl phone "$mac" mend | grep -q 'SEP001B54C12233'
    done
    run ctl phone 01:00:5e:00:00:01 kill
    [ "$status" -eq 2 ]
    [[ $output == *multicast* ]]
    run ctl phone 00:1b:54:c1:22:35 kill
    [ "$status" -eq 2 ]
    [[ $output == *"no phone of this fleet is meant by '00:1b:54:c1:22:35'"* ]]
    ctl down
}
