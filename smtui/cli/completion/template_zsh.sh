#compdef smtui
# Completion of smtui for zsh, printed by: smtui completion zsh

# Sets `rows`: a line for each option and word of a command, of name, kind, choices and help with tabs between them.
_smtui_tables() {
    rows=''
    case "$1" in
@TABLES@
    esac
    rows+=$'\n'@COMMON@
}

# Sets `kind`, `choices` and `help` to those of the row of this name. Fails if there is none.
_smtui_find() {
    local name
    while IFS=$'\t' read -r name kind choices help; do
        if [[ "$name" == "$1" ]]; then return 0; fi
    done <<< "$rows"
    kind='' choices=''
    return 1
}

_smtui_offer_kind() {
    case "${kind#\*}" in
    choice) compadd -- ${=choices} ;;
    secret) _smtui_offer_secrets ;;
    file|text) _files ;;
    esac
}

# Names of secrets, if the setting complete_names is on, and the vault opens without a question.
_smtui_offer_secrets() {
    local -a names
    compset -P '*='
    names=("${(@f)$("${(Q)words[1]}" completion names "${vault[@]}" -- "${(Q)PREFIX}" 2> /dev/null < /dev/null)}")
    compadd -S '' -- ${names:#}
}

# Options if the word begins with a dash, otherwise what the word at this place may be.
_smtui_offer_words() {
    local name help
    local -a offered
    if [[ "$PREFIX" == -* ]]; then
        while IFS=$'\t' read -r name kind choices help; do
            if [[ "$name" == -?* && "$name" != -- && "$help" != ! ]]; then offered+=("${name//:/\\:}:$help"); fi
        done <<< "$rows"
        _describe -o option offered
    elif _smtui_find "$place" && [[ "$help" != - && "$kind" == choice ]]; then
        while IFS=$'\t' read -r name kind choices help; do
            if [[ "$name" == "$place" ]]; then
                for name in ${=choices}; do offered+=("${name//:/\\:}:$help"); done
            fi
        done <<< "$rows"
        _describe word offered
    elif [[ -n "$kind" ]] || _smtui_find '*'; then
        _smtui_offer_kind
    fi
}

_smtui() {
    local rows kind choices help word at command='' place=1 value=''
    local -a vault
    _smtui_tables ''
    for ((at = 2; at < CURRENT; at++)); do
        word="${(Q)words[at]}"
        if [[ "$word" == -- ]] && _smtui_find --; then
            shift $at words
            ((CURRENT -= at))
            _normal
            return
        elif [[ -n "$value" && "$word" != -?* ]]; then
            if [[ "$value" == --vault || "$value" == --context ]]; then vault+=("$value" "$word"); fi
            _smtui_find "$value"
            if [[ "$kind" != \** ]]; then value=''; fi
        elif [[ "$word" == -?* ]]; then
            value=''
            if [[ "$word" == --vault=* || "$word" == --context=* ]]; then vault+=("$word"); fi
            if _smtui_find "$word" && [[ "$kind" != flag ]]; then value="$word"; fi
        elif [[ -z "$command" ]]; then
            if [[ "$word" != secretsmanager ]]; then
                command="$word"
                _smtui_tables "$command"
            fi
        else
            ((place++))
        fi
    done
    if [[ "$PREFIX" == --*=* ]]; then
        _smtui_find "${PREFIX%%=*}"
        compset -P 1 '*='
        _smtui_offer_kind
    elif [[ -n "$value" && "$PREFIX" != -* ]]; then
        _smtui_find "$value"
        _smtui_offer_kind
    else
        _smtui_offer_words
    fi
}

if [[ "${funcstack[1]}" == _smtui ]]; then
    _smtui "$@"
else
    compdef _smtui smtui
fi
