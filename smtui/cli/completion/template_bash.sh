# Completion of smtui for bash 3.2 and newer, printed by: smtui completion bash

# Sets `rows`: a line for each option and word of a command, of name, kind, choices and help with tabs between them.
_smtui_tables() {
    rows=''
    case "$1" in
@TABLES@
    esac
    rows+=$'\n'@COMMON@
}

# Sets `kind` and `choices` to those of the row of this name. Fails if there is none.
_smtui_find() {
    local name help
    while IFS=$'\t' read -r name kind choices help; do
        if [[ "$name" == "$1" ]]; then return 0; fi
    done <<< "$rows"
    kind='' choices=''
    return 1
}

# Sets `words`: the words of the line up to the cursor, whole again where bash has split them at : and =.
_smtui_join_words() {
    local at part joins=''
    words=()
    for ((at = 0; at <= COMP_CWORD; at++)); do
        part="${COMP_WORDS[at]}"
        if ((${#words[@]})) && [[ -n "$joins" || "$part" == [:=]* ]]; then
            words[${#words[@]} - 1]+="$part"
        else
            words+=("$part")
        fi
        joins=''
        if [[ "$part" == [:=] ]]; then joins=yes; fi
    done
}

# Adds those of the given words that begin as the word at the cursor does.
_smtui_offer() {
    local candidate
    for candidate in "$@"; do
        if [[ "$candidate" == "$word"* ]]; then COMPREPLY+=("$candidate"); fi
    done
}

_smtui_offer_files() {
    local path
    compopt -o filenames 2> /dev/null
    while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -f -- "$word")
}

# Names of secrets, if the setting complete_names is on, and the vault opens without a question.
_smtui_offer_secrets() {
    local name beginning=''
    if [[ "$word" == *=* ]]; then beginning="${word%%=*}="; fi
    compopt +o default +o bashdefault -o nospace 2> /dev/null
    while IFS= read -r name; do COMPREPLY+=("$beginning$name"); done < <(
        "${words[0]}" completion names ${vault[@]+"${vault[@]}"} -- "${word#"$beginning"}" 2> /dev/null < /dev/null)
}

# Completes the command line that begins at the word of this number.
_smtui_offer_command() {
    if declare -F _comp_command_offset > /dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset > /dev/null; then
        _command_offset "$1"
    else
        if (($1 == COMP_CWORD)); then
            while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -c -- "$word")
        fi
        _smtui_offer_files
    fi
}

_smtui_offer_kind() {
    case "${kind#\*}" in
    choice) _smtui_offer $choices ;;
    file) _smtui_offer_files ;;
    secret) _smtui_offer_secrets ;;
    esac
}

# Options if the word begins with a dash, otherwise what the word at this place may be.
_smtui_offer_words() {
    local name help
    if [[ "$word" == -* ]]; then
        while IFS=$'\t' read -r name kind choices help; do
            if [[ "$name" == -?* && "$name" != -- && "$help" != ! ]]; then _smtui_offer "$name"; fi
        done <<< "$rows"
        return
    fi
    if _smtui_find "$place"; then
        while IFS=$'\t' read -r name kind choices help; do
            if [[ "$name" == "$place" ]]; then _smtui_offer_kind; fi
        done <<< "$rows"
    elif _smtui_find '*'; then
        _smtui_offer_kind
    fi
}

_shtab_smtui() {
    local rows kind choices words word at command='' place=1 value='' candidate
    local vault=()
    COMPREPLY=()
    _smtui_join_words
    word="${words[${#words[@]} - 1]}"
    _smtui_tables ''
    for ((at = 1; at < ${#words[@]} - 1; at++)); do
        candidate="${words[at]}"
        if [[ "$candidate" == -- ]] && _smtui_find --; then
            _smtui_offer_command $((COMP_CWORD - (${#words[@]} - 1) + at + 1))
            return
        elif [[ -n "$value" && "$candidate" != -?* ]]; then
            if [[ "$value" == --vault || "$value" == --context ]]; then vault+=("$value" "$candidate"); fi
            _smtui_find "$value"
            if [[ "$kind" != \** ]]; then value=''; fi
        elif [[ "$candidate" == -?* ]]; then
            value=''
            if [[ "$candidate" == --vault=* || "$candidate" == --context=* ]]; then vault+=("$candidate"); fi
            if _smtui_find "$candidate" && [[ "$kind" != flag ]]; then value="$candidate"; fi
        elif [[ -z "$command" ]]; then
            if [[ "$candidate" != secretsmanager ]]; then
                command="$candidate"
                _smtui_tables "$command"
            fi
        else
            place=$((place + 1))
        fi
    done
    if [[ "$word" == --*=* ]]; then
        _smtui_find "${word%%=*}"
        word="${word#*=}"
        _smtui_offer_kind
    elif [[ -n "$value" && "$word" != -* ]]; then
        _smtui_find "$value"
        _smtui_offer_kind
    else
        _smtui_offer_words
    fi
    _smtui_cut_beginning
}

# bash replaces only what stands behind the last : or = of a word, so that must be all of a candidate.
_smtui_cut_beginning() {
    local last="${COMP_WORDS[COMP_CWORD]}" beginning=''
    if [[ "$last" == [:=] ]]; then last=''; fi
    if [[ "$word" == *"$last" ]]; then
        beginning="${word%"$last"}"
        for at in "${!COMPREPLY[@]}"; do COMPREPLY[at]="${COMPREPLY[at]#"$beginning"}"; done
    elif [[ "$last" == --*=* ]]; then
        for at in "${!COMPREPLY[@]}"; do COMPREPLY[at]="${last%%=*}=${COMPREPLY[at]}"; done
    fi
}

complete -o bashdefault -o default -F _shtab_smtui smtui
