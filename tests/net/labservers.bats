#!/usr/bin/env bats
# Other people's DHCP and TFTP servers, in a namespace that plays the lab: phones that reach them by an
# uplink ask each as it expects, and upgrade; what the servers wrote down agrees with the fleet's report,
# and neither ARP nor DHCP is ever above the pace, by capture.

load common
load labnet

setup() {
    setup_world
    lab_up
}

teardown() {
    teardown_world
    lab_down
}

OURS='eth.src[0:5] == 00:1b:54:c1:22'

# MAC address and address of each phone, by the fleet's report.
reported() {
    jq -r '.per_phone[] | "\(.name[3:] | ascii_downcase | [scan("..")] | join(":")) \(.ip)"' \
        "$OUT/summary.json" | sort
}

# upgrade_with DHCP TFTP [SHARING]: 24 phones, by these two.
upgrade_with() {
    lab_root 24 "${3:-1}"
    "serve_dhcp_$1"
    "serve_tftp_$2"
    lab_fleet 24 'lan: {uplink: eth1}' 'expect: {upgraded: all}' > "$FILE"
    lab_tap lab lab lab0
    at_host "$FLEET" run -q -f "$FILE" --out "$OUT" --timeout 500s || {
        cat "$BATS_TEST_TMPDIR/dhcp.log" "$BATS_TEST_TMPDIR/tftp.log"
        false
    }
    lab_untap
    jq -e '.phones.upgraded == 24' "$OUT/summary.json"
    diff <("leases_$1") <(reported)
    [ "$(reported | wc -l)" -eq 24 ]
    [ "$(frames lab "$OURS && arp" frame.time_epoch | most_a_second)" -le 10 ]
    [ "$(frames lab "$OURS && dhcp" frame.time_epoch | most_a_second)" -le 10 ]
    [ -z "$(frames lab "$OURS && (dhcp.type == 2 || udp.srcport == 67)")" ]
    [ -z "$(frames lab "$OURS && !(arp || tcp || udp || icmp || cdp || lldp)")" ]
    [ -z "$(frames lab '_ws.malformed && !tcp.port == 4051')" ]
}

@test "dnsmasq for addresses and files, with sharing" {
    upgrade_with dnsmasq dnsmasq
    # what the fleet says of fetches the server says as well: phones gave each other most of it
    local sent
    sent=$(grep -cE 'dnsmasq-tftp.*: sent .*[.](sbn|loads) to' "$BATS_TEST_TMPDIR/tftp.log")
    jq -e --argjson sent "$sent" '.server.firmware_fetches == $sent and $sent < 24' "$OUT/summary.json"
}

@test "isc-dhcp-server, and tftpd-hpa" {
    upgrade_with dhcpd tftpd 0
}

@test "kea, and atftpd" {
    upgrade_with kea atftpd 0
}

@test "udhcpd, and dnsmasq" {
    upgrade_with udhcpd dnsmasq 0
}
