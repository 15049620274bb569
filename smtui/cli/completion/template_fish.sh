# Completion of smtui for fish 3 and newer, printed by: smtui completion fish

# Prints a line for each option and word of a command, of name, kind, choices and help with tabs between them.
function __smtui_tables --argument-names command
    set -l rows
    switch "$command"
@TABLES@
    end
    string split --no-empty -- \n $rows @COMMON@
end

# Prints the rows of this name that are among the others.
function __smtui_find --argument-names name
    for row in $argv[2..]
        if test (string split -- \t $row)[1] = "$name"
            echo $row
        end
    end
end

# Prints the kind of the option of this name that is among the rows; nothing if there is none.
function __smtui_find_kind
    set -l row (__smtui_find $argv)
    if test (count $row) -gt 0
        string split -- \t $row[1] | head -n 2 | tail -n 1
    end
end

# Names of secrets, if the setting complete_names is on, and the vault opens without a question.
function __smtui_offer_secrets --argument-names program word
    set -l beginning (string match --regex '^.*?=' -- $word)
    set -l rest (string replace --regex '^.*?=' '' -- $word)
    for name in ($program completion names $argv[3..] -- "$rest" 2>/dev/null </dev/null)
        echo "$beginning$name"
    end
end

# Prints what a word of the kind of these rows may be, with help behind a tab.
function __smtui_offer --argument-names program word vault
    for row in $argv[4..]
        set -l fields (string split -- \t $row)
        switch (string trim --left --chars='*' -- $fields[2])
            case choice
                set -l help (string replace --regex '^-$' '' -- $fields[4])
                for choice in (string split -- ' ' $fields[3])
                    printf '%s\t%s\n' $choice "$help"
                end
            case secret
                __smtui_offer_secrets $program "$word" (string split --no-empty -- \n $vault)
            case file text
                __fish_complete_path $word
        end
    end
end

function __smtui_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program $words[1]
    set -l command ''
    set -l place 1
    set -l value ''
    set -l vault
    set -l rows (__smtui_tables '')
    for at in (seq 2 (count $words))
        set -l each $words[$at]
        if test "$each" = --; and test -n (__smtui_find_kind -- $rows)
            set -l behind (string escape -- $words[(math $at + 1)..] | string join ' ')
            complete -C (string trim --left -- "$behind $word")
            return
        else if test -n "$value"; and not string match --quiet --regex -- '^-.' $each
            if contains -- $value --vault --context
                set -a vault $value $each
            end
            if not string match --quiet -- '\**' (__smtui_find_kind $value $rows)
                set value ''
            end
        else if string match --quiet --regex -- '^-.' $each
            set value ''
            if string match --quiet --regex -- '^--(vault|context)=' $each
                set -a vault $each
            end
            set -l kind (__smtui_find_kind $each $rows)
            if test -n "$kind" -a "$kind" != flag
                set value $each
            end
        else if test -z "$command"
            if test $each != secretsmanager
                set command $each
                set rows (__smtui_tables $command)
            end
        else
            set place (math $place + 1)
        end
    end
    set -l options (string join \n -- $vault | string collect)
    if string match --quiet --regex -- '^--.*?=' $word
        set -l option (string replace --regex '=.*' '' -- $word)
        set -l rest (string replace --regex '^.*?=' '' -- $word)
        string replace --regex -- '^' "$option=" (__smtui_offer $program "$rest" "$options" (__smtui_find $option $rows)[1])
    else if test -n "$value"; and not string match --quiet -- '-*' $word
        __smtui_offer $program "$word" "$options" (__smtui_find $value $rows)[1]
    else if string match --quiet -- '-*' $word
        for row in $rows
            set -l fields (string split -- \t $row)
            if string match --quiet -- '-?*' $fields[1]; and test "$fields[1]" != --; and test "$fields[4]" != !
                printf '%s\t%s\n' $fields[1] (string replace --regex '^-$' '' -- $fields[4])
            end
        end
    else
        set -l found (__smtui_find $place $rows)
        if test (count $found) -eq 0
            set found (__smtui_find '*' $rows)
        end
        if test (count $found) -gt 0
            __smtui_offer $program "$word" "$options" $found
        end
    end
end

complete -c smtui -f -a '(__smtui_complete)'
