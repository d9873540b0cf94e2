# shellcheck shell=bash
# completion.bash - the functions behind the tables that "run-fleet.sh completion" prints first:
#
#   _fleet_verbs              words
#   _fleet_options[VERB]      its options; of "-": where no verb is named
#   _fleet_takes[OPTION]      what its value is called: FILE, DIR, ...
#   _fleet_values[OPTION]     values to choose from; those that end in = want more
#   _fleet_models             models of phones
#   _fleet_deeds[VERB]        what phone, cm, wan and server take
#   _fleet_settings[FAULT]    KEY= of each setting that goes with it
#   _fleet_scenarios          names of the library

# The labs that run: their sockets are seen by everybody.
_fleet_labs() { sed -n 's|.*@run-fleet/||p' /proc/net/unix | sort -u; }

# Names of the lab's phones; only root may ask.
_fleet_phones() { [[ $EUID -ne 0 ]] || "${COMP_WORDS[0]}" ps 2>/dev/null | awk 'NR > 1 {print $2}'; }

# The variants of the fleet file that stands in the line, one a line as people write them.
_fleet_variants() {
    local i
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        [[ ${words[i]} != -f && ${words[i]} != --file ]] ||
            sed -nE '/^variants:/,/^[^ #v]/s/^  ([A-Za-z0-9._+-]+):.*/\1/p' "${words[i + 1]}" 2>/dev/null
    done
}

# Puts those of the words that begin as $whole does into COMPREPLY, without what bash takes for
# words before (it splits at = and :).
_fleet_offer() {
    local word words given=${whole%"$cur"}
    read -rd '' -a words <<<"$1"
    for word in "${words[@]}"; do
        [[ $word == "$whole"* ]] && COMPREPLY+=("${word#"$given"}")
    done
    [[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null
    return 0
}

_fleet_offer_files() {
    mapfile -t COMPREPLY < <(compgen "-$1" -- "$cur")
    compopt -o filenames 2>/dev/null
    return 0
}

# The value of an option: $1, of which $whole holds what has been typed after $2.
_fleet_value() {
    local option=$1 head=$2 values value
    value=${whole#"$head"}
    case ${_fleet_takes[$option]} in
    FILE) _fleet_offer_files f ;;
    DIR) _fleet_offer_files d ;;
    NAME) _fleet_offer "$(_fleet_labs | sed "s|^|$head|")" ;;
    VARIANT) _fleet_offer "$(_fleet_variants | sed "s|^|$head|")" ;;
    *)
        [[ $value == *,* ]] && head+=${value%,*},
        read -ra values <<<"${_fleet_values[$option]-}"
        _fleet_offer "${values[*]/#/$head}"
        ;;
    esac
}

# An argument of a verb; $2 of them stand before it, the last of which is $3.
_fleet_argument() {
    local verb=$1 place=$2 last=$3 fault
    case $verb:$place in
    logs:0) _fleet_offer "$(_fleet_phones)" ;;
    exec:0 | capture:0) _fleet_offer "site server $(_fleet_phones)" ;;
    exec:1) _fleet_offer_files c ;;
    exec:*) _fleet_offer_files f ;;
    phone:0) _fleet_offer "all root parents random: profile: $_fleet_models $(_fleet_phones)" ;;
    scenarios:*) _fleet_offer "$_fleet_scenarios" ;;
    down:0) _fleet_offer "$(_fleet_labs)" ;;
    cm:0) _fleet_offer "list ${_fleet_deeds[cm]}" ;;
    cm:1) _fleet_offer "all profile: $_fleet_models $(_fleet_phones)" ;;
    cm:*) _fleet_offer "rate= within= every=" ;;
    phone:1 | wan:0 | server:0) _fleet_offer "${_fleet_deeds[$verb]}" ;;
    phone:* | wan:* | server:*)
        fault=$last
        [[ $verb == phone ]] || fault=$verb-${last%%=*}
        _fleet_offer "${_fleet_settings[$fault]-}"
        ;;
    esac
}

_run_fleet() {
    local cur=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
    local whole words=() args=() verb='' own='' i deed
    COMPREPLY=()
    [[ $cur == [=:] ]] && cur=
    whole=${line##*[[:space:]]}
    read -ra words <<<"${line%"$whole"}"
    for ((i = 1; i < ${#words[@]}; i++)); do
        # the words of a command that exec runs are its own
        [[ $verb != exec || ${#args[@]} -lt 2 ]] || own=1
        if [[ -z $own && -n ${_fleet_takes[${words[i]}]-} ]]; then
            ((++i < ${#words[@]})) || {
                _fleet_value "${words[i - 1]}" ''
                return
            }
        elif [[ -z $own && ${words[i]} == -* ]]; then
            continue
        elif [[ -z $verb ]]; then
            verb=${words[i]}
        else
            args+=("${words[i]}")
        fi
    done
    deed=${args[1]-}
    [[ $verb == phone ]] || deed=${args[0]-}
    [[ $verb != exec || ${#args[@]} -lt 2 ]] || own=1
    if [[ -z $own && $whole == --*=* ]]; then
        _fleet_value "${whole%%=*}" "${whole%%=*}="
    elif [[ -z $own && $whole == -* ]]; then
        _fleet_offer "${_fleet_options[${verb:--}]-}"
    elif [[ -z $verb ]]; then
        _fleet_offer "$_fleet_verbs"
    else
        _fleet_argument "$verb" "${#args[@]}" "$deed"
    fi
}

complete -F _run_fleet run-fleet.sh
